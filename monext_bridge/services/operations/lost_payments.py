"""Finds the payments of an order that names none of ours with money: one may leave its cart while it is paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from monext_bridge.config import Settings
from monext_bridge.domain.checkout import is_own, own_attempts
from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.record import Order, Payment, holds_money
from monext_bridge.services.remotes import CommercetoolsRecords, named_by_order

BEGUN_BEFORE = timedelta(days=2)
"""How long before its order a payment is looked for. A session lives for 90 minutes at most, a transfer longer."""

PAGE, MOST_PAGES = 500, 20


@dataclass(frozen=True, slots=True)
class LostPayments:
    settings: Settings
    records: CommercetoolsRecords

    def of_order(self, order: Order) -> tuple[Payment, ...]:
        """Return our payments of an order; where none of them holds money, also those of its cart that do.

        Those that another order names are left out. What was lost is put on the order again. Raises RemoteError.
        """
        own = tuple(p for p in order.payments if is_own(p, interfaces=self.settings.interfaces))
        if any(map(holds_money, own)) or order.cart_id is None or order.created_at is None:
            return own
        around = self._payments_around(order.created_at)
        of_cart = own_attempts(order.cart_id, around, interfaces=frozenset(self.settings.interfaces))
        lost = (p for p in of_cart if holds_money(p) and named_by_order(self.records, order, p))
        return (*own, *lost)

    def _payments_around(self, ordered_at: datetime) -> Iterator[Payment]:
        after: PaymentId | None = None
        for _ in range(MOST_PAGES):
            page = self.records.payments_since(
                ordered_at - BEGUN_BEFORE, interfaces=self.settings.interfaces, after=after, limit=PAGE
            )
            yield from (payment for _, payment in page if isinstance(payment, Payment))
            if len(page) < PAGE:
                return
            after = page[-1][0]
