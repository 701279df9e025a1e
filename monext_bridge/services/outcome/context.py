"""Reads what a decision needs: the payment's record, its cart and its order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from monext_bridge.concerns import now_concerns
from monext_bridge.config import Settings, StoreSettings
from monext_bridge.domain.outcome import PaymentContext, duplicate_payments, is_reversal_open
from monext_bridge.domain.record import (
    AttemptKey,
    Cart,
    CartState,
    Order,
    Payment,
    accepted_transaction,
    reversal_reason,
)
from monext_bridge.errors import Forbidden, NotFound, RemoteNotFound
from monext_bridge.services.remotes import CommercetoolsRecords
from monext_bridge.services.results import PaymentReference, store_mark


@dataclass(frozen=True, slots=True)
class ContextReader:
    settings: Settings
    records: CommercetoolsRecords

    def read(self, reference: PaymentReference) -> PaymentContext:
        """Read the cart, then the order: for reading again after a conflict, where what was known is outdated."""
        return self.of(reference, cart=self.cart(reference), order=self.order(reference))

    def cart(self, reference: PaymentReference) -> Cart | None:
        return self.records.cart(reference.cart_id)

    def order(self, reference: PaymentReference) -> Order | None:
        """Return the order under the reference's number. None is looked for where the bridge makes no orders."""
        return self.records.order(reference.order_number) if self.settings.order_creation else None

    def of(self, reference: PaymentReference, *, cart: Cart | None, order: Order | None) -> PaymentContext:
        """Return the payment context of a reference, from what was read.

        Raises NotFound where the payment is gone, and Forbidden where it is of another store than the reference.

        The payment comes with its cart, or else it is read by itself. An order counts if it was made from the
        cart or names the payment. Where the cart is ordered or gone and no order counts, the shop may have
        ordered it itself, so the order that names the payment is looked for.
        """
        order = order if order and _counts(order, reference) else None
        ordered_or_gone = cart is None or cart.state is CartState.ORDERED
        payment = self._payment(reference, cart)
        money_may_come = self.settings.order_creation or accepted_transaction(payment) is None
        if order is None and ordered_or_gone and money_may_come:
            order = self.records.order_of_payment(reference.payment_id)
        context = PaymentContext(
            payment=payment,
            cart=cart,
            order=order,
            interfaces=frozenset(self.settings.interfaces),
            makes_orders=self.settings.order_creation,
        )
        store_key = store_key_of(context)
        now_concerns(
            store=store_key, cart=reference.cart_id, payment=payment.id, order=order.id if order else None
        )
        if store_mark(store_key) != reference.store_mark:
            raise Forbidden("the payment is of another store than its reference", field="ref")
        return context

    def _payment(self, reference: PaymentReference, cart: Cart | None) -> Payment:
        listed = (p for p in cart.payments if p.id == reference.payment_id) if cart else iter(())
        try:
            return next(listed, None) or self.records.payment(reference.payment_id)
        except RemoteNotFound as error:
            raise NotFound(f"payment {reference.payment_id} is gone") from error


def is_final(context: PaymentContext) -> bool:
    """Whether nothing that Monext could say would change anything, and nothing is left to be done."""
    payment = context.payment
    if reversal_reason(payment) is not None or is_reversal_open(payment):
        return not is_reversal_open(payment)
    order = context.order
    ordered = not context.makes_orders or (order is not None and payment.id in order.payment_ids)
    return accepted_transaction(payment) is not None and ordered and not duplicate_payments(context)


def has_moved(before: PaymentContext, after: PaymentContext) -> bool:
    """Whether there is an order now, or the cart has changed."""
    if after.order is not None or before.cart is None or after.cart is None:
        return after.order is not None
    return (before.cart.version, before.cart.state) != (after.cart.version, after.cart.state)


def store_key_of(context: PaymentContext) -> str | None:
    """Return the store by whose settings the payment was begun.

    The payment's key names it. A payment that lost its key is of its cart's store.
    """
    key = AttemptKey.parse(context.payment.key)
    if key is not None:
        return key.store_key
    return context.cart.store_key if context.cart else None


def hinted_store(settings: Settings, mark: bytes) -> StoreSettings | None:
    """Return the only store of the settings that has this mark, before the record has told which store it is.

    None where there is none, or several. Where the record then tells a store that the settings name, it is this one,
    and where it tells another, the settings do not name it.
    """
    if settings.by_store.every is not None:
        return settings.by_store.every
    found = [store for store in settings.stores() if store_mark(store.store_key) == mark]
    return found[0] if len(found) == 1 else None


def with_payment(context: PaymentContext, payment: Payment) -> PaymentContext:
    return replace(context, payment=payment)


def _counts(order: Order, reference: PaymentReference) -> bool:
    return order.cart_id == reference.cart_id or reference.payment_id in order.payment_ids
