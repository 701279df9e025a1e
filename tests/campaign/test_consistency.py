"""The comparison must be able to fail: each disagreement is planted into books that agree, and found."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import (
    ORDER_ID,
    PAYMENT_ID,
    TOKEN,
    a_payment_json,
    a_transaction_json,
    an_order_json,
    money_json,
)
from tests.campaign.consistency import compare
from tests.campaign.evidence import Evidence
from tests.campaign.shared_state import BuyerPromise, OfficeAnswer, OrderTerms
from tests.world import Json

REFUND = "refund-1~1234abcd"


def transaction(kind: str, cents: int, interaction: str, **changes: Any) -> Json:
    """One that went through."""
    named = {"id": f"{kind}-{interaction}", "type": kind, "state": "Success", "interactionId": interaction}
    return a_transaction_json(**{**named, "amount": money_json(cents), **changes})


def row(row_id: str, kind: str, cents: int, **changes: Any) -> Json:
    """A line of Monext's ledger that is OK, of the payment `1`."""
    made: Json = {"id": row_id, "type": kind, "amount": cents, "status": "OK", "originTransactionId": "1"}
    return {**made, "token": TOKEN, "privateData": {}, **changes}


@pytest.fixture
def evidence() -> Json:
    """A payment of 50 €, of which 10 € were refunded, with its order: both dumps, and what people were told."""
    payment = a_payment_json(
        paymentStatus={"interfaceCode": "00000"},
        transactions=[
            transaction("Charge", 5000, TOKEN, interfaceId="1"),
            transaction("Refund", 1000, REFUND, interfaceId="2"),
        ],
    )
    refund = row("2", "REFUND", 1000, privateData={"bridgeKey": "refund-1"})
    return {
        "payments": [payment],
        "orders": [an_order_json(totalPrice=money_json(5000), taxedPrice=None)],
        "rows": [row("1", "AUTHORIZATION_AND_CAPTURE", 5000), refund],
        "buyers": (BuyerPromise(PAYMENT_ID, "paid", ORDER_ID),),
        "office": (OfficeAnswer(PAYMENT_ID, "refund-1", "refund", "approved", f"Refund-{REFUND}"),),
        "reported": frozenset(),
        "order_terms": {},
    }


def found(evidence: Json) -> list[str]:
    commercetools = {"payment": evidence["payments"], "order": evidence["orders"]}
    monext = {"sessions": {}, "transactions": evidence["rows"]}
    told = {name: evidence[name] for name in ("buyers", "office", "reported", "order_terms")}
    compared = compare(Evidence(commercetools, monext, **told))
    return [disagreement.what for disagreement in compared]


def refund_of(evidence: Json) -> Json:
    made: Json = evidence["payments"][0]["transactions"][1]
    return made


def _lost_refund(evidence: Json) -> None:
    evidence["rows"].pop()


def _forgotten_refund(evidence: Json) -> None:
    evidence["rows"].append(row("3", "REFUND", 500))


def _refunded_twice(evidence: Json) -> None:
    evidence["rows"].append({**evidence["rows"][1], "id": "3"})


def _unrecorded_session(evidence: Json) -> None:
    evidence["payments"][0]["transactions"][0]["state"] = "Failure"


def _left_initial(evidence: Json) -> None:
    refund_of(evidence)["state"] = "Initial"


def _unnamed_row(evidence: Json) -> None:
    del refund_of(evidence)["interfaceId"]


def _no_order(evidence: Json) -> None:
    evidence["orders"].clear()


def _two_orders(evidence: Json) -> None:
    evidence["orders"].append({**evidence["orders"][0], "id": "order-2", "orderNumber": "M2"})


def _two_kept(evidence: Json) -> None:
    second = copy.deepcopy(evidence["payments"][0])
    second |= {"id": "payment-2", "interfaceId": "token-2"}
    second["transactions"] = [transaction("Charge", 5000, "token-2", interfaceId="9")]
    evidence["payments"].append(second)
    evidence["rows"].append(
        row("9", "AUTHORIZATION_AND_CAPTURE", 5000, originTransactionId="9", token="token-2")
    )


def _not_given_back(evidence: Json) -> None:
    evidence["payments"][0]["paymentStatus"]["interfaceCode"] = "SECOND_PAYMENT"


def _wrong_amount(evidence: Json) -> None:
    evidence["orders"][0]["totalPrice"] = money_json(6000)


def _wrong_state(evidence: Json) -> None:
    evidence["orders"][0]["paymentState"] = "CreditOwed"


