"""Payment on shipment: which capture a shipped order still asks of a payment, and under which key.

The captures of one order are a family, `ship-<order id>-<n>`. One that was refused is never sent again under
its key; the next message asks under the next one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monext_bridge.domain.ids import OrderId
from monext_bridge.domain.operations.by_key import mark_of
from monext_bridge.domain.operations.pending import FREE, VOID, IntentName, is_open, name_of
from monext_bridge.domain.operations.rules import Capture, open_amounts
from monext_bridge.domain.record.attempt_status import flag_of, taken_or_planned
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionType

TAKING = (TransactionType.CHARGE, TransactionType.CANCEL_AUTHORIZATION)
NUMBER = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A capture under its key. `sent`: it went out before, and only its outcome is to be found."""

    capture: Capture
    key: str
    sent: bool = False


def capture_for(payment: Payment, order_id: OrderId) -> Asked | None:
    """The capture whose outcome is open, else the one that is due; None where there is neither.

    Money that is on its way back to the buyer is left alone.
    """
    if flag_of(payment) is not None:
        return None
    family = _family(payment, order_id)
    waiting = next(((name.key, t.amount) for name, t in family if is_open(t)), None)
    if waiting:
        key, amount = waiting
        return Asked(Capture(amount), key, sent=True)
    due = taken_or_planned(payment).with_amount(open_amounts(payment).capturable)
    if due.cent_amount == 0:
        return None
    unsent = next((name.key for name, t in family if mark_of(t) == FREE and t.amount == due), None)
    return Asked(Capture(due), unsent or f"ship-{order_id}-{len(family)}")


def waits_for_others(payment: Payment) -> bool:
    """Whether a capture or cancel is under way that may yet leave something to capture."""
    return any(is_open(t) and t.type in TAKING for t in payment.transactions)


def _family(payment: Payment, order_id: OrderId) -> list[tuple[IntentName, Transaction]]:
    """Every capture by a shipment of this order, but for those that have given their key back."""
    named = [(name_of(t), t) for t in payment.transactions]
    return [(name, t) for name, t in named if name and _is_of(order_id, name.key) and name.digest != VOID]


def _is_of(order_id: OrderId, key: str) -> bool:
    family, _, number = key.rpartition("-")
    return family == f"ship-{order_id}" and bool(NUMBER.fullmatch(number))
