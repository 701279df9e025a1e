"""A session that is paid in parts: several accepted transactions, each with its own money and ledger."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.monext.cards import VOUCHER_CARD
from tests.sandbox.monext.merchant import START, Merchant

AT_ONCE = "AUTHORIZATION_AND_CAPTURE"
COMPLEMENT = "AUTHORIZATION_AND_CAPTURE_COMPLEMENT"
VOUCHER_AND_CARD = [
    {"amount": 1499, "type": COMPLEMENT},
    {"amount": 1000, "method": "PAYPAL_FR", "type": AT_ONCE, "ago": 30},
]


def paid_in_parts(merchant: Merchant, *parts: dict[str, object]) -> list[str]:
    """The transaction ids of a session of 24.99 EUR, in the order of its list."""
    token = merchant.create()
    return list(merchant.play(token, parts=parts or VOUCHER_AND_CARD)["transactions"])


def test_each_part_is_a_transaction_of_the_session_in_the_order_asked(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token, parts=VOUCHER_AND_CARD)
    read = merchant.read(token)
    listed = [(t["type"], t["requestedAmount"], t["authorizedAmount"]) for t in read["transactions"]]
    assert read["result"]["title"] == "ACCEPTED"
    assert listed == [(COMPLEMENT, 1499, 1499), ("AUTHORIZATION_AND_CAPTURE", 1000, 1000)]


def test_parts_have_the_age_that_was_asked(merchant: Merchant) -> None:
    token = merchant.create()
    merchant.play(token, parts=VOUCHER_AND_CARD)
    dates = [datetime.fromisoformat(t["date"]) for t in merchant.read(token)["transactions"]]
    assert dates == [START, START - timedelta(seconds=30)]
    assert dates[0].tzinfo == UTC


def test_each_part_has_a_ledger_of_its_own(merchant: Merchant) -> None:
    card, voucher = paid_in_parts(merchant)
    merchant.act(card, "refunds", amount=100)
    assert [row["type"] for row in merchant.rows(card)] == [COMPLEMENT, "REFUND"]
    assert [row["type"] for row in merchant.rows(voucher)] == [AT_ONCE]


@pytest.mark.parametrize(("amount", "code"), [(1499, "00000"), (1500, "02110"), (2499, "02110")])
def test_no_more_than_a_part_is_refunded_of_it(merchant: Merchant, amount: int, code: str) -> None:
    card, _ = paid_in_parts(merchant)
    assert merchant.act_code(card, "refunds", amount=amount) == code


def test_no_more_than_a_part_is_captured_of_it(merchant: Merchant) -> None:
    card, _ = paid_in_parts(merchant, {"amount": 1499}, {"amount": 1000})
    assert merchant.act_code(card, "captures", amount=1500) == "02110"
    assert merchant.act_code(card, "captures", amount=1499) == "00000"


def test_a_complement_is_captured_at_once(merchant: Merchant) -> None:
    card, _ = paid_in_parts(merchant)
    assert merchant.act_code(card, "captures", amount=1) == "02302"
    assert merchant.act_code(card, "cancels", amount=1499) == "00000"


def test_a_refused_part_is_ko_in_its_own_ledger(merchant: Merchant) -> None:
    card, voucher = paid_in_parts(merchant, {"amount": 1499}, {"amount": 1000, "outcome": "refused"})
    assert merchant.rows(voucher)[0]["status"] == "KO"
    assert merchant.act_code(voucher, "refunds", amount=1) == "02302"
    assert merchant.rows(card)[0]["status"] == "OK"


def test_the_merchant_is_told_once_of_all_parts(merchant: Merchant) -> None:
    paid_in_parts(merchant)
    assert len(merchant.client.get("/_control/notifications").get_json()["notifications"]) == 1


def test_parts_of_one_session_are_no_duplicates_and_those_of_another_are(merchant: Merchant) -> None:
    paid_in_parts(merchant)
    token = merchant.create()
    merchant.play(token, parts=VOUCHER_AND_CARD)
    assert merchant.code(token) == "02001"


@pytest.mark.parametrize(
    "parts", [{"amount": 1}, [{}], [{"amount": "1"}], [{"amount": 1, "outcome": "expired"}]]
)
def test_what_is_no_list_of_parts_is_refused(merchant: Merchant, parts: object) -> None:
    token = merchant.create()
    answer = merchant.client.post(f"/_control/sessions/{token}/pay", json={"parts": parts})
    assert answer.status_code == 400


@pytest.mark.parametrize(("capture", "type_"), [("AUTOMATIC", COMPLEMENT), ("MANUAL", "AUTHORIZATION")])
def test_the_card_with_a_voucher_pays_the_rest(merchant: Merchant, capture: str, type_: str) -> None:
    token = paid_by_voucher_card(merchant, capture=capture)
    listed = [(t["type"], t["requestedAmount"]) for t in merchant.read(token)["transactions"]]
    codes = [
        t["paymentInstrumentData"]["paymentInstrumentType"]["code"]
        for t in merchant.read(token)["transactions"]
    ]
    assert listed == [(type_, 1250), (AT_ONCE, 1249)]
    assert codes == ["CB", "CONECS"]
    assert merchant.code(token) == "00000"


def test_the_smallest_amount_is_no_sum_of_two(merchant: Merchant) -> None:
    token = paid_by_voucher_card(merchant, capture="MANUAL", amount=1)
    assert [t["requestedAmount"] for t in merchant.read(token)["transactions"]] == [1]


def paid_by_voucher_card(merchant: Merchant, *, capture: str, amount: int = 2499) -> str:
    payment = {"paymentType": "ONE_OFF", "capture": capture}
    token = merchant.create(payment=payment, order={"amount": amount})
    form = {"method": "CB_FR", "number": VOUCHER_CARD, "expiry": "12/30", "cvv": "123"}
    merchant.client.post(f"/v2/card?token={token}", data=form)
    return token
