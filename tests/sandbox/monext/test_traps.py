"""What surprises a merchant: duplicates, disagreement, odd answers."""

from tests.sandbox.monext.merchant import Merchant, session_body


def test_paid_order_reference_is_a_duplicate_for_a_day(merchant: Merchant) -> None:
    merchant.paid()
    second = merchant.create()
    merchant.play(second)
    assert merchant.read(second)["result"]["title"] == "ERROR"
    assert merchant.code(second) == "02001"
    merchant.advance(24 * 3600)
    third = merchant.create()
    merchant.play(third)
    assert merchant.code(third) == "00000"


def test_refused_order_reference_is_not_a_duplicate(merchant: Merchant) -> None:
    merchant.play(merchant.create(), outcome="refused")
    second = merchant.create()
    merchant.play(second)
    assert merchant.code(second) == "00000"


def test_pending_order_reference_is_another_duplicate(merchant: Merchant) -> None:
    merchant.play(merchant.create(), outcome="pending")
    second = merchant.create()
    merchant.play(second)
    assert merchant.code(second) == "02002"


def test_duplicates_pass_where_detection_is_off(merchant: Merchant) -> None:
    merchant.control("settings", detectDuplicates=False)
    merchant.paid()
    second = merchant.create()
    merchant.play(second)
    assert merchant.code(second) == "00000"


def test_played_disagreement_reaches_the_transaction(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token, amount=2000, currency="USD", type="AUTHORIZATION_AND_CAPTURE")
    (transaction,) = merchant.read(token)["transactions"]
    assert (transaction["authorizedAmount"], transaction["requestedAmount"]) == (2000, 2499)
    assert (transaction["currency"], transaction["type"]) == ("USD", "AUTHORIZATION_AND_CAPTURE")


def test_authorized_amount_of_zero_says_nothing(merchant: Merchant) -> None:
    merchant.control("settings", zeroAuthorizedAmount=True)
    token = merchant.create(payment={"paymentType": "ONE_OFF", "capture": "AUTOMATIC"})
    payment = merchant.play(token)["transactions"][0]
    (transaction,) = merchant.read(token)["transactions"]
    assert (transaction["authorizedAmount"], transaction["requestedAmount"]) == (0, 2499)
    assert [row["amount"] for row in merchant.rows(payment)] == [2499]
    assert merchant.act_code(payment, "refunds", amount=2499) == "00000"


def test_closed_session_can_be_paid_by_force(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token, outcome="cancelled")
    merchant.play(token, force=True)
    assert merchant.code(token) == "00000"


def test_flat_results_replace_what_is_not_accepted(merchant: Merchant) -> None:
    merchant.control("settings", flatResults=True)
    assert set(merchant.read(merchant.create())) == {"title", "code", "detail"}


def test_junk_member_comes_now_and_then(merchant: Merchant) -> None:
    merchant.control("settings", junkMembers=True)
    token = merchant.create()
    answers = [merchant.read(token) for _ in range(6)]
    assert 0 < sum(any(name.startswith("_") for name in answer) for answer in answers) < 6


def test_merchant_api_may_be_forbidden_or_absent(merchant: Merchant) -> None:
    assert merchant.get("merchants/sandbox/pointsofsale/POS_FR").status_code == 200
    for how, status in (("forbidden", 403), ("absent", 404)):
        merchant.control("settings", merchantApi=how)
        assert merchant.get("merchants/sandbox/pointsofsale/POS_FR").status_code == status
    merchant.create()


def test_addresses_may_be_bound_to_the_length_of_the_older_service(merchant: Merchant) -> None:
    long = "https://shop.example/" + "a" * 235
    merchant.create(returnURL=long)
    merchant.control("settings", longestUrl=255)
    merchant.create(returnURL=long[:255])
    for name in ("returnURL", "notificationURL"):
        answer = merchant.post("checkout/payments/sessions", session_body(**{name: long}))
        assert (answer.status_code, answer.get_json()["invalidParams"][0]["name"]) == (400, name)


def test_private_data_may_not_be_echoed_on_transactions(merchant: Merchant) -> None:
    paid = merchant.paid()
    merchant.act(paid, "captures", amount=100, privateData={"key": "a"})
    capture = merchant.rows(paid)[-1]["id"]
    read = f"checkout/transactions/{capture}"
    assert merchant.get(read).get_json()["privateData"] == {"key": "a"}
    merchant.control("settings", echoPrivateData=False)
    assert merchant.get(read).get_json()["privateData"] == {}


def test_a_contract_may_take_one_capture_alone(merchant: Merchant) -> None:
    merchant.control("settings", severalCaptures=False)
    paid = merchant.paid()
    assert merchant.act_code(paid, "captures", amount=100) == "00000"
    assert merchant.act_code(paid, "captures", amount=100) == "02302"
    assert [row["type"] for row in merchant.rows(paid)] == ["AUTHORIZATION", "CAPTURE"]


def test_a_last_capture_may_give_nothing_free(merchant: Merchant) -> None:
    merchant.control("settings", finalReleases=False)
    paid = merchant.paid()
    assert merchant.act_code(paid, "captures", amount=100, option="FINAL") == "00000"
    assert [row["type"] for row in merchant.rows(paid)] == ["AUTHORIZATION", "CAPTURE"]


def test_a_cancel_that_comes_too_late_may_have_another_code(merchant: Merchant) -> None:
    paid = merchant.paid()
    merchant.act_code(paid, "captures", amount=100)
    merchant.control("remit")
    merchant.control("settings", lateCancelCode="02302")
    assert merchant.act_code(paid, "cancels", amount=10**6) == "02302"


def test_the_duplicate_detection_may_compare_amounts(merchant: Merchant) -> None:
    merchant.paid()
    merchant.control("settings", duplicatesByCard=True)
    token = merchant.create()
    merchant.play(token)
    assert merchant.code(token) == "02001"
