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
from tests.campaign.consistency import Evidence, compare
from tests.campaign.shared_state import BuyerPromise, OfficeAnswer
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
    }


def found(evidence: Json) -> list[str]:
    commercetools = {"payment": evidence["payments"], "order": evidence["orders"]}
    monext = {"sessions": {}, "transactions": evidence["rows"]}
    compared = compare(Evidence(commercetools, monext, buyers=evidence["buyers"], office=evidence["office"]))
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
}


def test_books_that_agree_have_no_disagreement(evidence: Json) -> None:
    assert found(evidence) == []


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_a_planted_disagreement_is_found(plant: Callable[[Json], None], evidence: Json) -> None:
    plant(evidence)
    assert any(PLANTED[plant] in what for what in found(evidence)), found(evidence)


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
