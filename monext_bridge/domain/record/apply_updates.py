"""Computes what a Payment reads after updates, before commercetools has confirmed them."""

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
    SetStartNote,
    SetStatusCode,
    SetStatusText,
    SetTransactionInterfaceId,
    Update,
)


def with_updates(payment: Payment, changes: Iterable[Update]) -> Payment:
    """Returns the payment after the updates. Its version stays, because only commercetools assigns versions."""
    for update in changes:
        payment = _updated(payment, update)
    return payment


def _updated(payment: Payment, update: Update) -> Payment:
    match update:
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
        case SetStartNote(note):
            return replace(payment, start_note=note)
        case SetMethod(method):
            return replace(payment, method=method)
        case AddTransaction():
            return replace(payment, transactions=(*payment.transactions, _new_transaction(payment, update)))
        case _:
            return _with_transaction(payment, update)


def _with_transaction(
    payment: Payment,
    update: ChangeTransactionState
    | ChangeTransactionTimestamp
    | ChangeInteractionId
    | SetTransactionInterfaceId,
) -> Payment:
    changed = tuple(
        _updated_transaction(t, update) if t.id == update.transaction_id else t for t in payment.transactions
    )
    return replace(payment, transactions=changed)


def _updated_transaction(
    transaction: Transaction,
    update: ChangeTransactionState
    | ChangeTransactionTimestamp
    | ChangeInteractionId
    | SetTransactionInterfaceId,
) -> Transaction:
    match update:
        case ChangeTransactionState(_, state):
            return replace(transaction, state=state)
        case ChangeTransactionTimestamp(_, timestamp):
            return replace(transaction, timestamp=timestamp)
        case ChangeInteractionId(_, interaction_id):
            return replace(transaction, interaction_id=interaction_id)
        case SetTransactionInterfaceId(_, interface_id):
            return replace(transaction, interface_id=interface_id)


def _new_transaction(payment: Payment, update: AddTransaction) -> Transaction:
    return Transaction(
        id=RecordTransactionId(f"added-{len(payment.transactions)}"),
        type=update.type,
        state=update.state,
        amount=update.amount,
        interaction_id=update.interaction_id,
        interface_id=update.interface_id,
        timestamp=update.timestamp,
    )