def _waits_for_nothing(evidence: Json) -> None:
    evidence["payments"][0]["transactions"][0]["state"] = "Pending"


def _told_of_another_order(evidence: Json) -> None:
    evidence["buyers"] = (BuyerPromise(PAYMENT_ID, "paid", "order-9"),)


def _told_rejected(evidence: Json) -> None:
    evidence["office"] = (OfficeAnswer(PAYMENT_ID, "refund-1", "refund", "rejected", f"Refund-{REFUND}"),)


def _told_forbidden(evidence: Json) -> None:
    evidence["office"] = (OfficeAnswer(PAYMENT_ID, "refund-1", "refund", "409", None),)


def _shipped(evidence: Json, *, captured: int, terms: OrderTerms) -> None:
    """The payment was authorised, and the shipment of its order captured so much of it."""
    evidence["payments"][0]["transactions"] = [
        transaction("Authorization", 5000, TOKEN, interfaceId="1"),
        transaction("Charge", captured, f"ship-{ORDER_ID}-0~1234abcd", interfaceId="2"),
    ]
    key = {"bridgeKey": f"ship-{ORDER_ID}-0"}
    evidence["rows"] = [row("1", "AUTHORIZATION", 5000), row("2", "CAPTURE", captured, privateData=key)]
    evidence["order_terms"] = {ORDER_ID: terms}
    evidence["office"] = ()


def _captured_more_than_it_costs(evidence: Json) -> None:
    evidence["orders"][0]["totalPrice"] = money_json(3000)
    evidence["reported"] = frozenset({PAYMENT_ID})
    _shipped(evidence, captured=5000, terms=OrderTerms(5000, 3000, since_shipped=3000))


def _captured_of_a_cancelled_order(evidence: Json) -> None:
    evidence["orders"][0]["orderState"] = "Cancelled"
    _shipped(evidence, captured=5000, terms=OrderTerms(5000, 0, since_shipped=0))


def _refunded_after_a_chargeback(evidence: Json) -> None:
    back = transaction("Chargeback", 5000, "dispute-1")
    evidence["payments"][0]["transactions"].insert(1, back)


def _edited(evidence: Json, total: int) -> None:
    evidence["orders"][0]["totalPrice"] = money_json(total)
    evidence["order_terms"] = {ORDER_ID: OrderTerms(5000, total)}


def _state_of_before_the_edit(evidence: Json) -> None:
    _edited(evidence, 9000)
    evidence["reported"] = frozenset({PAYMENT_ID})


def _nobody_is_told_of_the_edit(evidence: Json) -> None:
    _edited(evidence, 3000)


def _told_of_an_edit_that_was_none(evidence: Json) -> None:
    evidence["reported"] = frozenset({PAYMENT_ID})


def _order_without_its_payment(evidence: Json) -> None:
    evidence["orders"][0]["paymentInfo"]["payments"].clear()


def _other_currency_counted(evidence: Json) -> None:
    """Points of another currency made the order cheaper."""
    points = a_payment_json(
        id="points",
        paymentMethodInfo={"paymentInterface": "points"},
        transactions=[transaction("Charge", 1000, "points", amount=money_json(1000, currency="JPY"))],
    )
    evidence["payments"].append(points)
    evidence["orders"][0]["paymentInfo"]["payments"].append({"typeId": "payment", "id": "points"})
    evidence["orders"][0]["totalPrice"] = money_json(6000)


def _in_parts(evidence: Json) -> None:
    """The payment was paid in two parts, and the refund was made on the second of them."""
    first, refund = evidence["payments"][0]["transactions"]
    first["amount"] = money_json(2000)
    second = transaction("Charge", 3000, f"{TOKEN}~on-9", interfaceId="9")
    refund["interactionId"] = f"{REFUND}~on-9"
    evidence["payments"][0]["transactions"] = [first, second, refund]
    evidence["rows"][0]["amount"] = 2000
    evidence["rows"][1]["originTransactionId"] = "9"
    evidence["rows"].append(row("9", "AUTHORIZATION_AND_CAPTURE_COMPLEMENT", 3000, originTransactionId="9"))


def _on_another_part(evidence: Json) -> None:
    _in_parts(evidence)
    evidence["rows"][1]["originTransactionId"] = "1"


def _more_than_the_part_brought(evidence: Json) -> None:
    _in_parts(evidence)
    refund_of_part = evidence["payments"][0]["transactions"][2]
    refund_of_part["amount"], evidence["rows"][1]["amount"] = money_json(3500), 3500


