"""Lists Monext's titles and return codes as tables (its pages "Return codes" and the vocabulary of its plugins).

A title decides, and a code refines it. Titles are compared in capitals.
"""

from __future__ import annotations

from collections.abc import Mapping

from monext_bridge.domain.monext import FailureReason, OutcomeKind

ACCEPTED = "ACCEPTED"
IN_PROGRESS = "INPROGRESS"
UNAUTHORIZED = "UNAUTHORIZED"
"""Means bad credentials. Monext has been seen to answer it with HTTP 200."""

KINDS: Mapping[str, OutcomeKind] = {
    ACCEPTED: OutcomeKind.ACCEPTED,
    "REFUSED": OutcomeKind.FAILED,
    "ERROR": OutcomeKind.FAILED,
    "CANCELLED": OutcomeKind.FAILED,
    "CANCELED": OutcomeKind.FAILED,
    "ABORTED": OutcomeKind.FAILED,
    IN_PROGRESS: OutcomeKind.PENDING,
    "ONHOLD_PARTNER": OutcomeKind.PENDING,
    "PENDING_RISK": OutcomeKind.PENDING,
    UNAUTHORIZED: OutcomeKind.UNKNOWN,
}
"""Gives the outcome by title. ABORTED is what older revisions call CANCELLED.

A title that is not here must not be called final.
"""

REASONS: Mapping[str, FailureReason] = {
    "REFUSED": FailureReason.REFUSED,
    "ERROR": FailureReason.REFUSED,
    "CANCELLED": FailureReason.CANCELLED,
    "CANCELED": FailureReason.CANCELLED,
    "ABORTED": FailureReason.CANCELLED,
}
"""Gives the reason of a failure by title. A code of REASON_CODES knows better."""

NO_TRANSACTION = "02304"
"""Monext has no transaction for this token. It is too early or too late; only the session's age can tell."""

BUYER_ON_THE_PAGE = "02306"

REASON_CODES: Mapping[str, FailureReason] = {
    "02008": FailureReason.CANCELLED,
    "02314": FailureReason.CANCELLED,
    "02319": FailureReason.CANCELLED,
    NO_TRANSACTION: FailureReason.EXPIRED,
    "02324": FailureReason.EXPIRED,
    "02534": FailureReason.EXPIRED,
}

PENDING_CODES = frozenset({"02000", "02005", "02006", "02015", "02016", "02533"})
"""With these codes it is under way, whatever the title.

02015 comes as REFUSED, and its text still says "in progress".
"""

ACCEPTED_CODES = frozenset(
    {"00000", "02400", "02500", "02501", "02517", "02520", "02616", "03000", "04000", "34230", "34330"}
)

REFUSING_RANGES = ("01", "02", "03", "04")
"""These codes come from bank, front end, 3-D Secure and fraud. Outside ACCEPTED_CODES they never mean approved."""

NOT_REACHED = ("01196", "01197", "01199", "02101", "02102", "02103", "02106")
"""The bank, the acquirer, a partner or Monext's own servers were not reached, were broken, or not done in time."""

TO_BE_REVERSED = ("02003", "02011", "02013")
"""The issuer did not answer.

The merchant is asked to cancel or reverse it ("to be cancelled", "to be reversed"), so perhaps it was done.
"""

DUPLICATE_UNDER_WAY = "02002"

UNSURE_OPERATION_CODES = frozenset((*NOT_REACHED, *TO_BE_REVERSED, DUPLICATE_UNDER_WAY))
"""An operation that is answered so may have been carried out, whatever title and status stand beside the code.

A session that failed with one of these codes has failed. If it was paid after all, its next reading says so.
"""

CANCELLED_CODES = frozenset({"02601", "02602"})
"""A cancel that went through may answer these besides ACCEPTED, also beside a 4xx."""

UNDECIDED_STATUSES = frozenset({401, 403, 408, 429})
"""With these and every 5xx nothing is known about the payment, whatever the body says."""

REFUSING_STATUSES = frozenset({400, 404, 409, 422})
"""With these, and a readable result, an operation was rejected."""


def undecided(status: int) -> bool:
    return status in UNDECIDED_STATUSES or status >= 500


def contradicts_acceptance(code: str) -> bool:
    """Tells whether a code can't go with ACCEPTED. Partners have codes of their own, which can."""
    return code not in ACCEPTED_CODES and code.startswith(REFUSING_RANGES)


CANCEL_TOO_LATE = "02105"
"""The capture was sent for settlement before the cancel came. The capture can only be refunded."""
