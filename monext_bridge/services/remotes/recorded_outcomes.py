"""Tells what a write says first of a payment attempt, and counts it.

Writes are made under a version, so only one writer sees an attempt before and after the same step.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from monext_bridge import observed
from monext_bridge.domain.monext import FailureReason
from monext_bridge.domain.record import AttemptKey, AttemptStatus, Payment, attempt_status, is_released
from monext_bridge.mapping.monext import KNOWN_METHODS, REASON_CODES, REASONS


class RecordedStep(StrEnum):
    """What a record says first. RETURNED: accepted, and not kept. RELEASED: authorised, and never captured."""

    BEGUN = "begun"
    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    RETURNED = "returned"
    RELEASED = "released"


COUNTED_PAYMENTS: tuple[tuple[str, str], ...] = (
    (RecordedStep.BEGUN.value, observed.NONE),
    *(
        (step.value, method)
        for step in RecordedStep
        if step is not RecordedStep.BEGUN
        for method in (observed.NONE, observed.OTHER, *sorted(KNOWN_METHODS))
    ),
)
"""The steps with their methods, as metrics count them. A payment is begun before it has a method."""

STEP_OF_STATUS: Mapping[AttemptStatus, RecordedStep] = {
    AttemptStatus.OPEN: RecordedStep.BEGUN,
    AttemptStatus.PENDING: RecordedStep.PENDING,
    AttemptStatus.AUTHORIZED: RecordedStep.ACCEPTED,
    AttemptStatus.PAID: RecordedStep.ACCEPTED,
    AttemptStatus.RETURNED: RecordedStep.RETURNED,
}
"""Statuses that name their step. A failed attempt's step is its reason; an empty attempt has none."""

STEP_OF_REASON: Mapping[FailureReason, RecordedStep] = {
    FailureReason.REFUSED: RecordedStep.REFUSED,
    FailureReason.CANCELLED: RecordedStep.CANCELLED,
    FailureReason.EXPIRED: RecordedStep.EXPIRED,
}


def failure_reason(payment: Payment) -> FailureReason:
    """Return the reason of a failure, from the code and title that were written with it."""
    title = (payment.status_text or "").partition(":")[0]
    return REASON_CODES.get(payment.status_code or "") or REASONS.get(title, FailureReason.REFUSED)


def recorded_step(before: Payment, after: Payment) -> RecordedStep | None:
    """Return the step between two readings; None where there is none, as between authorised and captured."""
    first, then = _step(before), _step(after)
    return None if then is first else then


def count_step(before: Payment, after: Payment) -> None:
    """Count what a write says first, by the attempt's method and store."""
    step = recorded_step(before, after)
    if step is None:
        return
    key = AttemptKey.parse(after.key)
    observed.payment_recorded(step.value, method=_method(after.method), store=key.store_key if key else None)


def _step(payment: Payment) -> RecordedStep | None:
    status = attempt_status(payment)
    if status is not AttemptStatus.FAILED:
        return STEP_OF_STATUS.get(status)
    return RecordedStep.RELEASED if is_released(payment) else STEP_OF_REASON[failure_reason(payment)]


def _method(code: str | None) -> str:
    if code is None:
        return observed.NONE
    return code if code in KNOWN_METHODS else observed.OTHER