def _a_part_is_not_recorded(evidence: Json) -> None:
    _in_parts(evidence)
    del evidence["payments"][0]["transactions"][1]


def _four_went_back_within_an_hour(evidence: Json) -> None:
    first = evidence["payments"][0]
    first["paymentStatus"] = {
        "interfaceCode": "ORDER_REFUSED",
        "interfaceText": "commercetools kept refusing the order: InvalidOperation",
    }
    back = transaction("Refund", 4000, f"giveback-{TOKEN}~1234abcd", interfaceId="3")
    first["transactions"].append(back)
    evidence["payments"] = [copy.deepcopy(first) for _ in range(4)]


PLANTED: dict[Callable[[Json], None], str] = {
    _lost_refund: "names no row of the ledger",
    _forgotten_refund: "the record says",
    _refunded_twice: "key refund-1 made 2 rows REFUND",
    _unrecorded_session: "Monext accepted 1, and the record does not say so",
    _left_initial: "is left Initial",
    _unnamed_row: "row 2 is named by 0 transactions",
    _no_order: "accepted and kept, and there is no order",
    _two_orders: "2 orders",
    _two_kept: "2 payments are kept",
    _not_given_back: "Monext still holds 4000",
    _wrong_amount: "5000 was taken, and the order costs 6000",
    _wrong_state: "reads CreditOwed, should Paid",
    _waits_for_nothing: "pending in the record, and nothing is at Monext",
    _told_of_another_order: "which is not there",
    _told_rejected: "was told rejected",
    _told_forbidden: "was told 409",
    _captured_more_than_it_costs: "5000 is captured of the 3000 owed",
    _captured_of_a_cancelled_order: "5000 is captured of the 0 owed",
    _refunded_after_a_chargeback: "6000 is refunded or charged back of 5000 captured",
    _state_of_before_the_edit: "reads Paid, should BalanceDue",
    _nobody_is_told_of_the_edit: "the order costs 3000, and nobody is told",
    _told_of_an_edit_that_was_none: "the order costs 5000, and is reported",
    _order_without_its_payment: "does not name its payment",
    _other_currency_counted: "5000 was taken, and the order costs 6000",
    _on_another_part: "is on 1, not on 9",
    _more_than_the_part_brought: "part 9 gave back 3500",
    _a_part_is_not_recorded: "Monext accepted 9, and the record does not say so",
    _four_went_back_within_an_hour: "more than 3 of store",
}


def test_books_that_agree_have_no_disagreement(evidence: Json) -> None:
    assert found(evidence) == []


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_a_planted_disagreement_is_found(plant: Callable[[Json], None], evidence: Json) -> None:
    plant(evidence)
    assert any(PLANTED[plant] in what for what in found(evidence)), found(evidence)


def test_a_payment_in_parts_with_a_refund_on_the_second_agrees(evidence: Json) -> None:
    _in_parts(evidence)
    assert found(evidence) == []


def test_what_was_captured_before_the_order_was_lowered_is_reported_and_no_fault(evidence: Json) -> None:
    evidence["orders"][0]["totalPrice"] = money_json(3000)
    evidence["reported"] = frozenset({PAYMENT_ID})
    terms = OrderTerms(5000, 5000)
    terms.ship()
    terms.change(3000)
    _shipped(evidence, captured=5000, terms=terms)
    assert found(evidence) == []


def test_a_chargeback_of_what_is_left_after_a_refund_agrees(evidence: Json) -> None:
    evidence["payments"][0]["transactions"].append(transaction("Chargeback", 4000, "dispute-1"))
    assert found(evidence) == []


def test_what_a_bank_took_back_before_there_was_an_order_needs_none(evidence: Json) -> None:
    evidence["payments"][0]["transactions"].append(transaction("Chargeback", 4000, "dispute-1"))
    evidence["orders"].clear()
    evidence["buyers"] = ()
    assert found(evidence) == []


def test_what_is_on_its_way_back_is_not_held(evidence: Json) -> None:
    evidence["payments"][0]["paymentStatus"]["interfaceCode"] = "SECOND_PAYMENT"
    evidence["orders"].clear()
    evidence["buyers"] = ()
    back = transaction("Refund", 4000, f"giveback-{TOKEN}~1234abcd", state="Pending", interfaceId="3")
    evidence["payments"][0]["transactions"].append(back)
    on_its_way = row("3", "REFUND", 4000, privateData={"bridgeKey": f"giveback-{TOKEN}"})
    del on_its_way["status"]
    evidence["rows"].append(on_its_way)
    assert found(evidence) == []
