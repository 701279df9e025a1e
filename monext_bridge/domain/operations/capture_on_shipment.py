"""Decides which capture a shipped order still asks of a payment, and under which key (payment on shipment).

The captures of one order have the keys `ship-<order id>-<n>`. A rejected capture is never sent again under
its key; the next message asks under the next one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monext_bridge.domain.ids import OrderId
from monext_bridge.domain.operations.by_key import operation_mark
from monext_bridge.domain.operations.pending import (
    ABANDONED,
    UNSENT,
    OperationName,
    is_unresolved,
    operation_name,
)
from monext_bridge.domain.operations.rules import Capture, open_amounts
from monext_bridge.domain.record import (
    Payment,
    Transaction,
    TransactionType,
    accepted_or_planned_amount,
    reversal_reason,
)

TAKING = (TransactionType.CHARGE, TransactionType.CANCEL_AUTHORIZATION)
CAPTURE_NUMBER = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class ShipmentCapture:
    """Holds a capture and its key.

    `sent` means that it went out before, and that only its outcome is to be found.
    """

    capture: Capture
    key: str
    sent: bool = False


def due_capture(payment: Payment, order_id: OrderId) -> ShipmentCapture | None:
    """Returns the capture whose outcome is open, else the one that is due, None where there is neither.

    A payment whose money is on its way back to the buyer is left alone.
    """
    if reversal_reason(payment) is not None:
        return None
    keyed = _captures_of_order(payment, order_id)
    waiting = next(((name.key, t.amount) for name, t in keyed if is_unresolved(t)), None)
    if waiting:
        key, amount = waiting
        return ShipmentCapture(Capture(amount), key, sent=True)
    due = accepted_or_planned_amount(payment).with_amount(open_amounts(payment).capturable)
    if due.cent_amount == 0:
        return None
    unsent = next((name.key for name, t in keyed if operation_mark(t) == UNSENT and t.amount == due), None)
    return ShipmentCapture(Capture(due), unsent or f"ship-{order_id}-{len(keyed)}")


def awaits_other_operations(payment: Payment) -> bool:
    """Tells whether a capture or cancel is unresolved that may yet leave something to capture."""
    return any(is_unresolved(t) and t.type in TAKING for t in payment.transactions)


def _captures_of_order(payment: Payment, order_id: OrderId) -> list[tuple[OperationName, Transaction]]:
    """Returns every capture by a shipment of this order, except abandoned ones."""
    named = [(operation_name(t), t) for t in payment.transactions]
    return [
        (name, t) for name, t in named if name and _is_key_of(order_id, name.key) and name.digest != ABANDONED
    ]


def _is_key_of(order_id: OrderId, key: str) -> bool:
    prefix, _, number = key.rpartition("-")
    return prefix == f"ship-{order_id}" and bool(CAPTURE_NUMBER.fullmatch(number))
