"""Captures, refunds and cancels over the API."""

from typing import Any

import pytest

from tests.sandbox.monext.merchant import Merchant

AUTOMATIC = {"paymentType": "ONE_OFF", "capture": "AUTOMATIC"}
WEEK = 7 * 24 * 3600


def types_of(merchant: Merchant, transaction_id: str) -> list[tuple[str, int]]:
    return [(row["type"], row["amount"]) for row in merchant.rows(transaction_id)]


def test_capture_leaves_a_row_that_names_its_origin(merchant: Merchant) -> None:
    payment = merchant.paid()
    answer = merchant.act(payment, "captures", amount=1000, privateData={"key": "k-1"})
    assert (answer["status"], answer["result"]["code"]) == (201, "00000")
    assert set(answer["transaction"]) == {"id", "date", "type"}
    first, second = merchant.rows(payment)
    assert (first["type"], first["originTransactionId"]) == ("AUTHORIZATION", payment)
    assert (second["id"], second["originTransactionId"]) == (answer["transaction"]["id"], payment)
    assert (second["amount"], second["status"]) == (1000, "OK")


def test_same_capture_twice_captures_twice(merchant: Merchant) -> None:
    payment = merchant.paid()
    codes = [merchant.act_code(payment, "captures", amount=1000) for _ in range(3)]
    assert codes == ["00000", "00000", "02110"]


def test_act_can_be_read_with_the_private_data_it_was_given(merchant: Merchant) -> None:
    payment = merchant.paid()
    act = merchant.act(payment, "captures", amount=1000, privateData={"key": "k-1"})["transaction"]["id"]
    answer = merchant.get(f"checkout/transactions/{act}").get_json()
    assert answer["privateData"] == {"key": "k-1"}
    assert (answer["transaction"]["type"], answer["transaction"]["requestedAmount"]) == ("CAPTURE", 1000)
    assert [row["id"] for row in answer["associatedTransactions"]] == [payment, act]


def test_final_capture_releases_the_rest(merchant: Merchant) -> None:
    payment = merchant.paid()
    merchant.act(payment, "captures", amount=1000, option="FINAL")
    assert types_of(merchant, payment) == [("AUTHORIZATION", 2499), ("CAPTURE", 1000), ("RESET", 1499)]
    assert merchant.act_code(payment, "captures", amount=1) == "02110"


def test_final_capture_that_was_pending_releases_the_rest_once_it_is_accepted(merchant: Merchant) -> None:
    payment = merchant.paid()
    merchant.client.post("/_control/acts", json={"act": "captures", "outcome": "pending"})
    answer = merchant.act(payment, "captures", amount=1000, option="FINAL")
    assert types_of(merchant, payment) == [("AUTHORIZATION", 2499), ("CAPTURE", 1000)]
    merchant.control(f"transactions/{answer['transaction']['id']}/resolve", outcome="accepted")
    assert types_of(merchant, payment) == [("AUTHORIZATION", 2499), ("CAPTURE", 1000), ("RESET", 1499)]


def test_final_capture_of_all_releases_nothing(merchant: Merchant) -> None:
    payment = merchant.paid()
    merchant.act(payment, "captures", amount=2499, option="FINAL")
    assert types_of(merchant, payment) == [("AUTHORIZATION", 2499), ("CAPTURE", 2499)]


def test_capture_after_seven_days_needs_late_delivery(merchant: Merchant) -> None:
    payment = merchant.paid()
    merchant.advance(WEEK)
    assert merchant.act_code(payment, "captures", amount=1000) == "02302"
    assert merchant.act_code(payment, "captures", amount=1000, option="LATE_DELIVERY") == "00000"
    assert types_of(merchant, payment)[1:] == [("REAUTHORIZATION", 1000), ("CAPTURE", 1000)]


def test_late_delivery_needs_the_contract(merchant: Merchant) -> None:
    merchant.control("settings", lateDelivery=False)
    payment = merchant.paid()
    merchant.advance(WEEK)
    assert merchant.act_code(payment, "captures", amount=1000, option="LATE_DELIVERY") == "02619"


def test_capture_within_seven_days_passes(merchant: Merchant) -> None:
    payment = merchant.paid()
    merchant.advance(WEEK - 1)
    assert merchant.act_code(payment, "captures", amount=1000) == "00000"


