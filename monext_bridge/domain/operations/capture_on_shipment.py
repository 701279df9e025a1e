"""Decides which capture a shipped order still asks of a payment, and under which key (payment on shipment).

The captures of one order have the keys `ship-<order id>-<n>`. A rejected capture is never sent again under
its key; the next message asks under the next one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monext_bridge.domain.ids import OrderId
from monext_bridge.domain.operations.by_key import operation_mark
from monext_bridge.domain.operations.open_amounts import is_authorization_over, open_amounts, owed
from monext_bridge.domain.operations.pending import (
    ABANDONED,
    UNSENT,
    OperationName,
    is_unresolved,
    operation_name,
)
from monext_bridge.domain.operations.principals import SHIPMENT
from monext_bridge.domain.operations.rules import Capture
from monext_bridge.domain.record import (
    Order,
    Payment,
    Transaction,
    TransactionType,
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


def due_capture(payment: Payment, order: Order, *, now: datetime) -> ShipmentCapture | None:
    """Returns the capture whose outcome is open, else the one that is due, None where there is neither.

    What is captured is what is open, but no more than the order owes now. Where it owes less than is open, the
    capture is final, and the rest is released; but not once the authorisation is over, when nothing is left that
    could be released. A payment whose money is on its way back to the buyer is left alone, and so is one of a
    cancelled order, but for a capture whose outcome is open.
    """
    if reversal_reason(payment) is not None:
        return None
    captures = _captures_of_order(payment, order.id)
    waiting = next((key for key, own in captures.items() if any(is_unresolved(t) for t in own)), None)
    if waiting:
        return ShipmentCapture(_recorded(captures[waiting]), waiting, sent=True)
    left = open_amounts(payment).capturable
    due = min(left, owed(payment, order))
    if due.is_zero:
        return None
    capture = Capture(due, final=due < left and not is_authorization_over(payment, now=now))
    unsent = (key for key, own in captures.items() if _is_unsent(own) and _recorded(own) == capture)
    return ShipmentCapture(capture, next(unsent, f"ship-{order.id}-{len(captures)}"))


def awaits_other_operations(payment: Payment) -> bool:
    """Tells whether a capture or cancel is unresolved that may yet leave something to capture."""
    return any(is_unresolved(t) and t.type in TAKING for t in payment.transactions)


def _captures_of_order(payment: Payment, order_id: OrderId) -> dict[str, list[Transaction]]:
    """Returns the captures by shipments of this order, except abandoned ones, each by its key with all its parts."""
    found: dict[str, list[Transaction]] = {}
    for transaction in payment.transactions:
        name = operation_name(transaction)
        if name and _is_key_of(order_id, name) and name.digest != ABANDONED:
            found.setdefault(name.key, []).append(transaction)
    return found


def _recorded(own: Sequence[Transaction]) -> Capture:
    """Returns the capture that the transactions of a key are of: final where some of them release."""
    first, *others = (t.amount for t in own if t.type is TransactionType.CHARGE)
    releases = any(t.type is TransactionType.CANCEL_AUTHORIZATION for t in own)
    return Capture(first.plus_all(others), final=releases)


def _is_unsent(own: Sequence[Transaction]) -> bool:
    return all(operation_mark(t) == UNSENT for t in own)


def _is_key_of(order_id: OrderId, name: OperationName) -> bool:
    prefix, _, number = name.key.rpartition("-")
    is_ours = name.principal in (None, SHIPMENT)
    return is_ours and prefix == f"ship-{order_id}" and bool(CAPTURE_NUMBER.fullmatch(number))
