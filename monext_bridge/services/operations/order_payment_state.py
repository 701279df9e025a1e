"""Keeps the `paymentState` of an order up to date with its payments."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from monext_bridge.domain.outcome import order_payment_state
from monext_bridge.domain.record import Order, Payment
from monext_bridge.errors import RemoteError, VersionConflict
from monext_bridge.logs import event
from monext_bridge.services.remotes import CommercetoolsRecords

log = logging.getLogger(__name__)

TRIES = 8


@dataclass(slots=True)
class OrderStateUpdater:
    """The order of one payment, as this process has last read or written it.

    `latest` is the payment as it was read along with the order. An older reading must not undo what that one
    said, nor what the order's own list of payments says.
    """

    records: CommercetoolsRecords
    order: Order | None
    latest: Payment | None = None

    def follow(self, payment: Payment) -> None:
        """Write the state that all payments of the order give it, with this one as it reads.

        Nothing is written where the order already has that state. It never fails an operation: what can't be
        written now is written with the next one.
        """
        try:
            self._follow(payment)
        except RemoteError as error:
            event(
                log,
                "order_payment_state_not_written",
                level=logging.ERROR,
                payment=payment.id,
                why=str(error),
            )

    def _follow(self, payment: Payment) -> None:
        payment = self._newest(payment)
        for _ in range(TRIES):
            order = self.order
            if order is None:
                return
            others = tuple(p for p in order.payments if p.id != payment.id)
            state = order_payment_state(order.total, (payment, *others))
            if state is None or state.value == order.payment_state:
                return
            try:
                written = self.records.set_order_state(order, state)
            except VersionConflict:
                self.order = self.records.order_by_id(order.id)
                payment = self.latest = self.records.payment(payment.id)
                continue
            self.order = replace(written, payments=order.payments)
            event(log, "order_payment_state", order=order.id, state=state.value)
            return
        event(
            log,
            "order_payment_state_not_written",
            level=logging.ERROR,
            payment=payment.id,
            why="the order is contended",
        )

    def _newest(self, payment: Payment) -> Payment:
        """Return the newest reading of the payment.

        An order that is read after the payment lists it as it reads then.
        """
        listed = self.order.payments if self.order else ()
        known = (p for p in (self.latest, *listed) if p is not None and p.id == payment.id)
        return max((payment, *known), key=lambda p: p.version)
