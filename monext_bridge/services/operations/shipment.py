"""Follows orders: captures what was authorised once an order is shipped, releases it once one is cancelled.

A message says that something happened; the order says what. Messages come at least once, late and in any order.
So each of them does the same: it reads the order and does what that still asks for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial

from monext_bridge.concerns import concerning
from monext_bridge.config import Settings
from monext_bridge.domain.ids import OrderId
from monext_bridge.domain.operations import (
    SHIPMENT,
    Cancel,
    ShipmentCapture,
    awaits_other_operations,
    due_capture,
)
from monext_bridge.domain.record import Order, Payment
from monext_bridge.errors import (
    Conflict,
    KeyReused,
    NotFound,
    RemoteError,
    RemoteNotFound,
    StoreNotConfigured,
)
from monext_bridge.gateways.commercetools import CommercetoolsGateway, acting_as
from monext_bridge.logs import event
from monext_bridge.mapping.commercetools import read_order
from monext_bridge.runtime import RecordClock
from monext_bridge.services.operations.actor import Actor
from monext_bridge.services.operations.lost_payments import LostPayments
from monext_bridge.services.operations.modify_payment import PaymentOperations
from monext_bridge.services.operations.request import OperationOutcome, OperationResult
from monext_bridge.services.remotes import now_about_order, now_about_payment

log = logging.getLogger(__name__)

MOST_READINGS = 5
"""How often a payment is read again because somebody else has captured or cancelled meanwhile."""

RELEASE_KEY_PREFIX = "cancel-"
"""Stands before the order's id in the operation key of the release, so that each order has only one."""

BY_SHIPMENT = Actor(SHIPMENT)

REFUSED_THEN = "not collected; the next shipment message tries once more: capture by hand, or ask the buyer"
FORBIDDEN_THEN = "not collected, and asking again does not help: see `flask payment show` for what is left"


