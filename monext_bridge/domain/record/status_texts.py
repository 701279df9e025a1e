"""Writes the `paymentStatus` of an attempt: Monext's code, title and detail, and a mark for the last reading."""

from __future__ import annotations

from monext_bridge.domain.monext import Outcome, OutcomeKind
from monext_bridge.domain.record.attempt_status import SESSION_OVER, AttemptStatus, attempt_status
from monext_bridge.domain.record.payment import Payment
from monext_bridge.domain.record.updates import SetStatusCode, SetStatusText, Update

STATUS_TEXT_LIMIT = 250


def on_one_line(text: str) -> str:
    """Returns the text with a blank for each character that can't be printed. Nothing that it separates is joined."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def limited_text(text: str, *, less: int = 0) -> str:
    """Returns at most STATUS_TEXT_LIMIT characters, less some, on one line: other lines are of the start note.

    commercetools might refuse what can't be printed, and with it the outcome.
    """
    return on_one_line(text[: STATUS_TEXT_LIMIT - less])


def status_updates(payment: Payment, outcome: Outcome) -> tuple[Update, ...]:
    """Returns the updates of code and text.

    A text that was marked as read for the last time stays marked while it says the same.
    """
    code, said = _said(payment, outcome)
    closed = outcome.kind is OutcomeKind.FAILED and (
        outcome.is_last_read or payment.status_text == said + SESSION_OVER
    )
    text = said + SESSION_OVER if closed else said
    changed = (SetStatusCode(code),) if code != (payment.status_code or "") else ()
    return (*changed, SetStatusText(text)) if text != payment.status_text else changed


def _said(payment: Payment, outcome: Outcome) -> tuple[str, str]:
    """Returns code and text of the answer.

    Where Monext no longer knows the session of a failed attempt, the recorded ones stay: why it had failed is
    worth more.
    """
    if outcome.session_gone and attempt_status(payment) is AttemptStatus.FAILED:
        return payment.status_code or "", (payment.status_text or "").removesuffix(SESSION_OVER)
    said = limited_text(f"{outcome.title}: {outcome.detail}", less=len(SESSION_OVER))
    return outcome.code, said
