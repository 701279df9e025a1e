"""Brings Monext's ledger of one payment into its record: what the merchant's staff did in Monext's back office."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from monext_bridge.domain.monext import Ledger, LedgerRow
from monext_bridge.domain.reconciliation import disagreement, posting_updates, unposted_rows
from monext_bridge.domain.record import Payment, Update, parts, with_updates
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.logs import event
from monext_bridge.runtime import RecordClock, together
from monext_bridge.services.operations import OrderStateUpdater, UnknownOutcomeResolver
from monext_bridge.services.remotes import CommercetoolsRecords, MonextPayments, decide_and_write

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LedgerComparison:
    """The payment as it reads now, the rows that were posted (or would be), and what still differs."""

    payment: Payment
    posted: tuple[LedgerRow, ...]
    differs: str | None


@dataclass(frozen=True, slots=True)
class UnpostedRows:
    """The rows of a part's ledger that are to be posted, the part as it will read, and the updates that do it."""

    rows: tuple[LedgerRow, ...]
    after: Payment
    updates: tuple[Update, ...]


@dataclass(frozen=True, slots=True)
class LedgerImporter:
    records: CommercetoolsRecords
    monext_payments: MonextPayments
    resolver: UnknownOutcomeResolver
    clock: RecordClock

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
        """Say what is missing in Monext's ledgers of a payment, None where all can be read.

        Raises Conflict for a payment that was not accepted, StoreNotConfigured.
        """
        return next((each.why_unreadable for each in self._read(payment) if not each.readable), None)

    def _compare(self, payment: Payment, *, post: bool) -> LedgerComparison:
        ledgers = self._ledgers(payment)
        each = [self._unposted(part, ledger) for part, ledger in zip(parts(payment), ledgers, strict=True)]
        rows = tuple(row for found in each for row in found.rows)
        if not rows or not post:
            return LedgerComparison(payment, rows, _disagreement((found.after for found in each), ledgers))
        written = self.records.write(payment, tuple(update for found in each for update in found.updates))
        event(log, "ledger_imported", level=logging.WARNING, payment=payment.id, rows=len(rows))
        OrderStateUpdater(self.records, self.records.order_of_payment(payment.id)).follow(written)
        return LedgerComparison(written, rows, _disagreement(parts(written), ledgers))

    def _ledgers(self, payment: Payment) -> tuple[Ledger, ...]:
        """Read the ledger of each part. Raises RemoteUnavailable where one can't be read."""
        ledgers = self._read(payment)
        unreadable = next((ledger for ledger in ledgers if not ledger.readable), None)
        if unreadable:
            raise RemoteUnavailable(unreadable.why_unreadable, remote="monext")
        return ledgers

    def _read(self, payment: Payment) -> tuple[Ledger, ...]:
        targets = [self.resolver.target(part) for part in parts(payment)]
        return together(*(partial(self.monext_payments.ledger, t.store, t.origin) for t in targets))

    def _unposted(self, part: Payment, ledger: Ledger) -> UnpostedRows:
        """Find the rows to post. Each row is judged by what the rows before it have changed."""
        rows, after, store = unposted_rows(part, ledger), part, self.resolver.target(part).store
        updates: list[Update] = []
        for row in rows:
            key = self.monext_payments.echoed_key(store, row.id)
            row_updates = posting_updates(after, row, ledger=ledger, key=key, now=self.clock.stamp())
            after = with_updates(after, row_updates)
            updates.extend(row_updates)
        return UnpostedRows(rows, after, tuple(updates))


def _disagreement(of_parts: Iterable[Payment], ledgers: Sequence[Ledger]) -> str | None:
    """Return how record and ledger differ, for the parts that they differ on."""
    found = (disagreement(part, ledger) for part, ledger in zip(of_parts, ledgers, strict=True))
    return "; ".join(text for text in found if text) or None
