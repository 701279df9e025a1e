"""Compares Monext's ledger with the record, so that what Monext's back office did appears in the record, once.

A row that no transaction names is posted. It may be the outcome of an operation of ours that was given up too
early or got no id, such as the remainder that a final capture released. Any other row becomes a transaction
of its own under `ledger-<row>~found`.

A CANCEL counts against its origin. The cancel of a capture is a Refund. The cancel of a refund takes the
refund back. Any other cancel releases the authorisation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import Ledger, LedgerRow
from monext_bridge.domain.operations import (
    ABANDONED,
    CAPTURING_ROWS,
    STATES_IN_PROGRESS,
    OperationName,
    OwnedKey,
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
    accepted_or_planned_amount,
    accepted_transaction,
    further_part,
)

FOUND_PREFIX, FOUND = "ledger-", "found"
TYPES = {
    "CAPTURE": TransactionType.CHARGE,
    "REAUTHORIZATION_AND_CAPTURE": TransactionType.CHARGE,
    "REFUND": TransactionType.REFUND,
}


def unposted_rows(payment: Payment, ledger: Ledger) -> tuple[LedgerRow, ...]:
    """Returns the rows that move money and that the record does not tell.

    A row that an unresolved operation may yet turn out to be is left out.
    """
    named = {t.interface_id for t in payment.transactions if t.interface_id} | set(
        _rows_of_unresolved(payment, ledger)
    )
    return tuple(
        row
        for row in ledger.rows
        if row.ok is not False and row.id not in named and _is_postable(row, payment=payment, ledger=ledger)
    )


def posting_updates(
    payment: Payment, row: LedgerRow, *, ledger: Ledger, key: OwnedKey | None, now: datetime
) -> tuple[Update, ...]:
    """Returns the updates that put an unposted row into the record.

    `key` is the operation key that Monext echoes for the row, if it does, with its principal.
    """
    taken_back = _refund_taken_back(payment, row)
    if taken_back is not None:
        return (ChangeTransactionState(taken_back.id, TransactionState.FAILURE),)
    kind, state = _type(row, ledger), _state(row)
    operation = _unlinked_operation(payment, row, kind=kind, key=key)
    if operation is None:
        name = str(OperationName(f"{FOUND_PREFIX}{row.id}", FOUND, part=further_part(payment)))
        amount = accepted_or_planned_amount(payment).with_amount(row.amount)
        return (AddTransaction(kind, state, amount, name, row.date or now, row.id),)
    moved = (ChangeTransactionState(operation.id, state),) if operation.state is not state else ()
    return (*moved, SetTransactionInterfaceId(operation.id, row.id))


def disagreement(payment: Payment, ledger: Ledger) -> str | None:
    """Returns how record and ledger differ in what may still be done, in minor units, None where they don't.

    While an operation is open nothing can be said. Chargebacks are left out: no ledger lists what banks take.
    """
    if any(t.state in STATES_IN_PROGRESS and not is_unsent(t) for t in _operations(payment)):
        return None
    ours = open_amounts(_without_chargebacks(payment))
    theirs = open_amounts_at_monext(ledger, like=ours.capturable)
    if (ours.capturable, ours.refundable) == (theirs.capturable, theirs.refundable):
        return None
    return (
        f"the record leaves {ours.capturable.cent_amount} to capture and {ours.refundable.cent_amount} to refund, "
        f"Monext's ledger {theirs.capturable.cent_amount} and {theirs.refundable.cent_amount}"
    )


def _without_chargebacks(payment: Payment) -> Payment:
    kept = (t for t in payment.transactions if t.type is not TransactionType.CHARGEBACK)
    return replace(payment, transactions=tuple(kept))


def _operations(payment: Payment) -> Iterator[Transaction]:
    return (t for t in payment.transactions if operation_name(t))


def _rows_of_unresolved(payment: Payment, ledger: Ledger) -> Iterator[MonextTransactionId]:
    """Yields the rows that by type, amount and time may be an unresolved operation of ours."""
    for operation in _operations(payment):
        if is_unresolved(operation):
            yield from (row.id for row in unclaimed_rows(operation, payment=payment, ledger=ledger))


def _is_postable(row: LedgerRow, *, payment: Payment, ledger: Ledger) -> bool:
    accepted = accepted_transaction(payment)
    if accepted is None or row.id == accepted.interface_id:
        return False
    if row.type != "CANCEL":
        return row.type in TYPES
    refunds = {r.id for r in ledger.rows if r.type == "REFUND"}
    return row.origin_id not in refunds or _refund_taken_back(payment, row) is not None


def _refund_taken_back(payment: Payment, row: LedgerRow) -> Transaction | None:
    """Returns the Refund that a finished CANCEL of all of it undid, None where that is written already."""
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


def _unlinked_operation(
    payment: Payment, row: LedgerRow, *, kind: TransactionType, key: OwnedKey | None
) -> Transaction | None:
    """Returns an operation of ours that is not linked to a row.

    It is the one whose key the row echoes, else one that went through without an id. The remainder of a final
    capture goes through without an id too. An abandoned operation is left out: it never reached Monext.
    """
    alike = [
        (name, t)
        for t in payment.transactions
        if (name := operation_name(t))
        and name.digest != ABANDONED
        and t.type is kind
        and t.amount == accepted_or_planned_amount(payment).with_amount(row.amount)
        and t.interface_id is None
    ]
    echoed = next((t for name, t in alike if key is not None and name.owned_key.may_be(key)), None)
    went_through = (TransactionState.SUCCESS, TransactionState.PENDING)
    without_id = next((t for _, t in alike if t.state in went_through), None)
    return echoed or (without_id if key is None else None)


def _state(row: LedgerRow) -> TransactionState:
    return TransactionState.SUCCESS if row.ok else TransactionState.PENDING
