"""Counts what may still be captured, cancelled and refunded of a payment.

An operation under way counts as done for every limit, so that two principals can't both take the same money. What
chargebacks took can't be refunded again. Each part of a payment is counted by itself, and the parts are added up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monext_bridge.domain.monext import Ledger
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.pending import is_unsent
from monext_bridge.domain.record import (
    Order,
    Payment,
    Transaction,
    TransactionState,
    TransactionType,
    accepted_or_planned_amount,
    accepted_transaction,
    cost_left_for,
    kept_parts,
    part_with,
    parts,
    total,
)

AUTHORIZATION_LASTS = timedelta(days=7)
"""Monext lets an authorisation be captured for this long (monext/doAuthorization); later only by LATE_DELIVERY."""

COUNTED_STATES = (TransactionState.SUCCESS, TransactionState.PENDING, TransactionState.INITIAL)
RELEASING = (TransactionType.CHARGE, TransactionType.CANCEL_AUTHORIZATION)
REFUNDING = (TransactionType.REFUND,)


@dataclass(frozen=True, slots=True)
class OpenAmounts:
    """Holds what may still be done, never below zero, in the currency that Monext took."""

    capturable: Money
    cancellable: Money
    refundable: Money


def open_amounts(payment: Payment) -> OpenAmounts:
    """Returns what the record leaves, with every operation under way counted as done.

    An unsent operation is not under way. Of surplus parts nothing may be captured.
    """
    like, own = accepted_or_planned_amount(payment), parts(payment)
    if len(own) == 1:
        return _of_part(payment, like=like)
    none, each = like.with_amount(0), [_of_part(part, like=like) for part in own]
    kept = (_of_part(part, like=like) for part in kept_parts(payment))
    refundable = none.plus_all(part.refundable for part in each)
    return OpenAmounts(
        capturable=none.plus_all(part.capturable for part in kept),
        cancellable=none.plus_all(part.cancellable for part in each),
        refundable=min(refundable, _refundable(_without_unsent(payment), like=like)),
    )


def owed(payment: Payment, order: Order) -> Money:
    """Returns what the order still owes to be captured from this payment, never below zero.

    It is what the order costs now, less what its other payments hold, less own captures, those under way included.
    Refunds and chargebacks never make anything owed again. Nothing is owed in another currency.
    """
    if accepted_or_planned_amount(payment).currency != order.total.currency:
        return accepted_or_planned_amount(payment).with_amount(0)
    captured = total(_without_unsent(payment), TransactionType.CHARGE, *COUNTED_STATES, like=order.total)
    return cost_left_for(payment, order).less(captured)


def has_room_for(payment: Payment, operations: Iterable[Transaction]) -> bool:
    """Tells whether the record leaves enough for unsent operations that are to be taken up again.

    Each needs room on its own part, and all of them together in the payment: a chargeback may have taken more than
    the part that it counts against.
    """
    own = tuple(operations)
    return _fits(payment, own) and all(_fits(part_with(payment, operation), own) for operation in own)


def is_authorization_over(part: Payment, *, now: datetime, ledger: Ledger | None = None) -> bool:
    """Tells whether the authorisation is older than Monext lets it be captured, by the record or by the ledger."""
    accepted = accepted_transaction(part)
    if accepted is None or accepted.type is not TransactionType.AUTHORIZATION:
        return False
    dates = [accepted.timestamp] + [
        r.date for r in (ledger.rows if ledger else ()) if r.type == "AUTHORIZATION"
    ]
    return any(date is not None and now - date >= AUTHORIZATION_LASTS for date in dates)


def _of_part(part: Payment, *, like: Money) -> OpenAmounts:
    sent = _without_unsent(part)
    released = (total(sent, kind, *COUNTED_STATES, like=like) for kind in RELEASING)
    left = total(sent, TransactionType.AUTHORIZATION, like=like).less(like.with_amount(0).plus_all(released))
    return OpenAmounts(left, left, _refundable(sent, like=like))


def _refundable(sent: Payment, *, like: Money) -> Money:
    refunds = total(sent, TransactionType.REFUND, *COUNTED_STATES, like=like)
    chargebacks = total(sent, TransactionType.CHARGEBACK, *COUNTED_STATES, like=like)
    return total(sent, TransactionType.CHARGE, like=like).less(refunds + chargebacks)


def _fits(part: Payment, operations: Iterable[Transaction]) -> bool:
    left, mine = open_amounts(part), {t.id for t in part.transactions}
    own = [t for t in operations if t.id in mine]
    none = left.capturable.with_amount(0)
    releasing = none.plus_all(t.amount for t in own if t.type in RELEASING)
    refunding = none.plus_all(t.amount for t in own if t.type in REFUNDING)
    return releasing <= left.capturable and refunding <= left.refundable


def _without_unsent(payment: Payment) -> Payment:
    return replace(payment, transactions=tuple(t for t in payment.transactions if not is_unsent(t)))
