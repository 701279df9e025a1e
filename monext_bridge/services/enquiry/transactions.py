"""Yields all transactions of a period, one page of payments in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from monext_bridge.domain.record import AttemptKey, Order, Payment, Transaction
from monext_bridge.services.enquiry.terms import iso
from monext_bridge.services.remotes import PaymentQueries, Predicate, UnreadablePayment


@dataclass(frozen=True, slots=True)
class RecordedTransaction:
    """A transaction, the payment that it is of, and the order that names it. Its stamp lies in the period."""

    transaction: Transaction
    stamp: datetime
    payment: Payment
    key: AttemptKey
    order: Order | None


@dataclass(frozen=True, slots=True)
class TransactionExport:
    queries: PaymentQueries

    def within(
        self, begin: datetime, end: datetime, *, store_key: str | None
    ) -> Iterator[RecordedTransaction | UnreadablePayment]:
        """Yield the transactions whose stamp lies from `begin` to before `end`, whenever their payment was begun.

        They come by the time their payment was begun, then by its id, then as the record has them: the same period
        gives the same order again. Raises RemoteError.
        """
        wanted = Predicate(
            "transactions(timestamp >= :begin and timestamp < :end)", {"begin": iso(begin), "end": iso(end)}
        )
        for page in self.queries.pages(wanted, newest_first=False):
            yield from (p for p in page.payments if isinstance(p, UnreadablePayment))
            keyed = [(p, key) for p in page.payments if isinstance(p, Payment) if (key := _key(p))]
            chosen = [(p, key) for p, key in keyed if store_key in (None, key.store_key)]
            orders = self.queries.orders([payment for payment, _ in chosen])
            for payment, key in chosen:
                for t in payment.transactions:
                    if t.timestamp is not None and begin <= t.timestamp < end:
                        yield RecordedTransaction(t, t.timestamp, payment, key, orders.get(payment.id))


def _key(payment: Payment) -> AttemptKey | None:
    return AttemptKey.parse(payment.key)
