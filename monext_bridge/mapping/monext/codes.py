"""Lists Monext's titles and return codes as tables: what each means, and who says so.

A title decides, and a code refines it. Titles are compared in capitals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

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


class Meaning(StrEnum):
    """Says what a code adds to the title that stands beside it."""

    APPROVED = "goes with ACCEPTED"
    NOT_APPROVED = "never goes with ACCEPTED"
    UNDER_WAY = "under way, whatever the title"
    NOT_BEGUN = "not begun"
    CANCELLED = "failed: cancelled"
    EXPIRED = "failed: expired"
    UNSURE = "perhaps carried out, whatever the title"
    RESET = "a cancel that went through, whatever the title"
    TOO_LATE = "a cancel that came too late"


class Source(StrEnum):
    """Names who says what a code means: a page of Monext, or one of its plugins."""

    PAGES = "return codes"
    SECURE = "3-D Secure codes"
    MAGENTO = "Magento"
    PRESTASHOP = "PrestaShop"
    WOOCOMMERCE = "WooCommerce"


@dataclass(frozen=True, slots=True)
class Code:
    """Holds what a code means for a session, and for a capture, cancel or refund."""

    session: Meaning
    operation: Meaning
    source: Source


def _both(meaning: Meaning, source: Source) -> Code:
    return Code(meaning, meaning, source)


def _refusal(source: Source) -> Code:
    return _both(Meaning.NOT_APPROVED, source)


def _unsure(source: Source) -> Code:
    """Returns the meaning of a code that does not say whether the bank acted.

    A session that failed with it has failed. If it was paid after all, its next reading says so.
    """
    return Code(Meaning.NOT_APPROVED, Meaning.UNSURE, source)


def _end(meaning: Meaning, source: Source) -> Code:
    """Returns the meaning of a code that ends a session. To an operation it is a refusal."""
    return Code(meaning, Meaning.NOT_APPROVED, source)


GROUPS: tuple[tuple[Code, str], ...] = (
    (_both(Meaning.APPROVED, Source.PAGES), "00000 02400 02500 02501 03000 04000"),
    (_both(Meaning.APPROVED, Source.MAGENTO), "02517 02520 02616"),
    (_both(Meaning.APPROVED, Source.PRESTASHOP), "34230 34330"),
    # 02015 comes as REFUSED or ERROR, and its text still says "in progress".
    (_both(Meaning.UNDER_WAY, Source.PAGES), "02000 02005 02006 02016"),
    (_both(Meaning.UNDER_WAY, Source.MAGENTO), "02015"),
    (_both(Meaning.UNDER_WAY, Source.WOOCOMMERCE), "02533"),
    (_end(Meaning.NOT_BEGUN, Source.PAGES), "02306"),
    (_end(Meaning.CANCELLED, Source.PAGES), "02008 02319"),
    (_end(Meaning.CANCELLED, Source.WOOCOMMERCE), "02314"),
    (_end(Meaning.EXPIRED, Source.PAGES), "02304 02324"),
    (_end(Meaning.EXPIRED, Source.MAGENTO), "02534"),
    # The bank, the acquirer, a partner or Monext's own servers were not reached, broke, or did not answer in time.
    (_unsure(Source.PAGES), "01196 01197 01199 02101 02102 02103 02106"),
    # The issuer did not answer, and the merchant is asked to cancel or reverse it. So perhaps it was done.
    (_unsure(Source.PAGES), "02003 02011 02013"),
    # It is the duplicate of one that is still under way.
    (_unsure(Source.PAGES), "02002"),
    (Code(Meaning.NOT_APPROVED, Meaning.RESET, Source.PRESTASHOP), "02601 02602"),
    (Code(Meaning.NOT_APPROVED, Meaning.TOO_LATE, Source.PAGES), "02105"),
    (
        _refusal(Source.PAGES),
        "01100 01101 01102 01103 01108 01109 01110 01111 01113 01114 01115 01116 01117 01118 01119 01120 01121 "
        "01122 01123 01125 01126 01128 01129 01130 01131 01132 01133 01180 01181 01182 01183 01184 01185 01198 "
        "01200 01201 01202 01206 01207 01208 01209 01902 01904 01907 01909 01912",
    ),
    (_refusal(Source.MAGENTO), "01913"),
    (
        _refusal(Source.PAGES),
        "02001 02004 02009 02010 02012 02014 02020 02104 02110 02301 02302 02303 02305 02308 02619 02620 02702",
    ),
    (
        _refusal(Source.SECURE),
        "03001 03002 03003 03004 03005 03006 03007 03008 03009 03010 03021 03022 03100 03101 03102 03103 03200",
    ),
    (_refusal(Source.MAGENTO), "04003"),
)
"""Gives the meaning of codes in groups. The codes 031xx are steps of 3-D Secure: that one is accepted pays nothing.

