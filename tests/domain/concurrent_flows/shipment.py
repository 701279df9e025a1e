"""Plays what a message about an order does: captures once it is shipped, releases once it is cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial

from monext_bridge.domain.checkout import own_attempts
from monext_bridge.domain.operations.by_key import operation_keys
from monext_bridge.domain.operations.capture_on_shipment import (
    ShipmentCapture,
    awaits_other_operations,
    due_capture,
)
from monext_bridge.domain.operations.pending import REVERSAL_PREFIX
from monext_bridge.domain.operations.rules import Cancel
from monext_bridge.domain.record.attempt_status import holds_money
from monext_bridge.domain.record.order import Order
from monext_bridge.domain.record.payment import Payment
from tests.domain.commercetools_in_memory import INTERFACES, Conflict
from tests.domain.concurrent_flows.operations import Operations, Performed
from tests.domain.concurrent_flows.process import NORMAL, Conditions, Paying, Steps

SHIPPED = "Shipped"
MOST_READINGS = 5


class Shipments(Operations):
    def follows_order(self, *, conditions: Conditions = NORMAL) -> Steps:
        """Do what the order asks for now, whatever the message said."""
        order = self.shop.order
        yield
        if order is None:
            return
        if order.is_cancelled and self.shop.releases:
            for payment in self._payments_of(order):
                yield
                key = f"cancel-{order.id}"
                yield from self.operates(payment.id, Cancel(), key, conditions=conditions)
        elif order.shipment_state == SHIPPED:
            for payment in self._payments_of(order):
                yield
                yield from self._captures(payment, order, conditions)

    def _payments_of(self, order: Order) -> Iterable[Payment]:
        own = [p for p in order.payments if p.interface in INTERFACES]
        return own if any(map(holds_money, own)) else (*own, *self._lost(order))

    def _lost(self, order: Order) -> Iterator[Payment]:
        assert order.cart_id
        of_cart = own_attempts(order.cart_id, list(self.shop.payments.values()), interfaces=INTERFACES)
        for payment in of_cart:
            if holds_money(payment) and payment.id not in self.shop.elsewhere:
                with suppress(Conflict):
                    self.shop.add_to_order(order, payment.id)
                yield payment

    def _captures(self, payment: Payment, order: Order, conditions: Conditions) -> Steps:
        for _ in range(MOST_READINGS):
            if awaits_other_operations(payment):
                payment = yield from self._resolves_all(payment)
            capture = due_capture(payment, order, now=self.now)
            if capture is None:
                return
            self.shop.orders_read.setdefault(capture.key, []).append(order)
            performed = yield from self.operates(
                payment.id,
                capture.capture,
                capture.key,
                conditions=conditions,
                still_due=partial(self._is_due, order=order, capture=capture),
            )
            payment = self.shop.payments[payment.id]
            if performed is Performed.UNKNOWN:
                return
            if performed is Performed.FORBIDDEN and self._is_due(payment, order, capture):
                return
            if performed is Performed.DONE and not capture.sent:
                return

    def _is_due(self, payment: Payment, order: Order, capture: ShipmentCapture) -> bool:
        return due_capture(payment, order, now=self.now) == capture

    def _resolves_all(self, payment: Payment) -> Paying:
        for key in [owned.key for owned in operation_keys(payment)]:
            if not key.startswith(REVERSAL_PREFIX):
                payment = yield from self.resolves_key(payment, key)
        return payment
