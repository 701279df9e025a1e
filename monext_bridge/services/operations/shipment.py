"""Captures what was authorised for an order once the order is shipped.

A message says that something happened; the order says what. Messages come at least once, late and in any order.
So each of them does the same: it reads the order and captures what is still open.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum

from monext_bridge.config import Settings
from monext_bridge.domain.ids import OrderId
from monext_bridge.domain.operations import ShipmentCapture, awaits_other_operations, due_capture
from monext_bridge.domain.record import AttemptKey, Order, Payment
from monext_bridge.errors import (
    Conflict,
    KeyReused,
    NotFound,
    RemoteError,
    RemoteNotFound,
    StoreNotConfigured,
)
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.logs import event
from monext_bridge.mapping.commercetools import read_order
from monext_bridge.services.operations.modify_payment import PaymentOperations
from monext_bridge.services.operations.request import OperationOutcome, OperationResult

log = logging.getLogger(__name__)

MOST_READINGS = 5
"""How often a payment is read again because somebody else has captured or cancelled meanwhile."""

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

    def follow(self, order_id: OrderId) -> MessageHandled:
        """Capture what is open where the order is in a state of `CAPTURE_ON_SHIPMENT`. May be repeated.

        A rejection by Monext is an end too: it is logged, and only another message tries again, once. Raises
        nothing that commercetools or Monext cause.
        """
        if not self.settings.capture_on_shipment:
            return MessageHandled.DONE
        try:
            order = self._order(order_id)
        except RemoteError as error:
            return _again("order_unread", error, order=order_id)
        if order is None or order.shipment_state not in self.settings.capture_on_shipment:
            return MessageHandled.DONE
        handled = [
            self._capture_or_again(payment, order_id) for payment in order.payments if self._is_own(payment)
        ]
        return MessageHandled.AGAIN if MessageHandled.AGAIN in handled else MessageHandled.DONE

    def _order(self, order_id: OrderId) -> Order | None:
        try:
            return read_order(self.gateway.get_order(order_id))
        except RemoteNotFound:
            return None

    def _is_own(self, payment: Payment) -> bool:
        return AttemptKey.parse(payment.key) is not None and payment.interface in self.settings.interfaces

    def _capture_or_again(self, payment: Payment, order_id: OrderId) -> MessageHandled:
        try:
            return self._capture(payment, order_id)
        except NotFound:
            return MessageHandled.DONE
        except (RemoteError, StoreNotConfigured) as error:
            return _again("shipment_capture_open", error, order=order_id, payment=payment.id)

    def _capture(self, payment: Payment, order_id: OrderId) -> MessageHandled:
        """Find out what was sent before, then capture what is due.

        A message makes at most one new try.
        """
        for _ in range(MOST_READINGS):
            if awaits_other_operations(payment):
                payment = self.operations.resolve(payment)
            capture = due_capture(payment, order_id)
            if capture is None:
                return MessageHandled.AGAIN if awaits_other_operations(payment) else MessageHandled.DONE
            try:
                performed = self.operations.perform(payment.id, capture.capture, key=capture.key)
            except (Conflict, KeyReused) as error:
                payment = self.operations.payment(payment.id)
                if due_capture(payment, order_id) == capture:
                    return _forbidden(error, payment, capture)
                continue
            _log_result(performed, payment, capture)
            if not capture.sent:
                return MessageHandled.AGAIN if awaits_other_operations(payment) else MessageHandled.DONE
            payment = self.operations.payment(payment.id)
        return MessageHandled.AGAIN


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
