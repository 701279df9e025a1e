"""Sorts what Monext answers into our values. No answer raises: what can't be read is unknown.

Monext pairs no HTTP status with a result. It sends refusals with 2xx, and errors with or without `result`
around them. So the title decides wherever the status does not say that nothing can be known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monext_bridge.domain.ids import PaymentId, SessionToken
from monext_bridge.domain.monext import FailureReason, Outcome, OutcomeKind
from monext_bridge.mapping.json_object import JsonObject
from monext_bridge.mapping.monext.accepted_transactions import choose_accepted, read_candidates, read_method
from monext_bridge.mapping.monext.codes import (
    ACCEPTED,
    BUYER_ON_THE_PAGE,
    IN_PROGRESS,
    KINDS,
    NO_TRANSACTION,
    PENDING_CODES,
    REASON_CODES,
    REASONS,
    UNAUTHORIZED,
    contradicts_acceptance,
    is_unlisted,
    undecided,
)
from monext_bridge.mapping.monext.ids import read_session_token
from monext_bridge.mapping.monext.operations import read_echoed_key, read_ledger, read_operation_answer
from monext_bridge.mapping.monext.result import Result, read_result

__all__ = [
    "CreatedSession",
    "SessionRefused",
    "choose_accepted",
    "read_created_session",
    "read_echoed_key",
    "read_ledger",
    "read_operation_answer",
    "read_outcome",
    "read_unlisted_code",
]

REDIRECT_URL = re.compile(r"https?://[!-~]{1,2040}")
"""Matches the address of Monext's page. Monext says that it has at most 2048 characters; none is a blank."""

PAYMENT_ID_FIELD = "commercetoolsPaymentID"
NOT_FOUND = "ERROR"
"""Beside this title a 404 says that the session is not there. Any other title says what became of it."""


@dataclass(frozen=True, slots=True)
class CreatedSession:
    token: SessionToken
    redirect_url: str


MOST_CANDIDATES = 50
"""Cards and vouchers that a buyer tries in one session. Nobody tries so many within its life."""


@dataclass(frozen=True, slots=True)
class SessionRefused:
    """Monext made no session and said so. `invalid_params` are the fields it names."""

    title: str
    code: str
    detail: str
    invalid_params: tuple[str, ...] = ()


def read_created_session(status: int, body: object) -> CreatedSession | SessionRefused | None:
    """Returns the session, the refusal, or None where the answer does not tell whether there is a session.

    A session without a web address to pay at, or with a token that no buyer could come back with, is of no use to
    anybody, so it counts as None.
    """
    result, answer = read_result(body), JsonObject.of(body, what="answer")
    token, url = read_session_token(answer), answer.text("redirectURL") or ""
    if 200 <= status < 300 and result.title == ACCEPTED:
        return CreatedSession(token, url) if token and REDIRECT_URL.fullmatch(url) else None
    if not _refuses_session(status, result):
        return None
    names = tuple(name for p in answer.parts("invalidParams") if (name := p.text("name")))
    return SessionRefused(result.title, result.code, result.detail, names)


def read_outcome(status: int, body: object, *, session_over: bool) -> Outcome:
    """Returns what became of a session.

    `session_over` means that its life has ended, so that "not found" means expired. ACCEPTED without a
    transaction that took money is UNKNOWN: there is nothing to book. So it is with more than MOST_CANDIDATES: to tell
    which of them were accepted, each one's ledger would have to be read.
    """
    result, session = read_result(body), JsonObject.of(body, what="session")
    candidates = read_candidates(session)
    kind = _kind(status, result, session=session, session_over=session_over)
    if kind is OutcomeKind.ACCEPTED and not 0 < len(candidates) <= MOST_CANDIDATES:
        kind = OutcomeKind.UNKNOWN
    payment_id = session.part("privateData").text(PAYMENT_ID_FIELD)
    return Outcome(
        kind=kind,
        title=result.title,
        code=result.code,
        detail=result.detail,
        reason=_reason(status, result) if kind is OutcomeKind.FAILED else None,
        candidates=candidates if kind is OutcomeKind.ACCEPTED else (),
        method=read_method(session),
        payment_id=PaymentId(payment_id) if payment_id else None,
        order_reference=session.part("order").text("reference"),
        session_gone=kind is OutcomeKind.FAILED and _not_found(status, result),
    )


def read_unlisted_code(status: int, body: object) -> Result | None:
    """Returns the result whose return code our table lacks, None where it has the code or there is none."""
    result = read_result(body)
    return result if is_unlisted(status, title=result.title, code=result.code) else None


def _kind(status: int, result: Result, *, session: JsonObject, session_over: bool) -> OutcomeKind:
    if undecided(status) or result.title in ("", UNAUTHORIZED):
        return OutcomeKind.UNKNOWN
    if result.code in PENDING_CODES:
        return OutcomeKind.PENDING
    if _not_found(status, result):
        return OutcomeKind.FAILED if session_over else OutcomeKind.UNKNOWN
    if result.title == IN_PROGRESS:
        begun = result.code != BUYER_ON_THE_PAGE and bool(session.parts("transactions"))
        return OutcomeKind.PENDING if begun else OutcomeKind.NOT_BEGUN
    if result.title == ACCEPTED and contradicts_acceptance(result.code):
        return OutcomeKind.UNKNOWN
    of_unknown_title = OutcomeKind.PENDING if 200 <= status < 300 else OutcomeKind.UNKNOWN
    return KINDS.get(result.title, of_unknown_title)


def _not_found(status: int, result: Result) -> bool:
    if result.code == NO_TRANSACTION:
        return result.title != ACCEPTED
    return status == 404 and result.title == NOT_FOUND


def _reason(status: int, result: Result) -> FailureReason:
    if _not_found(status, result):
        return FailureReason.EXPIRED
    return REASON_CODES.get(result.code) or REASONS[result.title]


def _refuses_session(status: int, result: Result) -> bool:
    """Tells whether the answer says readably that Monext made no session.

    With credentials that it does not know, Monext made no session either, whatever the status.
    """
    if status in (408, 429) or status >= 500 or not result.title:
        return False
    return not 200 <= status < 300 or KINDS.get(result.title) in (OutcomeKind.FAILED, OutcomeKind.UNKNOWN)
