"""Says in a finding's words which operations are open, and how those ended that were. Amounts are minor units."""

from __future__ import annotations

from monext_bridge.domain.operations import STATES_IN_PROGRESS
from monext_bridge.domain.record import AttemptStatus, Payment, Transaction, attempt_status


def ended_operations(before: Payment, after: Payment) -> str:
    """Return how the operations ended that were open before, an empty text where none did."""
    was_open = {each.id for each in before.transactions if each.state in STATES_IN_PROGRESS}
    ended = (
        each for each in after.transactions if each.id in was_open and each.state not in STATES_IN_PROGRESS
    )
    return ", ".join(_described(each) for each in ended)


def status_with_operations(payment: Payment) -> str:
    """Return the status of an attempt, and what is open beside its checkout."""
    status = attempt_status(payment)
    if status is AttemptStatus.OPEN:
        return status.value
    return ", ".join(
        [
            status.value,
            *(_described(each) for each in payment.transactions if each.state in STATES_IN_PROGRESS),
        ]
    )


def _described(transaction: Transaction) -> str:
    amount = f"{transaction.amount.cent_amount} {transaction.amount.currency} in minor units"
    return f"{transaction.type.value} of {amount} is {transaction.state.value}"
