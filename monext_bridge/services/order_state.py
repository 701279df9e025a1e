"""The order follows its payments: `paymentState` after an act."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from monext_bridge.domain.cart import Order
from monext_bridge.domain.orders import payment_state
from monext_bridge.domain.payment import Payment
from monext_bridge.errors import RemoteError, VersionConflict
from monext_bridge.logs import event
from monext_bridge.services.records import Records

log = logging.getLogger(__name__)

TRIES = 5


@dataclass(frozen=True, slots=True)
class OrderState:
    records: Records

    def follow(self, order: Order | None, payment: Payment) -> None:
        """Write the state that all payments of the order give it, with this one as it reads now.

        Never fails an act: what can't be written now is written with the next act, or by reconciliation.
        """
        try:
            self._follow(order, payment)
        except RemoteError as error:
            event(log, "order_state_left", level=logging.ERROR, payment=payment.id, why=str(error))

    def _follow(self, order: Order | None, payment: Payment) -> None:
        for _ in range(TRIES):
            if order is None:
                return
            others = (p for p in order.payments if p.id != payment.id)
            wanted = payment_state(order.total, (payment, *others))
            if wanted is None or wanted.value == order.payment_state:
                return
            try:
                self.records.set_order_state(order, wanted)
            except VersionConflict:
                order = self.records.order_of_payment(payment.id)
                continue
            event(log, "order_state", order=order.id, state=wanted.value)
            return
