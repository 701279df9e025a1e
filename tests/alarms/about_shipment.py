"""Scenes around messages of commercetools: shipments, cancellations, and who may send them."""

from __future__ import annotations

from datetime import timedelta

from tests import push_samples as samples
from tests.alarms.stage import Scene, Stage
from tests.push_endpoint import Endpoint, FakeInternet
from tests.shipped_orders import PATH, order

DOWN = {"action": "status", "code": 503, "times": 0}


def monext_rejects_the_capture(stage: Stage) -> str:
    shipped = stage.shipped()
    stage.world.script_operation(act="captures", outcome="refused")
    shipped.deliver_message()
    return shipped.payment_id


def authorisation_has_ended(stage: Stage) -> str:
    shipped = stage.shipped()
    shipped.deliver_message(bridge=stage.later_bridge(timedelta(days=8)))
    return shipped.payment_id


def cancelled_order_is_shipped(stage: Stage) -> None:
    shipped = stage.shipped()
    stage.world.cancel_order(shipped.order_id)
    shipped.deliver_message()


def monext_rejects_the_release(stage: Stage) -> str:
    ordered = order(stage.world, stage.bridge)
    stage.world.cancel_order(ordered.order_id)
    stage.world.script_operation(act="cancels", outcome="refused")
    ordered.deliver_message(bridge=stage.other_bridge(RELEASE_ON_CANCELLATION="on"))
    return ordered.payment_id


def monext_is_away_at_a_capture(stage: Stage) -> str:
    shipped = stage.shipped()
    stage.world.fault("monext", method="POST", path="/captures$", **DOWN)
    shipped.deliver_message()
    return shipped.payment_id


def order_can_not_be_read(stage: Stage) -> None:
    shipped = stage.shipped()
    stage.world.fault("commercetools", method="GET", path="/orders/", **DOWN)
    shipped.deliver_message()


def push_holds_something_else(stage: Stage) -> None:
    batch = [*samples.event_grid(), *samples.event_grid("neither a message nor anything else")]
    stage.bridge.call("POST", PATH, json=batch)


def push_is_forged(stage: Stage) -> None:
    Endpoint(stage.other_bridge(), FakeInternet()).push(samples.sns(signed_by="other"), path=PATH)


def secret_comes_in_the_address(stage: Stage) -> None:
    stage.other_bridge().call("POST", PATH, json=samples.message(type="OrderCreated"))


def amazon_ends_the_subscription(stage: Stage) -> None:
    Endpoint(stage.other_bridge(), FakeInternet()).push(
        samples.sns(Type="UnsubscribeConfirmation"), path=PATH
    )


SCENES: dict[str, Scene] = {
    "shipment_capture_refused": monext_rejects_the_capture,
    "shipment_capture_forbidden": authorisation_has_ended,
    "cancelled_order_shipped": cancelled_order_is_shipped,
    "cancellation_release_refused": monext_rejects_the_release,
    "shipment_capture_open": monext_is_away_at_a_capture,
    "order_unread": order_can_not_be_read,
    "messages_unreadable": push_holds_something_else,
    "push_refused": push_is_forged,
    "events_secret_in_url": secret_comes_in_the_address,
    "sns_unsubscribed": amazon_ends_the_subscription,
}
