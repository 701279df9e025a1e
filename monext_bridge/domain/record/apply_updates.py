"""What a Payment reads after changes, before commercetools has said so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from monext_bridge.domain.ids import RecordTransactionId
from monext_bridge.domain.record.payment import Payment, Transaction
from monext_bridge.domain.record.updates import (
    AddTransaction,
    ChangeAmountPlanned,
    ChangeInteractionId,
    ChangeTransactionState,
    ChangeTransactionTimestamp,
    SetInterfaceId,
    SetKey,
    SetMethod,
    SetStatusCode,
    SetStatusText,
    SetTransactionInterfaceId,
    Update,
)


def with_updates(payment: Payment, changes: Iterable[Update]) -> Payment:
    """The payment after the changes; its version stays, for only commercetools gives versions."""
    for change in changes:
        payment = _applied(payment, change)
    return payment


def _applied(payment: Payment, change: Update) -> Payment:
    match change:
        case SetKey(key):
            return replace(payment, key=key)
        case ChangeAmountPlanned(amount):
            return replace(payment, planned=amount)
        case SetInterfaceId(token):
            return replace(payment, interface_id=token)
        case SetStatusCode(code):
            return replace(payment, status_code=code)
        case SetStatusText(text):
            return replace(payment, status_text=text)
        case SetMethod(method):
            return replace(payment, method=method)
        case AddTransaction():
            return replace(payment, transactions=(*payment.transactions, _added(payment, change)))
        case _:
            return _with_transaction(payment, change)


def _with_transaction(
    payment: Payment,
    change: ChangeTransactionState
    | ChangeTransactionTimestamp
    | ChangeInteractionId
    | SetTransactionInterfaceId,
) -> Payment:
    changed = tuple(
        _transaction(t, change) if t.id == change.transaction_id else t for t in payment.transactions
    )
    return replace(payment, transactions=changed)


def _transaction(
    transaction: Transaction,
    change: ChangeTransactionState
    | ChangeTransactionTimestamp
    | ChangeInteractionId
    | SetTransactionInterfaceId,
) -> Transaction:
    match change:
        case ChangeTransactionState(_, state):
            return replace(transaction, state=state)
        case ChangeTransactionTimestamp(_, timestamp):
            return replace(transaction, timestamp=timestamp)
        case ChangeInteractionId(_, interaction_id):
            return replace(transaction, interaction_id=interaction_id)
        case SetTransactionInterfaceId(_, interface_id):
            return replace(transaction, interface_id=interface_id)


def _added(payment: Payment, change: AddTransaction) -> Transaction:
    return Transaction(
        id=RecordTransactionId(f"added-{len(payment.transactions)}"),
        type=change.type,
        state=change.state,
        amount=change.amount,
        interaction_id=change.interaction_id,
        interface_id=change.interface_id,
        timestamp=change.timestamp,
    )
