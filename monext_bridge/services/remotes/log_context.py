"""Makes the lines of the log name what was just read (`logs.now_concerns`), in the ids of commercetools."""

from __future__ import annotations

from monext_bridge.concerns import now_concerns
from monext_bridge.domain.record import AttemptKey, Order, Payment


def now_about_payment(payment: Payment) -> Payment:
    """Name the payment from now on, with the cart and the store that its key tells. Return it."""
    key = AttemptKey.parse(payment.key)
    now_concerns(payment=payment.id)
    if key is not None:
        now_concerns(cart=key.cart_id, store=key.store_key)
    return payment


def now_about_order(order: Order | None) -> Order | None:
    """Name the order from now on, where there is one. Return it."""
    if order is not None:
        now_concerns(order=order.id, cart=order.cart_id)
    return order