class MessageHandled(Enum):
    """What became of a message. AGAIN: something failed or is not known yet, so it is to be sent again."""

    DONE = "done"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class ShipmentCapturer:
    settings: Settings
    gateway: CommercetoolsGateway
    operations: PaymentOperations
    lost_payments: LostPayments
    clock: RecordClock

    def follow(self, order_id: OrderId) -> MessageHandled:
        """Capture what is open and still owed where the order is in a state of `CAPTURE_ON_SHIPMENT`.

        Where it was cancelled and `RELEASE_ON_CANCELLATION` is on, release what is open. May be repeated.

        A rejection by Monext is an end too: it is logged, and only another message tries again, once. Raises
        nothing that commercetools or Monext cause.
        """
        if not self.settings.capture_on_shipment and not self.settings.release_on_cancellation:
            return MessageHandled.DONE
        with acting_as(BY_SHIPMENT.principal), concerning(order=order_id):
            return self._follow(order_id)

    def _follow(self, order_id: OrderId) -> MessageHandled:
        try:
            order = self._order(order_id)
        except RemoteError as error:
            return _again("order_unread", error, order=order_id)
        if order is None:
            return MessageHandled.DONE
        now_about_order(order)
        if order.is_cancelled and self.settings.release_on_cancellation:
            return self._each_payment(order, self._release)
        if order.shipment_state not in self.settings.capture_on_shipment:
            return MessageHandled.DONE
        if order.is_cancelled:
            then = "nothing is captured: an order that is cancelled owes nothing"
            event(log, "cancelled_order_shipped", level=logging.WARNING, order=order.id, then=then)
        return self._each_payment(order, self._capture)

    def _each_payment(
        self, order: Order, handle: Callable[[Payment, Order], MessageHandled]
    ) -> MessageHandled:
        try:
            payments = self.lost_payments.of_order(order)
        except RemoteError as error:
            return _again("order_unread", error, order=order.id)
        handled = [self._handled_or_again(payment, order, handle) for payment in payments]
        return MessageHandled.AGAIN if MessageHandled.AGAIN in handled else MessageHandled.DONE

    def _order(self, order_id: OrderId) -> Order | None:
        try:
            return read_order(self.gateway.get_order(order_id))
        except RemoteNotFound:
            return None

    def _handled_or_again(
        self, payment: Payment, order: Order, handle: Callable[[Payment, Order], MessageHandled]
    ) -> MessageHandled:
        with concerning(payment=payment.id):
            return self._handled(now_about_payment(payment), order, handle)

    def _handled(
        self, payment: Payment, order: Order, handle: Callable[[Payment, Order], MessageHandled]
    ) -> MessageHandled:
        try:
            return handle(payment, order)
        except NotFound:
            return MessageHandled.DONE
        except (RemoteError, StoreNotConfigured) as error:
            return _again("shipment_capture_open", error, order=order.id, payment=payment.id)

    def _release(self, payment: Payment, order: Order) -> MessageHandled:
        """Cancel what is not captured of a payment whose order was cancelled. Nothing is refunded."""
        key = f"{RELEASE_KEY_PREFIX}{order.id}"
        try:
            performed = self.operations.perform(payment.id, Cancel(), by=BY_SHIPMENT, key=key)
        except (Conflict, KeyReused):
            return MessageHandled.DONE  # Nothing is left to cancel.
        rejected = performed.outcome is OperationOutcome.REJECTED
        event(
            log,
            "cancellation_release_refused" if rejected else "cancellation_released",
            level=logging.ERROR if rejected else logging.INFO,
            payment=payment.id,
            order=order.id,
            operation=key,
            outcome=performed.outcome.value,
        )
        return MessageHandled.DONE

    def _capture(self, payment: Payment, order: Order) -> MessageHandled:
        """Find out what was sent before, then capture what is due.

        A message makes at most one new try.
        """
        for _ in range(MOST_READINGS):
            if awaits_other_operations(payment):
                payment = self.operations.resolve(payment)
            capture = due_capture(payment, order, now=self.clock.now())
            if capture is None:
                return MessageHandled.AGAIN if awaits_other_operations(payment) else MessageHandled.DONE
            try:
                performed = self.operations.perform(
                    payment.id,
                    capture.capture,
                    by=BY_SHIPMENT,
                    key=capture.key,
                    still_due=partial(self._is_due, order=order, capture=capture),
                )
            except (Conflict, KeyReused) as error:
                payment = self.operations.payment(payment.id)
                if self._is_due(payment, order=order, capture=capture):
                    return _forbidden(error, payment, capture)
                continue
            _log_result(performed, payment, capture)
            if not capture.sent:
                return MessageHandled.AGAIN if awaits_other_operations(payment) else MessageHandled.DONE
            payment = self.operations.payment(payment.id)
        return MessageHandled.AGAIN

    def _is_due(self, payment: Payment, *, order: Order, capture: ShipmentCapture) -> bool:
        return due_capture(payment, order, now=self.clock.now()) == capture


def _log_result(performed: OperationResult, payment: Payment, capture: ShipmentCapture) -> None:
    rejected = performed.outcome is OperationOutcome.REJECTED
    event(
        log,
        "shipment_capture_refused" if rejected else "shipment_captured",
        level=logging.ERROR if rejected else logging.INFO,
        payment=payment.id,
        amount=capture.capture.amount.cent_amount,
        currency=capture.capture.amount.currency,
        operation=capture.key,
        outcome=performed.outcome.value,
        then=REFUSED_THEN if rejected else None,
    )


def _forbidden(error: Conflict | KeyReused, payment: Payment, capture: ShipmentCapture) -> MessageHandled:
    event(
        log,
        "shipment_capture_forbidden",
        level=logging.ERROR,
        payment=payment.id,
        amount=capture.capture.amount.cent_amount,
        currency=capture.capture.amount.currency,
        operation=capture.key,
        why=str(error),
        then=FORBIDDEN_THEN,
    )
    return MessageHandled.DONE


def _again(name: str, error: Exception, **ids: str) -> MessageHandled:
    event(log, name, level=logging.ERROR, why=str(error), then="answered with 503, to be sent again", **ids)
    return MessageHandled.AGAIN
