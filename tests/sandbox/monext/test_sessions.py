"""The life of a session, as the API and the controls show it."""

import pytest

from tests.sandbox.monext.merchant import Merchant, session_body


def test_new_session_has_a_token_and_a_page(merchant: Merchant) -> None:
    body = merchant.post("checkout/payments/sessions", session_body()).get_json()
    assert body["result"] == {"title": "ACCEPTED", "code": "00000", "detail": "Transaction approved"}
    assert len(body["sessionId"]) == 33
    assert body["redirectURL"] == f"http://localhost/v2/?token={body['sessionId']}"


@pytest.mark.parametrize("path", ["checkout/payments/sessions", "checkout/sessions"])
def test_both_session_paths_make_and_read_sessions(merchant: Merchant, path: str) -> None:
    token = merchant.post(path, session_body()).get_json()["sessionId"]
    assert merchant.get(f"{path}/{token}").get_json()["result"]["code"] == "02306"


def test_unpaid_session_is_in_progress_without_transactions(merchant: Merchant) -> None:
    answer = merchant.read(merchant.create())
    assert answer["result"]["title"] == "INPROGRESS"
    assert "transactions" not in answer
    assert answer["order"]["reference"] == "order-1"
    assert answer["privateData"] == {"paymentId": "p-1"}


def test_session_expires_after_thirty_minutes(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.advance(30 * 60 - 1)
    assert merchant.code(token) == "02306"
    merchant.advance(1)
    assert merchant.read(token)["result"] == {
        "title": "CANCELLED",
        "code": "02324",
        "detail": "Session expired",
    }


def test_paid_session_does_not_expire(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token)
    merchant.advance(24 * 3600)
    assert merchant.code(token) == "00000"


def test_unknown_token_is_404(merchant: Merchant) -> None:
    answer = merchant.get("checkout/payments/sessions/1unknown")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "02304")


@pytest.mark.parametrize(
    ("capture", "method", "expected"),
    [
        ("MANUAL", "CB_FR", "AUTHORIZATION"),
        ("DEFERRED", "CB_FR", "AUTHORIZATION"),
        ("AUTOMATIC", "CB_FR", "AUTHORIZATION_AND_CAPTURE"),
        ("MANUAL", "IDEAL_FR", "AUTHORIZATION_AND_CAPTURE"),
        ("MANUAL", "BANCONTACT_FR", "AUTHORIZATION_AND_CAPTURE"),
        ("MANUAL", "MBWAY_FR", "AUTHORIZATION_AND_CAPTURE"),
        ("MANUAL", "PAYPAL_FR", "AUTHORIZATION"),
    ],
)
def test_type_follows_capture_and_method(
    merchant: Merchant, capture: str, method: str, expected: str
) -> None:
    token = merchant.create(payment={"paymentType": "ONE_OFF", "capture": capture})
    merchant.play(token, method=method)
    (transaction,) = merchant.read(token)["transactions"]
    assert (transaction["type"], transaction["paymentMethodId"]) == (expected, method)


def test_accepted_card_shows_what_the_bank_gave(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token)
    (transaction,) = merchant.read(token)["transactions"]
    assert transaction["requestedAmount"] == transaction["authorizedAmount"] == 2499
    assert transaction["date"] == "2026-03-02T12:00:00.000+00:00"
    assert transaction["paymentInstrumentData"]["usedPaymentInstrument"] == "UsedCard"
    assert transaction["partnerReturnedData"]["authorizationNumber"]


def test_wallet_names_itself_beside_its_card(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token, method="APPLE_FR")
    (transaction,) = merchant.read(token)["transactions"]
    assert transaction["externalWallet"] == "APPLE_PAY"
    assert transaction["paymentInstrumentData"]["panType"] == "DEVICE_TOKEN"


@pytest.mark.parametrize(
    ("outcome", "title", "code"),
    [
        ("refused", "REFUSED", "01100"),
        ("cancelled", "CANCELLED", "02319"),
        ("expired", "CANCELLED", "02324"),
        ("pending", "ONHOLD_PARTNER", "02016"),
        ("risk", "PENDING_RISK", "04003"),
    ],
)
def test_outcome_becomes_the_result(merchant: Merchant, outcome: str, title: str, code: str) -> None:
    token = merchant.create()
    merchant.play(token, outcome=outcome)
    result = merchant.read(token)["result"]
    assert (result["title"], result["code"]) == (title, code)


def test_pending_paypal_is_an_order_until_it_is_resolved(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token, method="PAYPAL_FR", outcome="pending")
    (pending,) = merchant.read(token)["transactions"]
    assert pending["type"] == "ORDER"
    merchant.control(f"sessions/{token}/resolve", outcome="accepted")
    answer = merchant.read(token)
    assert answer["result"]["title"] == "ACCEPTED"
    assert [(each["id"], each["type"]) for each in answer["transactions"]] == [
        (pending["id"], "AUTHORIZATION")
    ]


def test_second_card_in_the_same_session_is_accepted_beside_the_refused_one(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token, outcome="refused")
    merchant.play(token, outcome="accepted")
    answer = merchant.read(token)
    assert answer["result"]["code"] == "00000"
    assert ["partnerReturnedData" in each for each in answer["transactions"]] == [False, True]


def test_third_refusal_closes_the_session(merchant: Merchant) -> None:
    token = merchant.create()
    states = [merchant.play(token, outcome="refused")["state"] for _ in range(3)]
    assert states == ["PAYMENT_FAILURE_WITH_RETRY", "PAYMENT_FAILURE_WITH_RETRY", "PAYMENT_FAILURE"]
    assert merchant.client.post(f"/_control/sessions/{token}/pay", json={}).status_code == 409


def test_reset_forgets_everything(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.advance(60)
    merchant.control("reset")
    assert merchant.get(f"checkout/payments/sessions/{token}").status_code == 404


def test_order_date_is_read_back_in_utc_with_milliseconds(merchant: Merchant) -> None:
    token = merchant.create(order={"date": "2026-03-02T14:00:00+02:00"})
    assert merchant.read(token)["order"]["date"] == "2026-03-02T12:00:00.000+00:00"


@pytest.mark.parametrize(
    ("method", "network"), [("CB_FR", "CB-VISA"), ("MC_FR", "MASTERCARD"), ("AMEX_FR", "AMEX")]
)
def test_played_card_is_one_that_the_method_takes(merchant: Merchant, method: str, network: str) -> None:
    token = merchant.create()
    merchant.play(token, method=method)
    (transaction,) = merchant.read(token)["transactions"]
    assert transaction["paymentInstrumentData"]["network"] == network
