"""The updates that write what became of an operation, from Monext's answer or from its row in the ledger."""

from __future__ import annotations

from monext_bridge.domain.monext import LedgerRow, OperationAnswer, OperationAnswerKind
from monext_bridge.domain.operations.pending import TOO_LATE, operation_name
from monext_bridge.domain.record.payment import Transaction, TransactionState
from monext_bridge.domain.record.updates import (
    ChangeInteractionId,
    ChangeTransactionState,
    SetTransactionInterfaceId,
    Update,
)
from monext_bridge.services.operations.execute import RESULT_OF, STATE_OF_ROW


def result_of_answer(
    operation: Transaction, answer: OperationAnswer, rest: Transaction | None
) -> tuple[Update, ...]:
    if answer.kind is OperationAnswerKind.UNKNOWN:
        return ()
    state = RESULT_OF[answer.kind]
    changes: list[Update] = [ChangeTransactionState(operation.id, state)]
    if answer.transaction_id:
        changes.append(SetTransactionInterfaceId(operation.id, answer.transaction_id))
    name = operation_name(operation)
    if answer.code == "02105" and name:
        changes.append(ChangeInteractionId(operation.id, str(name.marked(TOO_LATE))))
    if rest:
        changes.append(ChangeTransactionState(rest.id, state))
    return tuple(changes)


def result_of_row(
    operation: Transaction, row: LedgerRow, rest: Transaction | None, *, released: bool
) -> tuple[Update, ...]:
    state = STATE_OF_ROW[row.ok]
    changes: list[Update] = [ChangeTransactionState(operation.id, state)]
    if not operation.interface_id:
        changes.append(SetTransactionInterfaceId(operation.id, row.id))
    if rest:
        changes.append(ChangeTransactionState(rest.id, state if released else TransactionState.FAILURE))
    return tuple(changes)
