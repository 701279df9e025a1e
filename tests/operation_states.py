"""Where an act stands, read from its transaction by the table of how each state reads."""

from __future__ import annotations

from monext_bridge.domain.operations.pending import ABANDONED, operation_name
from monext_bridge.domain.record.payment import Transaction
from tools.states.transitions import READ_AS, ActState


def act_state(transaction: Transaction | None) -> ActState:
    """Raises StopIteration for a transaction that no state of the table reads as."""
    if transaction is None:
        return ActState.NONE
    name = operation_name(transaction)
    assert name is not None, "not an act"
    mark = ABANDONED if name.digest == ABANDONED else name.mark
    return next(state for state, told in READ_AS.items() if told == (transaction.state, mark))
