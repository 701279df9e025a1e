"""Makes the order of an accepted payment: once, under a number that every attempt of the cart shares."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from monext_bridge import observed
from monext_bridge.concerns import now_concerns
from monext_bridge.domain.ids import OrderNumber
from monext_bridge.domain.outcome import (
    OrderPaymentState,
    PaymentContext,
    RefusalKind,
    order_payment_state,
    refusal_kind,
)
from monext_bridge.domain.record import Cart, CartState, Order, Payment
from monext_bridge.errors import DuplicateField, RemoteRefused, VersionConflict
from monext_bridge.logs import event
from monext_bridge.services.outcome.context import store_key_of
from monext_bridge.services.outcome.refused_orders import RefusedOrders
from monext_bridge.services.remotes import CommercetoolsRecords, outdated

log = logging.getLogger(__name__)

NOT_PAID_YET = (None, OrderPaymentState.PENDING.value)


@dataclass(frozen=True, slots=True)
class OrderCreator:
    records: CommercetoolsRecords
    refused_orders: RefusedOrders

    def place(self, context: PaymentContext, *, number: OrderNumber) -> Order:
        """Try once to make the order.

        Raises VersionConflict where what was read is outdated: the caller reads and decides again. Raises
        OrderRefused where the money goes back for want of an order, RemoteError where that is not known, or not yet.
        """
        cart = context.cart
        if cart is None or cart.state is CartState.ORDERED:
            raise RemoteRefused(
                f"the cart of payment {context.payment.id} is ordered, and no order names the payment",
                remote="commercetools",
                status=409,
            )
        try:
            order = self.records.create_order(cart, number=number, state=_state_for(cart, context))
        except DuplicateField as error:
            raise outdated(f"order {number}") from error
        except VersionConflict:
            raise
        except RemoteRefused as error:
            self._check_refusal(context, cart, error)
            raise outdated(f"cart {cart.id}") from error
        observed.order_made(store_key_of(context))
        now_concerns(order=order.id)
        event(log, "order_created", order=order.id, number=number, cart=cart.id, payment=context.payment.id)
        return order

    def raise_payment_state(self, context: PaymentContext) -> PaymentContext:
        """Raise the payment state of an order that still reads as not paid. Other orders are left alone."""
        order = context.order
        if order is None or order.payment_state not in NOT_PAID_YET:
            return context
        state = order_payment_state(order.total, payments_of_context(context))
        if state is None or state.value == order.payment_state:
            return context
        try:
            return replace(context, order=self.records.set_order_state(order, state))
        except VersionConflict:
            event(
                log,
                "order_payment_state_contended",
                level=logging.WARNING,
                order=order.id,
                then="next settle",
            )
            return context

    def _check_refusal(self, context: PaymentContext, cart: Cart, error: RemoteRefused) -> None:
        """Raise what the refusal means.

        Returns where the cart has moved on since it was read, most often because another process has ordered
        it. A certain refusal needs no such look: the caller takes one before the money goes back.
        """
        if refusal_kind(error.status, error.codes) is not RefusalKind.CERTAIN:
            now = self.records.cart(cart.id)
            if now is not None and (now.version, now.state) != (cart.version, cart.state):
                return
            if now is None:
                raise error
        raise self.refused_orders.judge(context, error) from error


def payments_of_context(context: PaymentContext) -> tuple[Payment, ...]:
    """Return the payments of the cart, with this one as it reads now."""
    others = context.cart.payments if context.cart else ()
    return (context.payment, *(p for p in others if p.id != context.payment.id))


def _state_for(cart: Cart, context: PaymentContext) -> OrderPaymentState:
    return order_payment_state(cart.total, payments_of_context(context)) or OrderPaymentState.PENDING
