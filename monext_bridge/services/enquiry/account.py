"""Puts together what is known of one payment: its record, its order, Monext's ledger, and what it still needs.

What can't be read is named, and the rest is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from monext_bridge.domain.ids import MonextTransactionId, RecordTransactionId
from monext_bridge.domain.monext import Ledger, LedgerRow
from monext_bridge.domain.operations import OpenAmounts, open_amounts
from monext_bridge.domain.reconciliation import (
    FollowUp,
    disagreement,
    follow_ups,
    posting_updates,
    unposted_rows,
)
from monext_bridge.domain.record import (
    AttemptKey,
    Order,
    Payment,
    SetTransactionInterfaceId,
    Transaction,
    TransactionState,
    TransactionType,
    accepted_transaction,
    parts,
)
from monext_bridge.errors import BridgeError, RemoteError
from monext_bridge.services.operations import PaymentOperations, UnknownOutcomeResolver
from monext_bridge.services.reconciliation import Candidates, PaymentReconciler, Scope
from monext_bridge.services.remotes import MonextPayments

NEVER = datetime.max.replace(tzinfo=UTC)
"""Stands for the time of a row without a date: nothing is written with it."""


@dataclass(frozen=True, slots=True)
class MatchedRow:
    """A row of Monext's ledger, and the transaction of the record that names it, if one does."""

    row: LedgerRow
    transaction: Transaction | None


@dataclass(frozen=True, slots=True)
class PartAccount:
    """One part of a payment, named by Monext's id of it, with what may still be done to it.

    `rows` is None where Monext's ledger could not be read. `missing` are transactions that succeeded and that the
    ledger does not list. `differs` says how the two disagree about what may still be done, in minor units.
    """

    id: MonextTransactionId | None
    left: OpenAmounts
    rows: tuple[MatchedRow, ...] | None = None
    missing: tuple[Transaction, ...] = ()
    differs: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentAccount:
    """All of it. `needs` are the follow-ups that a pass of reconciliation would see now.

    `order` is None where no order names the payment, and where it could not be read: then `order_known` is False.
    `unread` says what could not be read, and why.
    """

    payment: Payment
    key: AttemptKey | None
    order: Order | None
    order_known: bool
    parts: tuple[PartAccount, ...]
    needs: tuple[FollowUp, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaymentAccounts:
    operations: PaymentOperations
    monext_payments: MonextPayments
    resolver: UnknownOutcomeResolver
    candidates: Candidates
    reconciler: PaymentReconciler

    def of(self, payment: Payment) -> PaymentAccount:
        """Return the account of a payment that was just read. Raises nothing that a remote causes."""
        unread: list[str] = []
        order, is_known = self._order(payment, unread)
        return PaymentAccount(
            payment=payment,
            key=AttemptKey.parse(payment.key),
            order=order,
            order_known=is_known,
            parts=tuple(self._part(part, unread) for part in parts(payment)),
            needs=self._needs(payment, order, with_order=is_known),
            unread=tuple(unread),
        )

    def _order(self, payment: Payment, unread: list[str]) -> tuple[Order | None, bool]:
        try:
            return self.operations.order_of(payment.id), True
        except RemoteError as error:
            unread.append(f"the order can't be read: {error}")
            return None, False

    def _needs(self, payment: Payment, order: Order | None, *, with_order: bool) -> tuple[FollowUp, ...]:
        age = self.reconciler.age(payment, older_than=Scope().older_than)
        found = self.candidates.needs(payment, order, age=age) if with_order else follow_ups(payment, age)
        return tuple(need for need in FollowUp if need in found)

    def _part(self, part: Payment, unread: list[str]) -> PartAccount:
        accepted, left = accepted_transaction(part), open_amounts(part)
        if accepted is None or accepted.interface_id is None:
            return PartAccount(None, left)
        try:
            target = self.resolver.target(part)
            ledger = self.monext_payments.ledger(target.store, target.origin)
        except BridgeError as error:
            ledger = Ledger(readable=False, why_unreadable=f"Monext's ledger can't be read: {error}")
        if not ledger.readable:
            unread.append(ledger.why_unreadable)
            return PartAccount(accepted.interface_id, left)
        return _compared(part, left, ledger, id_=accepted.interface_id)


def _names(part: Payment, row: LedgerRow, *, ledger: Ledger) -> RecordTransactionId | None:
    """Return the transaction that a row is: the one with its id, else the one that the row would give its id to."""
    named = next((t.id for t in part.transactions if t.interface_id == row.id), None)
    if named or row not in unposted_rows(part, ledger):
        return named
    updates = posting_updates(part, row, ledger=ledger, key=None, now=row.date or NEVER)
    linked = (u.transaction_id for u in updates if isinstance(u, SetTransactionInterfaceId))
    return next(linked, None)


def _compared(part: Payment, left: OpenAmounts, ledger: Ledger, *, id_: MonextTransactionId) -> PartAccount:
    by_id = {t.id: t for t in part.transactions}
    names = {row.id: _names(part, row, ledger=ledger) for row in ledger.rows}
    found = {row.id: by_id[name] for row in ledger.rows if (name := names[row.id])}
    matched = {t.id for t in found.values()}
    return PartAccount(
        id=id_,
        left=left,
        rows=tuple(MatchedRow(row, found.get(row.id)) for row in ledger.rows),
        missing=tuple(t for t in part.transactions if _succeeded(t) and t.id not in matched),
        differs=disagreement(part, ledger),
    )


def _succeeded(transaction: Transaction) -> bool:
    """Whether Monext should list it. No ledger lists what banks take."""
    is_chargeback = transaction.type is TransactionType.CHARGEBACK
    return transaction.state is TransactionState.SUCCESS and not is_chargeback
