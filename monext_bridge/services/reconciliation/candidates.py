"""Finds the payments that may need a follow-up. It reads them from commercetools, one page in memory at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monext_bridge.config import Settings
from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.reconciliation import Age, FollowUp, awaits_order, follow_ups, order_follow_ups
from monext_bridge.domain.record import AttemptKey, Order, Payment, accepted_transaction
from monext_bridge.logs import event
from monext_bridge.runtime import RecordClock
from monext_bridge.services.reconciliation.ledger_slices import LedgerSlice
from monext_bridge.services.reconciliation.report import Scope, Task
from monext_bridge.services.remotes import CommercetoolsRecords

log = logging.getLogger(__name__)

PAGE = 200
"""Payments per page; commercetools allows 500."""

ORDERS_AT_ONCE = 50

AgeOf = Callable[[Payment, timedelta], Age]
Listed = Sequence[tuple[PaymentId, Payment | Exception]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `seen` payments, of which `last` is the last one, and the tasks among them."""

    seen: int
    last: PaymentId
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    settings: Settings
    records: CommercetoolsRecords
    clock: RecordClock

    def count(self, scope: Scope) -> int:
        """Return about how many payments there are to read. Raises RemoteError."""
        return self.records.count_payments_since(self._since(scope), interfaces=self.settings.interfaces)

    def pages(self, scope: Scope, *, age_of: AgeOf) -> Iterator[Page]:
        """Yield all pages of the scope, each read when it is asked for. Raises RemoteError.

        A payment that is made meanwhile may be left out: it is too young to need anything.
        """
        for listed in self._listed(self._since(scope), after=scope.after):
            tasks = tuple(self._tasks(_readable(listed), scope, age_of=age_of))
            yield Page(len(listed), listed[-1][0], tasks)

    def ledgers(self, scope: Scope, due: LedgerSlice) -> Iterator[Page]:
        """Yield the accepted payments of the scope whose ledger is due, page by page. Raises RemoteError."""
        for after, up_to in due.ranges:
            for listed in self._listed(self._since(scope), after=after, up_to=up_to):
                yield Page(len(listed), listed[-1][0], tuple(_ledger_tasks(_readable(listed), scope)))

    def needs(self, payment: Payment, order: Order | None, *, age: Age) -> frozenset[FollowUp]:
        """Return the follow-ups of one payment and its order, None where no order names it."""
        found = follow_ups(payment, age)
        return found | self._order_follow_ups(payment, order) if awaits_order(payment, age) else found

    def _listed(
        self, since: datetime, *, after: PaymentId | None, up_to: PaymentId | None = None
    ) -> Iterator[Listed]:
        """Yield the payments between two ids, a page at a time; none is empty."""
        while True:
            listed = self.records.payments_since(
                since, interfaces=self.settings.interfaces, after=after, up_to=up_to, limit=PAGE
            )
            if listed:
                yield listed
            if len(listed) < PAGE:
                return
            after = listed[-1][0]

    def _tasks(self, payments: Iterable[Payment], scope: Scope, *, age_of: AgeOf) -> Iterator[Task]:
        keyed = [(p, key) for p in payments if (key := AttemptKey.parse(p.key))]
        chosen = [(p, key) for p, key in keyed if scope.store_key in (None, key.store_key)]
        awaiting_order = [p for p, _ in chosen if awaits_order(p, age_of(p, scope.older_than))]
        orders = self._orders(awaiting_order)
        for payment, key in chosen:
            found = follow_ups(payment, age_of(payment, scope.older_than))
            if payment.id in orders:
                found |= self._order_follow_ups(payment, orders[payment.id])
            if scope.ledger and accepted_transaction(payment):
                found |= {FollowUp.LEDGER}
            if found:
                order = orders.get(payment.id)
                number = order.number if order else None
                yield Task(payment.id, found, key.store_key, key.cart_id, number)

    def _orders(self, payments: list[Payment]) -> dict[PaymentId, Order | None]:
        """Return the order of each payment, None where no order names it. One call reads many."""
        found: dict[PaymentId, Order | None] = {}
        for start in range(0, len(payments), ORDERS_AT_ONCE):
            ids = [p.id for p in payments[start : start + ORDERS_AT_ONCE]]
            orders = _by_payment(self.records.orders_of_payments(ids))
            found |= {payment_id: orders.get(payment_id) for payment_id in ids}
        return found

    def _order_follow_ups(self, payment: Payment, order: Order | None) -> frozenset[FollowUp]:
        return order_follow_ups(
            payment,
            order,
            interfaces=frozenset(self.settings.interfaces),
            makes_orders=self.settings.order_creation,
        )

    def _since(self, scope: Scope) -> datetime:
        """Return since when payments are read.

        A process that has read nothing yet does not know the time of the records: the answer to a first, small read
        tells it. Raises RemoteError.
        """
        if not self.clock.is_known:
            self.records.payments_since(
                self.clock.stamp(), interfaces=self.settings.interfaces, after=None, limit=1
            )
        return self.clock.stamp() - scope.since


def _ledger_tasks(payments: Iterable[Payment], scope: Scope) -> Iterator[Task]:
    for payment in payments:
        key = AttemptKey.parse(payment.key)
        if key and scope.store_key in (None, key.store_key) and accepted_transaction(payment):
            yield Task(payment.id, frozenset({FollowUp.LEDGER}), key.store_key, key.cart_id)


def _by_payment(orders: Iterable[Order]) -> dict[PaymentId, Order]:
    return {payment_id: order for order in orders for payment_id in order.payment_ids}


def _readable(listed: Iterable[tuple[PaymentId, Payment | Exception]]) -> Iterator[Payment]:
    for payment_id, payment in listed:
        if isinstance(payment, Payment):
            yield payment
        else:
            then = "passed over; look at it in the Merchant Center"
            event(
                log,
                "payment_unreadable",
                level=logging.ERROR,
                payment=payment_id,
                why=str(payment),
                then=then,
            )