def test_what_is_captured_at_once_has_nothing_to_capture(merchant: Merchant) -> None:
    assert merchant.act_code(merchant.paid(payment=AUTOMATIC), "captures", amount=1) == "02302"


@pytest.mark.parametrize("kind", ["captures", "refunds"])
def test_capture_id_is_no_target(merchant: Merchant, kind: str) -> None:
    payment = merchant.paid()
    capture = merchant.act(payment, "captures", amount=1000)["transaction"]["id"]
    assert merchant.act_code(capture, kind, amount=1) == "02301"


def test_refund_is_bounded_by_what_is_captured(merchant: Merchant) -> None:
    payment = merchant.paid()
    assert merchant.act_code(payment, "refunds", amount=1) == "02110"
    merchant.act(payment, "captures", amount=1000)
    codes = [merchant.act_code(payment, "refunds", amount=400) for _ in range(3)]
    assert codes == ["00000", "00000", "02110"]


def test_partial_cancel_leaves_the_rest_to_capture(merchant: Merchant) -> None:
    payment = merchant.paid()
    assert merchant.act_code(payment, "cancels", amount=499) == "00000"
    assert merchant.act_code(payment, "captures", amount=2001) == "02110"
    assert merchant.act_code(payment, "captures", amount=2000) == "00000"


def test_cancel_takes_a_charge_back_before_the_batch_only(merchant: Merchant) -> None:
    payment = merchant.paid(payment=AUTOMATIC)
    assert merchant.act_code(payment, "cancels", amount=499) == "00000"
    merchant.control("remit")
    assert merchant.act_code(payment, "cancels", amount=2000) == "02105"
    assert merchant.act_code(payment, "refunds", amount=2000) == "00000"


def test_batch_goes_out_by_itself_after_a_day(merchant: Merchant) -> None:
    payment = merchant.paid(payment=AUTOMATIC)
    merchant.advance(24 * 3600)
    assert merchant.act_code(payment, "cancels", amount=2499) == "02105"


def test_cancel_of_a_settled_capture_comes_too_late(merchant: Merchant) -> None:
    payment = merchant.paid()
    merchant.act(payment, "captures", amount=2499)
    assert merchant.act_code(payment, "cancels", amount=2499) == "02110"
    merchant.control("remit")
    assert merchant.act_code(payment, "cancels", amount=2499) == "02105"


def test_reset_of_a_capture_counts_against_the_capture(merchant: Merchant) -> None:
    payment = merchant.paid()
    capture = merchant.act(payment, "captures", amount=1000)["transaction"]["id"]
    assert merchant.act_code(capture, "cancels", amount=1000) == "00000"
    assert merchant.rows(payment)[-1]["originTransactionId"] == capture
    assert merchant.act_code(payment, "refunds", amount=1) == "02110"


@pytest.mark.parametrize("outcome", ["refused", "pending", "risk"])
@pytest.mark.parametrize("kind", ["captures", "refunds", "cancels"])
def test_nothing_can_be_done_with_a_payment_that_is_not_accepted(
    merchant: Merchant, outcome: str, kind: str
) -> None:
    token = merchant.create()
    payment = merchant.play(token, outcome=outcome)["transactions"][0]
    assert merchant.act_code(payment, kind, amount=1) == "02302"


@pytest.mark.parametrize("kind", ["refunds", "cancels"])
def test_option_belongs_to_captures(merchant: Merchant, kind: str) -> None:
    answer = merchant.post(
        f"checkout/transactions/{merchant.paid()}/{kind}", {"amount": 1, "option": "FINAL"}
    )
    assert (answer.status_code, answer.get_json()["code"]) == (400, "02305")


@pytest.mark.parametrize("amount", [None, -1, 1.5, "100", 10**18 + 1, True])
def test_amount_out_of_form_is_400(merchant: Merchant, amount: Any) -> None:
    answer = merchant.post(f"checkout/transactions/{merchant.paid()}/captures", {"amount": amount})
    assert answer.status_code == 400
    assert [param["name"] for param in answer.get_json()["invalidParams"]] == ["amount"]


def test_refusal_by_the_ledger_is_201_without_a_row(merchant: Merchant) -> None:
    payment = merchant.paid()
    answer = merchant.act(payment, "captures", amount=2500)
    assert (answer["status"], answer["result"]["title"], "transaction" in answer) == (201, "ERROR", False)
    assert len(merchant.rows(payment)) == 1


