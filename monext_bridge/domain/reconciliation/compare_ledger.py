"""Monext's ledger and the record, compared: what was done in Monext's back office appears in the record, once.

A row that no transaction names is posted: as the outcome of an act of ours that was given up too early or got no id,
such as the rest that a final capture released, or as a transaction of its own under `ledger-<row>~found`. A CANCEL
counts against its origin: of a capture it is a Refund, of a refund it takes that back, else it releases the
authorisation.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import Ledger, LedgerRow
from monext_bridge.domain.operations import (
    ABANDONED,
    CAPTURING_ROWS,
    OperationName,
    is_unresolved,
    is_unsent,
    open_amounts,
    open_amounts_at_monext,
    operation_name,
    unclaimed_rows,
)
from monext_bridge.domain.record import (
    AddTransaction,
    ChangeTransactionState,
    Payment,
    SetTransactionInterfaceId,
    Transaction,
    TransactionState,
    TransactionType,
    Update,
    accepted_transaction,
    own_money,
    taken_or_planned,
)

FOUND_PREFIX, FOUND = "ledger-", "found"
TYPES = {
    "CAPTURE": TransactionType.CHARGE,
    "REAUTHORIZATION_AND_CAPTURE": TransactionType.CHARGE,
    "REFUND": TransactionType.REFUND,
}


def unposted_rows(payment: Payment, ledger: Ledger) -> tuple[LedgerRow, ...]:
    """Rows that move money and that the record does not tell; what an open act may yet turn out to be is left."""
    named = {t.interface_id for t in payment.transactions if t.interface_id} | set(
        _waited_for(payment, ledger)
    )
    return tuple(
        row
        for row in ledger.rows
        if row.ok is not False and row.id not in named and _posts(row, payment=payment, ledger=ledger)
    )


def posting_updates(
    payment: Payment, row: LedgerRow, *, ledger: Ledger, key: str | None, now: datetime
) -> tuple[Update, ...]:
    """What puts an unposted row into the record; `key` is what Monext echoes of the act that made it, if it does."""
    taken_back = _refund_taken_back(payment, row)
    if taken_back is not None:
        return (ChangeTransactionState(taken_back.id, TransactionState.FAILURE),)
    kind, state = _type(row, ledger), _state(row)
    own = _own(payment, row, kind=kind, key=key)
    if own is None:
        name = str(OperationName(f"{FOUND_PREFIX}{row.id}", FOUND))
        amount = taken_or_planned(payment).with_amount(row.amount)
        return (AddTransaction(kind, state, amount, name, row.date or now, row.id),)
    moved = (ChangeTransactionState(own.id, state),) if own.state is not state else ()
    return (*moved, SetTransactionInterfaceId(own.id, row.id))


def disagreement(payment: Payment, ledger: Ledger) -> str | None:
    """How the two differ in what may still be done, in minor units; None where they don't.

    While an act is open nothing can be said.
    """
    if any(
        t.state in (TransactionState.INITIAL, TransactionState.PENDING) and not is_unsent(t)
        for t in _operations(payment)
    ):
        return None
    ours, theirs = open_amounts(payment), open_amounts_at_monext(ledger)
    if (ours.capturable, ours.refundable) == (theirs.capturable, theirs.refundable):
        return None
    return (
        f"the record leaves {ours.capturable} to capture and {ours.refundable} to refund, "
        f"Monext's ledger {theirs.capturable} and {theirs.refundable}"
    )


def _operations(payment: Payment) -> Iterator[Transaction]:
    return (t for t in payment.transactions if operation_name(t))


def _waited_for(payment: Payment, ledger: Ledger) -> Iterator[MonextTransactionId]:
    """Rows that by their looks may be an act of ours whose outcome is open."""
    for operation in _operations(payment):
        if is_unresolved(operation):
            yield from (row.id for row in unclaimed_rows(operation, payment=payment, ledger=ledger))


def _posts(row: LedgerRow, *, payment: Payment, ledger: Ledger) -> bool:
    taken = accepted_transaction(payment)
    if taken is None or row.id == taken.interface_id:
        return False
    if row.type != "CANCEL":
        return row.type in TYPES
    refunds = {r.id for r in ledger.rows if r.type == "REFUND"}
    return row.origin_id not in refunds or _refund_taken_back(payment, row) is not None


def _refund_taken_back(payment: Payment, row: LedgerRow) -> Transaction | None:
    """The Refund that a finished CANCEL of all of it undid, unless that is written already."""
    undone = (t for t in payment.transactions if t.interface_id and t.interface_id == row.origin_id)
    refund = next((t for t in undone if t.type is TransactionType.REFUND), None)
    if refund is None or row.type != "CANCEL" or not row.ok:
        return None
    whole = refund.amount.cent_amount == row.amount
    return refund if whole and refund.state is TransactionState.SUCCESS else None


def _type(row: LedgerRow, ledger: Ledger) -> TransactionType:
    if row.type in TYPES:
        return TYPES[row.type]
    captures = {r.id for r in ledger.rows if r.type in CAPTURING_ROWS}
    refunded = row.origin_id in captures
    return TransactionType.REFUND if refunded else TransactionType.CANCEL_AUTHORIZATION


def _own(payment: Payment, row: LedgerRow, *, kind: TransactionType, key: str | None) -> Transaction | None:
    """An act of ours that is not linked to a row: one that the row echoes, else one that went through without an id.

    So did what a final capture releases. What was voided never reached Monext.
    """
    alike = [
        (name, t)
        for t in own_money(payment).transactions
        if (name := operation_name(t))
        and name.digest != ABANDONED
        and t.type is kind
        and t.amount.cent_amount == row.amount
        and t.interface_id is None
    ]
    echoed = next((t for name, t in alike if key is not None and name.key == key), None)
    went = (TransactionState.SUCCESS, TransactionState.PENDING)
    without_id = next((t for _, t in alike if t.state in went), None)
    return echoed or (without_id if key is None else None)


def _state(row: LedgerRow) -> TransactionState:
    return TransactionState.SUCCESS if row.ok else TransactionState.PENDING
