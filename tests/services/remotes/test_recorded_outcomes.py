"""What a write says first of an attempt: each step counts once, in closed words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monext_bridge.domain.monext import FailureReason
from monext_bridge.domain.record import (
    AttemptStatus,
    Payment,
    ReversalReason,
    TransactionState,
    TransactionType,
)
from monext_bridge.services.remotes import RecordedStep
from monext_bridge.services.remotes.recorded_outcomes import (
    STEP_OF_REASON,
    STEP_OF_STATUS,
    count_step,
    recorded_step,
)
from tests.builders import a_payment, a_transaction, eur
from tests.scrapes import scraped, total

EMPTY, OPEN = a_payment(interface_id=None, transactions=()), a_payment()
PENDING = a_payment(transactions=(a_transaction(state=TransactionState.PENDING),))
AUTHORIZED_BY = a_transaction(type=TransactionType.AUTHORIZATION, state=TransactionState.SUCCESS)
AUTHORIZED = a_payment(transactions=(AUTHORIZED_BY,))
PAID = a_payment(transactions=(a_transaction(state=TransactionState.SUCCESS),))
RETURNED = replace(PAID, status_code=ReversalReason.SECOND_PAYMENT.value)
CANCELLED_BY = a_transaction(
    type=TransactionType.CANCEL_AUTHORIZATION,
    state=TransactionState.SUCCESS,
    amount=eur(11100),
    interaction_id="ship-1~12345678",
)
RELEASED = a_payment(transactions=(AUTHORIZED_BY, CANCELLED_BY))


def failed(title: str) -> Payment:
    return a_payment(
        status_text=f"{title}: no", transactions=(a_transaction(state=TransactionState.FAILURE),)
    )


STEPS = [
    (EMPTY, OPEN, RecordedStep.BEGUN),
    (OPEN, PENDING, RecordedStep.PENDING),
    (OPEN, PAID, RecordedStep.ACCEPTED),
    (PENDING, AUTHORIZED, RecordedStep.ACCEPTED),
    (OPEN, failed("REFUSED"), RecordedStep.REFUSED),
    (OPEN, failed("CANCELLED"), RecordedStep.CANCELLED),
    (OPEN, replace(failed("ERROR"), status_code="02324"), RecordedStep.EXPIRED),
    (OPEN, RETURNED, RecordedStep.RETURNED),
    (PAID, RETURNED, RecordedStep.RETURNED),
    (AUTHORIZED, RELEASED, RecordedStep.RELEASED),
    (failed("REFUSED"), PAID, RecordedStep.ACCEPTED),
    (EMPTY, EMPTY, None),
    (OPEN, OPEN, None),
    (AUTHORIZED, PAID, None),
    (failed("REFUSED"), failed("REFUSED"), None),
    (OPEN, EMPTY, None),
]


@pytest.mark.parametrize(("before", "after", "step"), STEPS)
def test_a_write_is_counted_by_what_it_says_first(
    before: Payment, after: Payment, step: RecordedStep | None
) -> None:
    assert recorded_step(before, after) is step


def test_every_step_is_in_the_table() -> None:
    assert {step for _, _, step in STEPS} == {*RecordedStep, None}


def test_every_status_and_reason_has_its_step() -> None:
    assert set(STEP_OF_STATUS) == set(AttemptStatus) - {AttemptStatus.EMPTY, AttemptStatus.FAILED}
    assert set(STEP_OF_REASON) == set(FailureReason)


@pytest.mark.parametrize(
    ("code", "label"), [("CB", "CB"), (None, "none"), ("jane.doe@example.com", "other"), ("KLARNA", "other")]
)
def test_a_method_that_the_bridge_does_not_know_is_other(code: str | None, label: str) -> None:
    before = total("bridge_payments_total", outcome="accepted", method=label)
    count_step(replace(OPEN, method=code), replace(PAID, method=code))
    assert total("bridge_payments_total", outcome="accepted", method=label) == before + 1


def test_what_says_nothing_first_counts_nothing() -> None:
    before = scraped("bridge_payments_total")
    count_step(AUTHORIZED, PAID)
    assert scraped("bridge_payments_total") == before
