"""Finds what a payment still needs when nobody comes back to it, and how Monext's ledger differs from its record.

Nothing is decided about money here: a follow-up says that somebody has to look.
"""

from monext_bridge.domain.reconciliation.compare_ledger import disagreement, posting_updates, unposted_rows
from monext_bridge.domain.reconciliation.follow_ups import (
    ANY_AGE,
    GRACE,
    Age,
    FollowUp,
    authorization_ends_at,
    awaits_order,
    follow_ups,
    is_payment_state_stale,
    order_follow_ups,
)

__all__ = [
    "ANY_AGE",
    "GRACE",
    "Age",
    "FollowUp",
    "authorization_ends_at",
    "awaits_order",
    "disagreement",
    "follow_ups",
    "is_payment_state_stale",
    "order_follow_ups",
    "posting_updates",
    "unposted_rows",
]
