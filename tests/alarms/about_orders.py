"""Scenes in which money is recorded, and the order or what follows it is in trouble."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from monext_bridge.domain.operations import Capture
from tests.alarms.stage import AUTHORISED, Scene, Stage
from tests.bridges import Buyer

ERRORS = {"statusCode": 409, "message": "no", "errors": [{"code": "ConcurrentModification", "message": "no"}]}
CONFLICT: dict[str, Any] = {"action": "status", "code": 409, "body": ERRORS}


def order_is_refused(stage: Stage) -> str:
    cart, page = stage.paid()
    stage.world.refuse_orders(cart, "InvalidJsonInput")
    stage.buyer.notification_arrives(page)
    return stage.id_of(cart)


def orders_of_a_store_are_refused_for_an_unclear_reason(stage: Stage) -> str:
    """Three payments of the store go back after an hour, and the fourth is held."""
    carts = [stage.paid() for _ in range(4)]
    for cart, page in carts:
        stage.world.refuse_orders(cart, "InvalidOperation")
        stage.buyer.notification_arrives(page)
    later = Buyer(stage.later_bridge(timedelta(minutes=61)))
    for _, page in carts:
        later.notification_arrives(page)
    return stage.id_of(carts[-1][0])


def outcome_of_an_earlier_session_can_not_be_written(stage: Stage) -> str:
    cart, page = stage.begun()
    stage.world.pay(page.token, outcome="accepted")
    payment = stage.id_of(cart)
    stage.world.fault("commercetools", action="status", code=503, method="POST", path="/payments/", times=0)
    stage.buyer.checkout(cart, lang="it")
    return payment


def order_of_the_shop_is_written_by_another_meanwhile(stage: Stage) -> str:
    """The shop has ordered the cart before it was paid, and its order reads as not paid."""
    cart, page = stage.begun()
    version = stage.world.project.get(f"carts/{cart}")["version"]
    draft = {"cart": {"typeId": "cart", "id": cart}, "version": version, "orderNumber": f"S-{cart[:8]}"}
    payment = stage.id_of(cart)
    stage.world.project.create("orders", draft=draft)
    stage.world.pay(page.token, outcome="accepted")
    stage.world.fault("commercetools", method="POST", path="/orders/", times=0, **CONFLICT)
    stage.buyer.notification_arrives(page)
    return payment


def order_can_not_be_written(stage: Stage) -> str:
    payment = stage.recorded(AUTHORISED)
    stage.world.fault("commercetools", action="status", code=503, method="POST", path="/orders/", times=0)
    return stage.tries(payment, Capture(payment.eur(payment.total)))


def customer_can_not_be_read(stage: Stage) -> None:
    body = {"statusCode": 403, "message": "no", "errors": [{"code": "insufficient_scope", "message": "no"}]}
    stage.world.fault("commercetools", action="status", code=403, body=body, path="/customers/", times=0)
    stage.buyer.checkout(stage.world.cart("customer"))


def record_can_not_be_read_at_a_notification(stage: Stage) -> str:
    cart, page = stage.paid()
    stage.world.fault("commercetools", action="status", code=500, method="GET", path="/carts/", times=0)
    stage.buyer.notification_arrives(page)
    stage.world.reset()
    return stage.id_of(cart)


def payment_is_taken_off_its_cart(stage: Stage) -> str:
    cart, page = stage.paid()
    payment = stage.id_of(cart)
    stage.world.take_off_cart(cart, payment)
    stage.buyer.notification_arrives(page)
    return payment


def another_interface_holds_another_currency(stage: Stage) -> None:
    cart = stage.world.cart()
    stage.world.hold_by_another_interface(cart, amount=100, currency="USD")
    stage.buyer.checkout(cart)


SCENES: dict[str, Scene] = {
    "outcome_unfinished": order_is_refused,
    "refused_order_held": orders_of_a_store_are_refused_for_an_unclear_reason,
    "earlier_attempt_not_recorded": outcome_of_an_earlier_session_can_not_be_written,
    "order_payment_state_contended": order_of_the_shop_is_written_by_another_meanwhile,
    "order_payment_state_not_written": order_can_not_be_written,
    "customer_not_read": customer_can_not_be_read,
    "notification_failed": record_can_not_be_read_at_a_notification,
    "lost_payment_found": payment_is_taken_off_its_cart,
    "other_currency_held": another_interface_holds_another_currency,
}
