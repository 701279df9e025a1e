"""Decides the order of a cart: its number, its payment state, and which of two payments is the one that counts."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import STATES_IN_PROGRESS, is_unsent
from monext_bridge.domain.record import (
    Payment,
    TransactionType,
    accepted_transaction,
    amounts,
    holds_money,
    reversal_reason,
    without_surplus,
)

FUTURE_ORDER_NUMBER = re.compile(r"(?!\.{1,2}$)[^/\x00-\x1f\x7f]{1,46}")
"""Matches the order numbers that a shop may choose.

Monext's `order.reference` has 50 characters without `/`, and `-999` may follow. `.` and `..` are no path
segments, so no order could be asked for under them.
"""


class OrderPaymentState(StrEnum):
    BALANCE_DUE = "BalanceDue"
    CREDIT_OWED = "CreditOwed"
    FAILED = "Failed"
    PAID = "Paid"
    PENDING = "Pending"


def order_number(cart_id: CartId) -> OrderNumber:
    """Returns `M` and 12 base-32 characters of SHA-256 of the cart id: the same for every attempt of the cart."""
    return OrderNumber("M" + base64.b32encode(hashlib.sha256(cart_id.encode()).digest()).decode()[:12])


def monext_reference(number: OrderNumber, *, attempt: int) -> str:
    """Returns the `order.reference` of an attempt.

    That of a further attempt differs, or Monext would call it a duplicate.
    """
    return number if attempt == 1 else f"{number}-{attempt}"


def order_number_of_reference(reference: str, *, attempt: int) -> OrderNumber:
    """Returns the order number that an attempt was opened with, from what Monext calls its reference."""
    return OrderNumber(reference if attempt == 1 else reference.removesuffix(f"-{attempt}"))


def order_payment_state(total: Money, payments: Iterable[Payment]) -> OrderPaymentState | None:
    """Returns the `paymentState` of an order that costs `total` now, from all its payments.

    Returns None where nothing has happened yet. Less than the total is BalanceDue, also where nothing is left to
    capture: an order may cost more after an edit. Only money of the order's currency counts, whatever was planned.
    Refunds and chargebacks do not change the state, but a refund under way means that credit is owed. A payment
    with a reversal reason does not count: its money was never the order's. Neither do surplus parts.
    """
    counted = [without_surplus(p) for p in payments if reversal_reason(p) is None]
    each, none = [amounts(p, like=total) for p in counted], total.with_amount(0)
    captured = none.plus_all(a.charged for a in each)
    is_authorized = any(not a.authorized.is_zero for a in each)
    is_uncaptured = any(not a.uncaptured.is_zero for a in each)
    is_captured = not captured.is_zero
    checks = (
        (any(_refund_under_way(p, currency=total.currency) for p in counted), OrderPaymentState.CREDIT_OWED),
        (is_captured and captured >= total, OrderPaymentState.PAID),
        (is_captured, OrderPaymentState.BALANCE_DUE),
        (is_authorized and not is_uncaptured, OrderPaymentState.FAILED),
        (is_authorized, OrderPaymentState.PENDING),
    )
    return next((state for holds, state in checks if holds), None)


def counting_payment(attempts: Iterable[Payment]) -> PaymentId | None:
    """Returns which accepted payment of a cart counts: the one recorded first. The others are reversed.

    Everybody who has read the same records gets the same answer. So two processes that record the outcomes of
    two payments of a cart at once agree.
    """
    holding = [(_accepted_at(p), p.id) for p in attempts if holds_money(p)]
    return min(holding)[1] if holding else None


def _accepted_at(payment: Payment) -> datetime:
    transaction = accepted_transaction(payment)
    recorded = transaction.timestamp if transaction else None
    return recorded or datetime.max.replace(tzinfo=UTC)


def _refund_under_way(payment: Payment, *, currency: str) -> bool:
    return any(
        t.type is TransactionType.REFUND
        and t.amount.currency == currency
        and t.state in STATES_IN_PROGRESS
        and not is_unsent(t)
        for t in payment.transactions
    )
