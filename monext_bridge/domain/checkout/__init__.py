"""Decides what a new start of a payment uses: a live session again, an empty attempt, or a new attempt.

It also decides about which older attempts Monext is asked first, because their sessions may have been paid
meanwhile; and which landing pages stay noted.
"""

from monext_bridge.domain.checkout.attempts import (
    AttemptPlan,
    AttemptTerms,
    is_own,
    is_session_over,
    own_attempts,
    plan_attempt,
    terms_digest,
)
from monext_bridge.domain.checkout.start_note import landing_of, next_note

__all__ = [
    "AttemptPlan",
    "AttemptTerms",
    "is_own",
    "is_session_over",
    "landing_of",
    "next_note",
    "own_attempts",
    "plan_attempt",
    "terms_digest",
]
