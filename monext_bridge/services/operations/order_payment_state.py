"""Keeps the `paymentState` of an order up to date with its payments."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import partial

from monext_bridge.domain.ids import OrderId, PaymentId
from monext_bridge.domain.outcome import order_payment_state
from monext_bridge.domain.record import Order, Payment
from monext_bridge.errors import RemoteError, VersionConflict
from monext_bridge.logs import event
from monext_bridge.services.remotes import CommercetoolsRecords, decide_and_write

log = logging.getLogger(__name__)


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
        if self.order is not None:
            decide_and_write(
                (self.order, self._newest(payment)),
                self._write_state,
                again=partial(self._read_again, self.order.id, payment.id),
                what=f"order {self.order.id}",
            )

    def _write_state(self, read: tuple[Order, Payment]) -> None:
        order, payment = read
        others = tuple(p for p in order.payments if p.id != payment.id)
        state = order_payment_state(order.total, (payment, *others))
        if state is None or state.value == order.payment_state:
            return
        written = self.records.set_order_state(order, state)
        self.order = replace(written, payments=order.payments)
        event(log, "order_payment_state", order=order.id, state=state.value)

    def _read_again(
        self, order_id: OrderId, payment_id: PaymentId, _: VersionConflict
    ) -> tuple[Order, Payment]:
        self.order, self.latest = self.records.order_by_id(order_id), self.records.payment(payment_id)
        return self.order, self.latest

    def _newest(self, payment: Payment) -> Payment:
        """Return the newest reading of the payment.

        An order that is read after the payment lists it as it reads then.
        """
        listed = self.order.payments if self.order else ()
        known = (p for p in (self.latest, *listed) if p is not None and p.id == payment.id)
        return max((payment, *known), key=lambda p: p.version)
