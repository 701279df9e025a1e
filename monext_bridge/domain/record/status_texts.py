"""What `paymentStatus` says of an attempt: Monext's code, its title and detail, and that it was the last look."""

from __future__ import annotations

from monext_bridge.domain.monext import Outcome, OutcomeKind
from monext_bridge.domain.record.attempt_status import LAST_LOOK, Standing, standing
from monext_bridge.domain.record.payment import Payment
from monext_bridge.domain.record.updates import Change, SetStatusCode, SetStatusText

STATUS_TEXT_LIMIT = 250


def status_changes(payment: Payment, outcome: Outcome) -> tuple[Change, ...]:
    """Code and text. A text that was marked as the last look's stays so while it says the same."""
    code, said = _said(payment, outcome)
    closed = outcome.kind is OutcomeKind.FAILED and (
        outcome.last_look or payment.status_text == said + LAST_LOOK
    )
    text = said + LAST_LOOK if closed else said
    changed = (SetStatusCode(code),) if code != (payment.status_code or "") else ()
    return (*changed, SetStatusText(text)) if text != payment.status_text else changed


def _said(payment: Payment, outcome: Outcome) -> tuple[str, str]:
    """What the answer says; where Monext no longer knows the session, why it had failed is worth more."""
    if outcome.gone and standing(payment) is Standing.FAILED:
        return payment.status_code or "", (payment.status_text or "").removesuffix(LAST_LOOK)
    said = f"{outcome.title}: {outcome.detail}"[: STATUS_TEXT_LIMIT - len(LAST_LOOK)]
    return outcome.code, said
