"""Sums up the refunds of which nobody knows yet how they end, for the buyer who waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.by_key import STATES_IN_PROGRESS
from monext_bridge.domain.operations.pending import is_unsent
from monext_bridge.domain.record import (
    Payment,
    Transaction,
    TransactionType,
    accepted_or_planned_amount,
    without_surplus,
)


@dataclass(frozen=True, slots=True)
class RefundsUnderWay:
    """Holds what refunds in progress will give back, and when the first of them began where the record says it."""

    amount: Money
    since: datetime | None


def refunds_under_way(payment: Payment) -> RefundsUnderWay | None:
    """Returns the refunds in progress, in the currency that Monext took; None where there are none.

    One that certainly never reached Monext is not under way. Surplus parts don't count, as in what was refunded.
    """
    like = accepted_or_planned_amount(payment)
    found = [t for t in without_surplus(payment).transactions if _is_under_way(t, currency=like.currency)]
    if not found:
        return None
    amount = like.with_amount(sum(t.amount.cent_amount for t in found))
    return RefundsUnderWay(amount, min((t.timestamp for t in found if t.timestamp), default=None))


def _is_under_way(transaction: Transaction, *, currency: str) -> bool:
    return (
        transaction.type is TransactionType.REFUND
        and transaction.state in STATES_IN_PROGRESS
        and transaction.amount.currency == currency
        and not is_unsent(transaction)
    )
