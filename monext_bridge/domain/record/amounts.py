"""Counts the money of a payment in one currency: what was authorised, taken and given back, and what it holds.

Anybody may write transactions of any currency to a Payment, so every sum names the currency it is of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monext_bridge.domain.money import Money
from monext_bridge.domain.record.parts import accepted_or_planned_amount, parts, without_surplus
from monext_bridge.domain.record.payment import Payment, TransactionState, TransactionType


@dataclass(frozen=True, slots=True)
class Amounts:
    """Holds sums of transactions that succeeded, in one currency.

    `charged` is what was captured, at once or later. `uncaptured` is authorised, and neither captured nor
    cancelled; it is counted for each part by itself. `held` is the buyer's money that the payment has now:
    captured or uncaptured, less what refunds and chargebacks took.
    """

    authorized: Money
    cancelled: Money
    charged: Money
    refunded: Money
    charged_back: Money
    uncaptured: Money

    @property
    def held(self) -> Money:
        return (self.uncaptured + self.charged).less(self.refunded + self.charged_back)


def amounts(payment: Payment, *, like: Money) -> Amounts:
    """Returns the sums of a payment's transactions that are in the currency of `like`."""
    return Amounts(
        authorized=total(payment, TransactionType.AUTHORIZATION, like=like),
        cancelled=total(payment, TransactionType.CANCEL_AUTHORIZATION, like=like),
        charged=total(payment, TransactionType.CHARGE, like=like),
        refunded=total(payment, TransactionType.REFUND, like=like),
        charged_back=total(payment, TransactionType.CHARGEBACK, like=like),
        uncaptured=like.with_amount(0).plus_all(_uncaptured(part, like=like) for part in parts(payment)),
    )


def own_amounts(payment: Payment) -> Amounts:
    """Returns the sums in the currency that Monext took, which is not always the planned one."""
    return amounts(payment, like=accepted_or_planned_amount(payment))


def kept_amounts(payment: Payment) -> Amounts:
    """Returns the same sums without surplus parts: what of the payment pays for something."""
    return own_amounts(without_surplus(payment))


def total(
    payment: Payment,
    kind: TransactionType,
    *states: TransactionState,
    like: Money,
) -> Money:
    """Returns the sum of a payment's transactions of a type, in the currency of `like`.

    Without `states`, only those that succeeded count.
    """
    counted = states or (TransactionState.SUCCESS,)
    found = (t.amount for t in payment.transactions if t.type is kind and t.state in counted)
    return like.with_amount(sum(each.cent_amount for each in found if each.currency == like.currency))


def less_held(total: Money, payments: Iterable[Payment]) -> Money:
    """Returns the total less what the payments hold in its currency, never below zero.

    Surplus parts are on their way back, and pay for nothing.
    """
    held = (amounts(without_surplus(payment), like=total).held for payment in payments)
    return total.less(total.with_amount(0).plus_all(held))


def _uncaptured(part: Payment, *, like: Money) -> Money:
    authorized = total(part, TransactionType.AUTHORIZATION, like=like)
    captured = total(part, TransactionType.CHARGE, like=like)
    return authorized.less(captured + total(part, TransactionType.CANCEL_AUTHORIZATION, like=like))
