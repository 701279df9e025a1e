"""Finishes what a recorded outcome asks for: the order is made, or money that must not be kept is reversed.

The money comes before the order. A crash after any step leaves something that the next call finishes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from monext_bridge.concerns import concerning
from monext_bridge.config import StoreSettings
from monext_bridge.domain.outcome import (
    PaymentContext,
    begin_reversal,
    duplicate_payments,
    needs_order,
    reason_to_reverse,
)
from monext_bridge.domain.record import (
    Payment,
    ReversalReason,
    accepted_transaction,
    holds_money,
    reversal_reason,
)
from monext_bridge.errors import RemoteRefused, RemoteUnavailable
from monext_bridge.logs import event
from monext_bridge.runtime import RecordClock
from monext_bridge.services.outcome.alarms import reversing_principal, write_and_alarm
from monext_bridge.services.outcome.automatic_reversal import AutomaticReversal
from monext_bridge.services.outcome.context import ContextReader, has_moved, with_payment
from monext_bridge.services.outcome.create_order import OrderCreator
from monext_bridge.services.outcome.refused_orders import OrderRefused
from monext_bridge.services.remotes import CommercetoolsRecords, decide_and_write, named_by_order, outdated
from monext_bridge.services.results import PaymentReference

log = logging.getLogger(__name__)

GONE_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class OutcomeFinisher:
    records: CommercetoolsRecords
    contexts: ContextReader
    reversal: AutomaticReversal
    order_creator: OrderCreator
    clock: RecordClock

    def finish(
        self, reference: PaymentReference, context: PaymentContext, *, store: StoreSettings, changed: bool
    ) -> PaymentContext:
        """Do what the record still asks for, and return the context as it then reads.

        `changed`: this call recorded the outcome. May be repeated. Raises RemoteError where something is left.
        """
        payment = self.reversal.continue_reversal(context.payment, store=store, just_written=changed)
        context = with_payment(context, payment)
        if reversal_reason(payment) is not None or accepted_transaction(payment) is None:
            return context
        if changed and not context.makes_orders:
            # No order can collide: read whether another payment was accepted too.
            context = self.contexts.read(reference)
        context = self._with_order(reference, context, store=store)
        context = self._reverse_duplicates(reference, context, store=store)
        return self._named_by_order(context) if context.makes_orders else context

    def _with_order(
        self, reference: PaymentReference, context: PaymentContext, *, store: StoreSettings
    ) -> PaymentContext:
        """Return the context with the order, made or found; or with the order refused and the reversal begun."""
        return decide_and_write(
            context,
            lambda read: self._order_once(reference, read, store=store),
            again=lambda _: self._read_again(reference),
            what=f"the order of cart {reference.cart_id}",
        )

    def _order_once(
        self, reference: PaymentReference, context: PaymentContext, *, store: StoreSettings
    ) -> PaymentContext:
        if not needs_order(context):
            return self.order_creator.raise_payment_state(context)
        self._check_gone(context)
        objection = reason_to_reverse(context) or self._elsewhere(context)
        if objection:
            return self._reverse(reference, context, objection=objection, store=store)
        if context.is_lost:
            return self._order_once(reference, self._put_back(context), store=store)
        try:
            order = self.order_creator.place(context, number=reference.order_number)
        except OrderRefused as error:
            before, context = context, self._read_again(reference)
            if has_moved(before, context):
                # Perhaps it was refused only because another process has ordered it.
                raise outdated(f"cart {reference.cart_id}") from error
            objection = (ReversalReason.ORDER_REFUSED, str(error))
            return self._reverse(reference, context, objection=objection, store=store)
        return replace(context, order=order)

    def _elsewhere(self, context: PaymentContext) -> tuple[ReversalReason, str] | None:
        """Return the reason to reverse a payment that left its cart for another cart or an order of another."""
        cart = context.cart
        if cart is None or not context.is_lost:
            return None
        found = self.records.is_elsewhere(context.payment.id, cart_id=cart.id)
        return (ReversalReason.ORDER_REFUSED, "The payment is on another cart or order") if found else None

    def _put_back(self, context: PaymentContext) -> PaymentContext:
        """Put the payment on its cart again, so that the order names it. Raises VersionConflict, RemoteError."""
        if context.cart is None:
            return context
        cart = self.records.add_to_cart(context.cart, context.payment.id)
        then = "put on its cart again, before the order is made"
        event(log, "lost_payment_found", level=logging.WARNING, payment=context.payment.id, then=then)
        return replace(context, cart=cart)

    def _named_by_order(self, context: PaymentContext) -> PaymentContext:
        """Make the cart's order name a payment that it has lost, where no other order names it."""
        payment, order = context.payment, context.order
        if order is None or payment.id in order.payment_ids or not holds_money(payment):
            return context
        named = named_by_order(self.records, order, payment)
        return (
            context
            if named is None
            else replace(context, order=replace(named, payments=(*order.payments, payment)))
        )

    def _check_gone(self, context: PaymentContext) -> None:
        """Raise RemoteUnavailable where the money of a missing cart is too fresh to go back.

        A cart that can't be found may have been ordered by the shop, because queries of orders lag behind. So
        its money goes back only some minutes after it was taken.
        """
        accepted = accepted_transaction(context.payment)
        if context.cart is not None or accepted is None or accepted.timestamp is None:
            return
        if self.clock.now() - accepted.timestamp < GONE_FOR:
            raise RemoteUnavailable("the cart can't be found; looked for again later", remote="commercetools")

    def _read_again(self, reference: PaymentReference) -> PaymentContext:
        """Read again after a conflict.

        Raises RemoteRefused where the order of another cart has the number: the bridge can't solve that, so it
        is an alarm.
        """
        context = self.contexts.read(reference)
        if context.order is None and self.contexts.order(reference) is not None:
            raise RemoteRefused(
                f"order number {reference.order_number} belongs to another cart",
                remote="commercetools",
                status=409,
            )
        return context

    def _reverse_duplicates(
        self, reference: PaymentReference, context: PaymentContext, *, store: StoreSettings
    ) -> PaymentContext:
        objection = (ReversalReason.SECOND_PAYMENT, "Another payment of the cart counts")
        for payment in duplicate_payments(context):
            other = with_payment(context, payment)
            with concerning(payment=payment.id):
                after = self._reverse(reference, other, objection=objection, store=store)
            if payment.id == context.payment.id:
                context = after
        return context

    def _reverse(
        self,
        reference: PaymentReference,
        context: PaymentContext,
        *,
        objection: tuple[ReversalReason, str],
        store: StoreSettings,
    ) -> PaymentContext:
        """Set an accepted payment's reversal reason and reverse it, unless somebody else is doing that already."""
        reason, why = objection

        def begin(payment: Payment) -> tuple[Payment, bool]:
            if not holds_money(payment):
                return payment, False
            principal, now = reversing_principal(), self.clock.stamp()
            updates = begin_reversal(payment, reason=reason, why=why, now=now, principal=principal)
            return write_and_alarm(self.records, reference, with_payment(context, payment), updates), True

        payment, begun = decide_and_write(
            context.payment,
            begin,
            again=lambda _: self.records.payment(context.payment.id),
            what=f"payment {context.payment.id}",
        )
        payment = self.reversal.continue_reversal(payment, store=store, just_written=begun)
        return with_payment(context, payment)
