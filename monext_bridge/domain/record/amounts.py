"""Counts the money of a payment in one currency: what was authorised, taken and given back, and what it holds.

Anybody may write transactions of any currency to a Payment, so every sum names the currency it is of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monext_bridge.domain.money import Money
from monext_bridge.domain.record.derived import derived_once
from monext_bridge.domain.record.parts import accepted_or_planned_amount, parts, without_surplus
from monext_bridge.domain.record.payment import Payment, TransactionState, TransactionType

TYPES = tuple(TransactionType)


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
    sums = _sums(payment, like=like)
    own = parts(payment)
    of_parts = [sums] if len(own) == 1 else [_sums(part, like=like) for part in own]
    return Amounts(
        authorized=sums[TransactionType.AUTHORIZATION],
        cancelled=sums[TransactionType.CANCEL_AUTHORIZATION],
        charged=sums[TransactionType.CHARGE],
        refunded=sums[TransactionType.REFUND],
        charged_back=sums[TransactionType.CHARGEBACK],
        uncaptured=like.with_amount(0).plus_all(map(_uncaptured, of_parts)),
    )


@derived_once
def own_amounts(payment: Payment) -> Amounts:
    """Returns the sums in the currency that Monext took, which is not always the planned one."""
    return amounts(payment, like=accepted_or_planned_amount(payment))


@derived_once
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


def _sums(payment: Payment, *, like: Money) -> dict[TransactionType, Money]:
    found = dict.fromkeys(TYPES, 0)
    for each in payment.transactions:
        if each.state is TransactionState.SUCCESS and each.amount.currency == like.currency:
            found[each.type] += each.amount.cent_amount
    return {kind: like.with_amount(amount) for kind, amount in found.items()}


def _uncaptured(sums: dict[TransactionType, Money]) -> Money:
    over = sums[TransactionType.CHARGE] + sums[TransactionType.CANCEL_AUTHORIZATION]
    return sums[TransactionType.AUTHORIZATION].less(over)
