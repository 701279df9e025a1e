"""Monext's titles and return codes as tables (its pages "Return codes" and the vocabulary of its plugins).

A title decides; a code refines it. Titles are compared in capitals.
"""

from __future__ import annotations

from collections.abc import Mapping

from monext_bridge.domain.monext import FailureReason, OutcomeKind

ACCEPTED = "ACCEPTED"
IN_PROGRESS = "INPROGRESS"
UNAUTHORIZED = "UNAUTHORIZED"
"""Bad credentials, which Monext has been seen to answer with HTTP 200."""

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
"""ABORTED is what older revisions call CANCELLED. A title that is not here is none that we may call final."""

REASONS: Mapping[str, FailureReason] = {
    "REFUSED": FailureReason.REFUSED,
    "ERROR": FailureReason.REFUSED,
    "CANCELLED": FailureReason.CANCELLED,
    "CANCELED": FailureReason.CANCELLED,
    "ABORTED": FailureReason.CANCELLED,
}
"""Why, by title; a code of REASON_CODES knows better."""

NO_TRANSACTION = "02304"
"""No transaction for this token: too early or too late, which only the session's age can tell."""

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
"""Under way, whatever the title: 02015 comes as REFUSED, and its text still says "in progress"."""

ACCEPTED_CODES = frozenset(
    {"00000", "02400", "02500", "02501", "02517", "02520", "02616", "03000", "04000", "34230", "34330"}
)

REFUSING_RANGES = ("01", "02", "03", "04")
"""Bank, front end, 3-D Secure, fraud: outside ACCEPTED_CODES these never mean approved."""

NOT_REACHED = ("01196", "01197", "01199", "02101", "02102", "02103", "02106")
"""Bank, acquirer, partner or Monext's own servers: not reached, broken, or not done in time."""

TO_BE_REVERSED = ("02003", "02011", "02013")
"""No answer of the issuer: "to be cancelled" or "to be reversed" by the merchant, so perhaps done."""

DUPLICATE_UNDER_WAY = "02002"

UNSURE_ACT_CODES = frozenset((*NOT_REACHED, *TO_BE_REVERSED, DUPLICATE_UNDER_WAY))
"""An act that is answered so may have been carried out, whatever title and status stand beside the code. A session
that failed with one of them has failed; if it was paid after all, its next reading says so."""

CANCELLED_CODES = frozenset({"02601", "02602"})
"""What a cancel may answer besides ACCEPTED when it went through, also beside a 4xx."""

UNDECIDED_STATUSES = frozenset({401, 403, 408, 429})
"""With these and every 5xx nothing is known about the payment, whatever the body says."""

REFUSING_STATUSES = frozenset({400, 404, 409, 422})
"""With these, and a readable result, an act was refused."""


def undecided(status: int) -> bool:
    return status in UNDECIDED_STATUSES or status >= 500


def contradicts_acceptance(code: str) -> bool:
    """A code that can't go with ACCEPTED. Partners have codes of their own, which can."""
    return code not in ACCEPTED_CODES and code.startswith(REFUSING_RANGES)


CANCEL_TOO_LATE = "02105"
"""The capture was sent for settlement before the cancel came: it can only be refunded."""
