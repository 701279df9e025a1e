"""Reads the state of an operation from its transaction, by the table in `tools/states/transitions.py`."""

from __future__ import annotations

from monext_bridge.domain.operations.pending import ABANDONED, operation_name
from monext_bridge.domain.record.payment import Transaction
from tools.states.transitions import READ_AS, ActState


def operation_state(transaction: Transaction | None) -> ActState:
    """Give the state of an operation; None is an operation that has no transaction.

    Raises StopIteration where no state of the table fits the transaction.
    """
    if transaction is None:
        return ActState.NONE
    name = operation_name(transaction)
    assert name is not None, "not an operation"
    mark = ABANDONED if name.digest == ABANDONED else name.mark
    return next(state for state, told in READ_AS.items() if told == (transaction.state, mark))