04003 comes with PENDING_RISK, and the title decides.
"""

CODES: Mapping[str, Code] = {code: meaning for meaning, codes in GROUPS for code in codes.split()}

NO_TRANSACTION = "02304"
"""Monext has no transaction for this token. It is too early or too late; only the session's age can tell."""

BUYER_ON_THE_PAGE = "02306"

CANCEL_TOO_LATE = "02105"
"""The capture was sent for settlement before the cancel came. The capture can only be refunded."""

_REASON_OF = {Meaning.CANCELLED: FailureReason.CANCELLED, Meaning.EXPIRED: FailureReason.EXPIRED}

REASON_CODES: Mapping[str, FailureReason] = {
    code: _REASON_OF[meaning.session] for code, meaning in CODES.items() if meaning.session in _REASON_OF
}


def _codes_of_sessions(meaning: Meaning) -> frozenset[str]:
    return frozenset(code for code, found in CODES.items() if found.session is meaning)


def _codes_of_operations(meaning: Meaning) -> frozenset[str]:
    return frozenset(code for code, found in CODES.items() if found.operation is meaning)


PENDING_CODES = _codes_of_sessions(Meaning.UNDER_WAY)
"""With these codes a session or an operation is under way, whatever the title."""

ACCEPTED_CODES = _codes_of_sessions(Meaning.APPROVED)

UNSURE_OPERATION_CODES = _codes_of_operations(Meaning.UNSURE)
"""An operation that is answered so may have been carried out, whatever title and status stand beside the code."""

CANCELLED_CODES = _codes_of_operations(Meaning.RESET)
"""A cancel that went through may answer these besides ACCEPTED, also beside a 4xx."""

REFUSING_RANGES = ("01", "02", "03", "04")
"""These codes come from bank, front end, 3-D Secure and fraud. Outside ACCEPTED_CODES they never mean approved."""

UNDECIDED_STATUSES = frozenset({401, 403, 408, 429})
"""With these, every 3xx and every 5xx nothing is known about the payment, whatever the body says.

Monext's API redirects nobody, so a redirection is another's.
"""

REFUSING_STATUSES = frozenset({400, 404, 409, 422})
"""With these, and a readable result, an operation was rejected."""


def undecided(status: int) -> bool:
    return status in UNDECIDED_STATUSES or status >= 500 or 300 <= status < 400


def contradicts_acceptance(code: str) -> bool:
    """Tells whether a code can't go with ACCEPTED. Partners have codes of their own, which can."""
    return code not in ACCEPTED_CODES and code.startswith(REFUSING_RANGES)


def is_unlisted(status: int, *, title: str, code: str) -> bool:
    """Tells whether a return code came that the table lacks, with an answer that says something about a payment."""
    speaks = bool(title) and title != UNAUTHORIZED and not undecided(status)
    return speaks and bool(code) and code not in CODES


def codes_by_meaning() -> Iterable[tuple[Code, tuple[str, ...]]]:
    """Yields every meaning of the table once, with its codes in order, for documents."""
    for meaning in dict.fromkeys(CODES.values()):
        yield meaning, tuple(sorted(code for code, found in CODES.items() if found == meaning))