def test_unknown_transaction_is_404(merchant: Merchant) -> None:
    assert merchant.act("999", "captures", amount=1)["status"] == 404
    assert merchant.get("checkout/transactions/999").status_code == 404


def test_scripted_pending_act_is_taken_with_202_and_ends_later(merchant: Merchant) -> None:
    payment = merchant.paid(payment=AUTOMATIC)
    merchant.client.post("/_control/acts", json={"act": "refunds", "outcome": "pending"})
    answer = merchant.act(payment, "refunds", amount=2499)
    assert (answer["status"], answer["result"]["title"]) == (202, "ONHOLD_PARTNER")
    assert "status" not in merchant.rows(payment)[-1]
    assert merchant.act_code(payment, "refunds", amount=1) == "02110"
    merchant.control(f"transactions/{answer['transaction']['id']}/resolve", outcome="accepted")
    assert merchant.rows(payment)[-1]["status"] == "OK"


def test_scripted_refusal_leaves_a_failed_row_once(merchant: Merchant) -> None:
    payment = merchant.paid(payment=AUTOMATIC)
    merchant.client.post("/_control/acts", json={"outcome": "refused", "code": "01116"})
    codes = [merchant.act_code(payment, "refunds", amount=1) for _ in range(2)]
    assert codes == ["01116", "00000"]
    assert [row["status"] for row in merchant.rows(payment)] == ["OK", "KO", "OK"]


UNSURE = ("01196", "01197", "01199", "02002", "02003", "02011", "02013", "02101", "02102", "02103", "02106")


@pytest.mark.parametrize("code", UNSURE)
def test_scripted_answer_does_not_tell_that_the_act_was_carried_out(merchant: Merchant, code: str) -> None:
    payment = merchant.paid(payment=AUTOMATIC)
    merchant.client.post("/_control/acts", json={"act": "refunds", "outcome": "accepted", "says": code})
    answer = merchant.act(payment, "refunds", amount=100)
    assert (answer["status"], answer["result"]["code"], "transaction" in answer) == (201, code, False)
    assert answer["result"]["title"] in ("ERROR", "REFUSED")
    assert answer["result"]["detail"] != "See the list of return codes"
    assert [(row["type"], row["status"]) for row in merchant.rows(payment)][1:] == [("REFUND", "OK")]
    assert merchant.act_code(payment, "refunds", amount=100) == "00000"


@pytest.mark.parametrize("code", ["02601", "02602"])
def test_scripted_reset_is_done_beside_an_error_status(merchant: Merchant, code: str) -> None:
    payment = merchant.paid()
    script = {"act": "cancels", "outcome": "accepted", "says": code, "status": 400}
    merchant.client.post("/_control/acts", json=script)
    answer = merchant.act(payment, "cancels", amount=2499)
    assert (answer["status"], answer["code"], "result" in answer) == (400, code, False)
    assert merchant.rows(payment)[-1]["status"] == "OK"


def test_scripted_answer_may_hide_a_refusal_too(merchant: Merchant) -> None:
    payment = merchant.paid(payment=AUTOMATIC)
    merchant.client.post("/_control/acts", json={"outcome": "refused", "says": "02103"})
    assert merchant.act_code(payment, "refunds", amount=100) == "02103"
    assert merchant.rows(payment)[-1]["status"] == "KO"


def test_scripts_that_wait_are_listed_until_they_are_used(merchant: Merchant) -> None:
    payment = merchant.paid(payment=AUTOMATIC)
    merchant.client.post("/_control/acts", json={"says": "01197"})
    (waiting,) = merchant.client.get("/_control/acts").get_json()["acts"]
    assert (waiting["says"], waiting["times"]) == ("01197", 1)
    merchant.act(payment, "refunds", amount=1)
    assert merchant.client.get("/_control/acts").get_json() == {"acts": []}


@pytest.mark.parametrize("script", [{"kind": "refunds"}, {"outcome": "perhaps"}, {"act": "charges"}])
def test_script_that_is_misspelt_is_refused(merchant: Merchant, script: dict[str, str]) -> None:
    assert merchant.client.post("/_control/acts", json=script).status_code == 400
