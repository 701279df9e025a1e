"""Which capture a shipped order still asks of a payment, and under which key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.ids import MonextTransactionId, OrderId, PaymentId, RecordTransactionId
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.capture_on_shipment import (
    ShipmentCapture,
    awaits_other_operations,
    due_capture,
)
from monext_bridge.domain.operations.rules import Capture
from monext_bridge.domain.record.attempt_status import ReversalReason
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from tests.builders import BEGUN, a_payment, a_transaction, an_order, eur

INITIAL, PENDING, SUCCESS, FAILURE = TransactionState
CANCEL, CHARGE = TransactionType.CANCEL_AUTHORIZATION, TransactionType.CHARGE
ORDER = OrderId("0b1f4b3e-6a0e-4a52-9d2f-3c1f6c6f9a10")
OTHER_ORDER = "0b1f4b3e-6a0e-4a52-9d2f-3c1f6c6f9a11"
TOTAL = 11100


def authorized(*acts: Transaction, **changes: Any) -> Payment:
    taken = a_transaction(
        type=TransactionType.AUTHORIZATION, state=SUCCESS, interface_id=MonextTransactionId("1")
    )
    return a_payment(transactions=(taken, *acts), **changes)


def act(state: TransactionState, name: str = f"ship-{ORDER}-0~0123abcd", **changes: Any) -> Transaction:
    """A capture of all by the first message; `name` is its interaction id."""
    values = {"id": RecordTransactionId(name), "type": CHARGE, "state": state, "interaction_id": name}
    return a_transaction(**(values | changes))


def due(number: int, amount: int = TOTAL) -> ShipmentCapture:
    return ShipmentCapture(Capture(eur(amount)), f"ship-{ORDER}-{number}")


FIRST = f"ship-{ORDER}-0"
DUE: dict[str, tuple[Payment, ShipmentCapture | None]] = {
    "nothing captured": (authorized(), due(0)),
    "one refused": (authorized(act(FAILURE)), due(1)),
    "two refused": (authorized(act(FAILURE), act(FAILURE, f"ship-{ORDER}-1~0123abcd")), due(2)),
    "one that gave its key back": (authorized(act(FAILURE, f"{FIRST}~void")), due(0)),
    "a refused one of another order": (authorized(act(FAILURE, f"ship-{OTHER_ORDER}-0~0123abcd")), due(0)),
    "a refused one by hand": (authorized(act(FAILURE, "by-hand~0123abcd")), due(0)),
    "a part by hand": (authorized(act(SUCCESS, "by-hand~0123abcd", amount=eur(1000))), due(0, TOTAL - 1000)),
    "a part by a shipment": (authorized(act(SUCCESS, amount=eur(1000))), due(1, TOTAL - 1000)),
    "a part under way by hand": (
        authorized(act(INITIAL, "by-hand~0123abcd", amount=eur(1000))),
        due(0, TOTAL - 1000),
    ),
    "freed": (authorized(act(INITIAL, f"{FIRST}~0123abcd~free")), due(0)),
    "freed with another amount": (
        authorized(act(INITIAL, f"{FIRST}~0123abcd~free", amount=eur(1000))),
        due(1),
    ),
    "captured": (authorized(act(SUCCESS)), None),
    "captured, not final": (authorized(act(PENDING)), None),
    "cancelled": (authorized(act(SUCCESS, "by-hand~0123abcd", type=CANCEL)), None),
    "never accepted": (a_payment(), None),
    "captured at once": (a_payment(transactions=(a_transaction(state=SUCCESS),)), None),
    "given back": (authorized(status_code=ReversalReason.SECOND_PAYMENT.value), None),
}


@pytest.mark.parametrize(("payment", "asked"), DUE.values(), ids=DUE)
def test_what_is_due_is_asked_for_under_the_next_key(payment: Payment, asked: ShipmentCapture | None) -> None:
    assert due_capture(payment, an_order(id=ORDER), now=BEGUN) == asked


def test_a_capture_of_unknown_fate_is_asked_for_under_its_own_key_and_amount() -> None:
    payment = authorized(act(FAILURE), act(INITIAL, f"ship-{ORDER}-1~0123abcd", amount=eur(1000)))
    found = due_capture(payment, an_order(id=ORDER), now=BEGUN)
    assert found == ShipmentCapture(Capture(eur(1000)), f"ship-{ORDER}-1", sent=True)


def points(held: int, currency: str = "EUR", **changes: Any) -> Payment:
    charge = a_transaction(
        type=TransactionType.CHARGE, state=SUCCESS, amount=Money(held, currency), interaction_id=None
    )
    return a_payment(
        id=PaymentId("points"),
        key=None,
        interface="points",
        interface_id=None,
        transactions=(charge,),
        **changes,
    )


REFUND, CHARGEBACK = TransactionType.REFUND, TransactionType.CHARGEBACK
OWED: dict[str, tuple[Payment, dict[str, Any], Capture | None]] = {
    "the order was lowered": (authorized(), {"total": eur(1000)}, Capture(eur(1000), final=True)),
    "the order was raised": (authorized(), {"total": eur(99900)}, Capture(eur(11100))),
    "lowered, and that captured by hand": (
        authorized(act(SUCCESS, "by-hand~0123abcd", amount=eur(1000))),
        {"total": eur(1000)},
        None,
    ),
    "lowered, and a part of that under way": (
        authorized(act(PENDING, "by-hand~0123abcd", amount=eur(400))),
        {"total": eur(1000)},
        Capture(eur(600), final=True),
    ),
    "captured and refunded": (
        authorized(
            act(SUCCESS, "by-hand~0123abcd", amount=eur(1000)),
            act(SUCCESS, "back~0123abcd", type=REFUND, amount=eur(1000)),
        ),
        {"total": eur(1000)},
        None,
    ),
    "captured and charged back": (
        authorized(
            act(SUCCESS, "by-hand~0123abcd", amount=eur(1000)),
            act(SUCCESS, "bank", type=CHARGEBACK, amount=eur(1000)),
        ),
        {"total": eur(1000)},
        None,
    ),
    "cancelled": (authorized(), {"state": "Cancelled"}, None),
    "another payment holds a part": (
        authorized(),
        {"payments": (points(1100),)},
        Capture(eur(10000), final=True),
    ),
    "another payment holds another currency": (
        authorized(),
        {"payments": (points(1100, "JPY"),)},
        Capture(eur(11100)),
    ),
    "another payment goes back": (
        authorized(),
        {"payments": (points(1100, status_code=ReversalReason.SECOND_PAYMENT.value),)},
        Capture(eur(11100)),
    ),
    "the order is in another currency": (authorized(), {"total": Money(11100, "JPY")}, None),
}


@pytest.mark.parametrize(("payment", "order", "capture"), OWED.values(), ids=OWED)
def test_no_more_is_captured_than_the_order_owes_now(
    payment: Payment, order: dict[str, Any], capture: Capture | None
) -> None:
    found = due_capture(payment, an_order(id=ORDER, **order), now=BEGUN)
    assert (found.capture if found else None) == capture


def test_once_the_authorisation_is_over_no_capture_is_final() -> None:
    found = due_capture(authorized(), an_order(id=ORDER, total=eur(1000)), now=BEGUN + timedelta(days=8))
    assert found is not None
    assert found.capture == Capture(eur(1000))


def test_a_final_capture_of_unknown_fate_is_asked_for_as_the_final_one_that_it_is() -> None:
    key = f"ship-{ORDER}-0"
    rest = act(INITIAL, f"{key}~rest", type=CANCEL, amount=eur(10100))
    payment = authorized(act(INITIAL, f"{key}~0123abcd", amount=eur(1000)), rest)
    found = due_capture(payment, an_order(id=ORDER), now=BEGUN)
    assert found == ShipmentCapture(Capture(eur(1000), final=True), key, sent=True)


WAITS: dict[str, tuple[Payment, bool]] = {
    "nothing under way": (authorized(), False),
    "a session that is not paid": (a_payment(), False),
    "a capture under way": (authorized(act(INITIAL, "by-hand~0123abcd")), True),
    "a cancel under way": (authorized(act(INITIAL, "by-hand~0123abcd", type=CANCEL)), True),
    "a refund under way": (
        authorized(act(INITIAL, "by-hand~0123abcd", type=TransactionType.REFUND)),
        False,
    ),
    "one that never began": (authorized(act(INITIAL, "by-hand~0123abcd~free")), False),
    "one that is not final": (authorized(act(PENDING, "by-hand~0123abcd")), False),
}


@pytest.mark.parametrize(("payment", "waits"), WAITS.values(), ids=WAITS)
def test_only_an_act_of_unknown_fate_is_waited_for(payment: Payment, waits: bool) -> None:
    assert awaits_other_operations(payment) is waits
