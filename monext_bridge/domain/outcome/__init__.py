"""Decides what is written when Monext answers about a session, whether there is an order, and which money goes back.

These are pure functions over what was read: the payment, its cart, its order, and Monext's answer.
"""

from monext_bridge.domain.outcome.automatic_reversal import (
    announces_reversal,
    is_reversal_open,
    is_reversal_rejected,
    is_reversed,
    owes_more,
    reversal_announcements,
    reversal_operations,
    reversed_parts,
)
from monext_bridge.domain.outcome.decide import (
    PaymentContext,
    begin_reversal,
    close_as_cancelled,
    decide,
    duplicate_payments,
    needs_order,
    reason_to_reverse,
)
from monext_bridge.domain.outcome.order_refusals import (
    BRAKE_WINDOW,
    KEPT_REFUSING,
    RefusalKind,
    is_braked,
    refusal_kind,
    uncertain_reversals,
)
from monext_bridge.domain.outcome.order_rules import (
    FUTURE_ORDER_NUMBER,
    OrderPaymentState,
    monext_reference,
    order_number,
    order_number_of_reference,
    order_payment_state,
)

__all__ = [
    "BRAKE_WINDOW",
    "FUTURE_ORDER_NUMBER",
    "KEPT_REFUSING",
    "OrderPaymentState",
    "PaymentContext",
    "RefusalKind",
    "announces_reversal",
    "begin_reversal",
    "close_as_cancelled",
    "decide",
    "duplicate_payments",
    "is_braked",
    "is_reversal_open",
    "is_reversal_rejected",
    "is_reversed",
    "monext_reference",
    "needs_order",
    "order_number",
    "order_number_of_reference",
    "order_payment_state",
    "owes_more",
    "reason_to_reverse",
    "refusal_kind",
    "reversal_announcements",
    "reversal_operations",
    "reversed_parts",
    "uncertain_reversals",
]
