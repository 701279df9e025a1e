"""Which messages a change of an order causes, and what they say."""

import pytest
from flask import Flask

from sandbox.commercetools import create_app
from sandbox.commercetools.push import Target
from sandbox.commercetools.seed import cart_id
from tests.sandbox.commercetools.conftest import Api, Json, code, sign_in
from tests.sandbox.commercetools.json_client import JsonClient, json_client
from tests.sandbox.commercetools.test_other_resources import SUBSCRIPTION


@pytest.fixture
def app() -> Flask:
    app = create_app()
    app.extensions["pusher"].target = Target("http://bridge.example/events")
    return app


@pytest.fixture
def api(app: Flask) -> Api:
    return sign_in(json_client(app))


def order(api: Api, name: str = "guest", **changes: object) -> Json:
    """An order of the situation's cart."""
    cart = {"typeId": "cart", "id": cart_id(name)}
    draft = {"cart": cart, "version": api.cart(name)["version"], "orderNumber": f"M-{name}", **changes}
    made = api.post("orders", draft)
    assert made.status_code == 201, made.json
    document: Json = made.json
    return document


def ship(api: Api, document: Json, *states: str) -> Json:
    """The order after changes of its shipment state, all in one update."""
    actions = [{"action": "changeShipmentState", "shipmentState": state} for state in states]
    changed: Json = api.update("orders", document, *actions).json
    return changed


def told(http: JsonClient) -> list[Json]:
    """The notifications so far, the oldest first."""
    return [entry["notification"] for entry in http.get("/_control/push").json["messages"]]


def test_an_order_is_told_with_all_it_holds(api: Api) -> None:
    made = order(api)
    (message,) = told(api.http)
    assert (message["type"], message["order"]) == ("OrderCreated", made)


def test_a_shipment_tells_both_states_and_where_it_belongs(api: Api) -> None:
    shipped = ship(api, order(api, shipmentState="Ready"), "Shipped")
    message = told(api.http)[-1]
    assert {
        "notificationType": "Message",
        "projectKey": "sandbox",
        "type": "OrderShipmentStateChanged",
        "resource": {"typeId": "order", "id": shipped["id"]},
        "resourceUserProvidedIdentifiers": {"orderNumber": "M-guest"},
        "version": 1,
        "sequenceNumber": 2,
        "resourceVersion": shipped["version"],
        "shipmentState": "Shipped",
        "oldShipmentState": "Ready",
    }.items() <= message.items()


def test_the_first_shipment_state_has_no_old_one(api: Api) -> None:
    ship(api, order(api), "Shipped")
    assert "oldShipmentState" not in told(api.http)[-1]


def test_the_same_state_again_is_not_told(api: Api) -> None:
    ship(api, ship(api, order(api), "Shipped"), "Shipped")
    assert len(told(api.http)) == 2


def test_each_change_is_a_message_of_its_own_and_counted(api: Api) -> None:
    changed = ship(api, order(api), "Ready", "Shipped", "Delivered")
    assert [message["sequenceNumber"] for message in told(api.http)] == [1, 2, 3, 4]
    assert changed["lastMessageSequenceNumber"] == 4


def test_an_update_that_fails_tells_nothing(api: Api) -> None:
    document = order(api)
    actions = [
        {"action": "changeShipmentState", "shipmentState": "Shipped"},
        {"action": "setOrderNumber", "orderNumber": "another"},
    ]
    assert code(api.update("orders", document, *actions)) == "400 InvalidOperation"
    ship(api, document, "Delivered")
    assert [message["type"] for message in told(api.http)] == ["OrderCreated", "OrderShipmentStateChanged"]
    assert told(api.http)[-1]["shipmentState"] == "Delivered"


def test_a_delivery_is_told(api: Api) -> None:
    document = order(api)
    items = [{"id": document["lineItems"][0]["id"], "quantity": 1}]
    changed = api.update("orders", document, {"action": "addDelivery", "items": items}).json
    message = told(api.http)[-1]
    assert message["type"] == "DeliveryAdded"
    assert message["delivery"] == changed["shippingInfo"]["deliveries"][0]


def test_a_cancelled_order_tells_both_states(api: Api) -> None:
    cancelled = api.update(
        "orders", order(api), {"action": "changeOrderState", "orderState": "Cancelled"}
    ).json
    message = told(api.http)[-1]
    assert cancelled["orderState"] == "Cancelled"
    assert {
        "type": "OrderStateChanged",
        "resource": {"typeId": "order", "id": cancelled["id"]},
        "orderState": "Cancelled",
        "oldOrderState": "Open",
        "resourceVersion": cancelled["version"],
    }.items() <= message.items()


def test_the_same_order_state_again_is_not_told(api: Api) -> None:
    api.update("orders", order(api), {"action": "changeOrderState", "orderState": "Open"})
    assert len(told(api.http)) == 1


def test_payments_that_come_to_an_order_and_leave_it_are_told(api: Api) -> None:
    document, first, second = order(api), api.payment(), api.payment()
    for payment in (first, second):
        document = api.update("orders", document, _named("addPayment", payment)).json
    for payment in (first, second):
        document = api.update("orders", document, _named("removePayment", payment)).json

    added, other, removed, last = told(api.http)[1:]
    assert (added["type"], added["paymentRef"]["id"]) == ("OrderPaymentAdded", first["id"])
    assert (other["type"], other["paymentRef"]["id"]) == ("OrderPaymentAdded", second["id"])
    assert (removed["type"], removed["paymentRef"]["id"]) == ("OrderPaymentRemoved", first["id"])
    assert (removed["removedPaymentInfo"], last["removedPaymentInfo"]) == (False, True)
    assert "paymentInfo" not in document


def test_a_payment_that_is_on_the_order_already_is_not_told_again(api: Api) -> None:
    payment = api.payment()
    document = api.update("orders", order(api), _named("addPayment", payment)).json
    api.update("orders", document, _named("addPayment", payment))
    assert [message["type"] for message in told(api.http)] == ["OrderCreated", "OrderPaymentAdded"]


def _named(action: str, payment: Json) -> Json:
    return {"action": action, "payment": {"typeId": "payment", "id": payment["id"]}}


def test_other_changes_are_not_told(api: Api) -> None:
    api.update("orders", order(api), {"action": "changePaymentState", "paymentState": "Paid"})
    assert len(told(api.http)) == 1


def test_a_new_subscription_is_tried(api: Api) -> None:
    made = api.post("subscriptions", SUBSCRIPTION).json
    (notification,) = told(api.http)
    assert notification["notificationType"] == "ResourceCreated"
    assert notification["resource"] == {"typeId": "subscription", "id": made["id"]}
