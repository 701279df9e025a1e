"""Brings Monext's ledger of one payment into its record: what the merchant's staff did in Monext's back office."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from monext_bridge.domain.monext import Ledger, LedgerRow
from monext_bridge.domain.reconciliation import disagreement, posting_updates, unposted_rows
from monext_bridge.domain.record import Payment, Update, with_updates
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.logs import event
from monext_bridge.services.operations import OperationTarget, OrderStateUpdater, UnknownOutcomeResolver
from monext_bridge.services.remotes import CommercetoolsRecords, MonextPayments, decide_and_write

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LedgerComparison:
    """The payment as it reads now, the rows that were posted (or would be), and what still differs."""

    payment: Payment
    posted: tuple[LedgerRow, ...]
    differs: str | None


@dataclass(frozen=True, slots=True)
class LedgerImporter:
    records: CommercetoolsRecords
    monext_payments: MonextPayments
    resolver: UnknownOutcomeResolver
    clock: Callable[[], datetime]

    def compare(self, payment: Payment, *, post: bool) -> LedgerComparison:
        """Read the ledger and post what the record lacks; without `post`, only report it.

        The record was read before the ledger and is written under its version. So an operation that is under
        way meanwhile is never posted beside its own transaction. Raises Conflict for a payment that was not
        accepted, StoreNotConfigured, RemoteError; RemoteUnavailable where the ledger can't be read.
        """
        return decide_and_write(
            payment,
            partial(self._compare, post=post),
            again=lambda _: self.records.payment(payment.id),
            what=f"payment {payment.id}",
        )

    def missing_in_ledger(self, payment: Payment) -> str | None:
        """Say what is missing in Monext's ledger of a payment, None where it can be read.

        Raises Conflict for a payment that was not accepted, StoreNotConfigured.
        """
        target = self.resolver.target(payment)
        ledger = self.monext_payments.ledger(target.store, target.origin)
        return None if ledger.readable else ledger.why_unreadable

    def _compare(self, payment: Payment, *, post: bool) -> LedgerComparison:
        target = self.resolver.target(payment)
        ledger = self.monext_payments.ledger(target.store, target.origin)
        if not ledger.readable:
            raise RemoteUnavailable(ledger.why_unreadable, remote="monext")
        rows, after, updates = self._unposted(payment, ledger, target=target)
        if not rows or not post:
            return LedgerComparison(payment, rows, disagreement(after, ledger))
        written = self.records.write(payment, updates)
        event(log, "ledger_imported", level=logging.WARNING, payment=payment.id, rows=len(rows))
        OrderStateUpdater(self.records, self.records.order_of_payment(payment.id)).follow(written)
        return LedgerComparison(written, rows, disagreement(written, ledger))

    def _unposted(
        self, payment: Payment, ledger: Ledger, *, target: OperationTarget
    ) -> tuple[tuple[LedgerRow, ...], Payment, tuple[Update, ...]]:
        """Return the rows to post, the payment as it will read, and the updates.

        Each row is judged by what the rows before it have changed.
        """
        rows, after = unposted_rows(payment, ledger), payment
        updates: list[Update] = []
        for row in rows:
            key = self.monext_payments.echoed_key(target.store, row.id)
            row_updates = posting_updates(after, row, ledger=ledger, key=key, now=self.clock())
            after = with_updates(after, row_updates)
            updates.extend(row_updates)
        return rows, after, tuple(updates)
