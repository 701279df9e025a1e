import pytest

from sandbox.commercetools.orders.troubles import TROUBLES
from tests.sandbox.commercetools.conftest import Api, Json, attach, code


def _draft(cart: Json, **changes: object) -> Json:
    return {
        "cart": {"typeId": "cart", "id": cart["id"]},
        "version": cart["version"],
        "orderNumber": "M-1",
        "paymentState": "Paid",
        **changes,
    }


def _order(api: Api, name: str = "guest", **changes: object) -> Json:
    made = api.post("orders", _draft(api.cart(name), **changes))
    assert made.status_code == 201, made.json
    order: Json = made.json
    return order


def test_order_takes_over_what_the_cart_holds(api: Api) -> None:
    cart = attach(api, api.cart("customer"), api.payment()).json

    order = _order(api, "customer")

    same = (
        "lineItems totalPrice taxedPrice shippingAddress billingAddress customerId customerEmail store "
        "locale paymentInfo shippingInfo"
    )
    assert {name: order[name] for name in same.split()} == {name: cart[name] for name in same.split()}
    assert order["cart"] == {"typeId": "cart", "id": cart["id"]}
    assert (order["orderState"], order["paymentState"], order["version"]) == ("Open", "Paid", 1)


def test_cart_becomes_ordered(api: Api) -> None:
    before = api.cart("guest")
    _order(api)
    after = api.cart("guest")

    assert after["cartState"] == "Ordered"
    assert after["version"] > before["version"]
    assert code(attach(api, after, api.payment())) == "400 InvalidOperation"


def test_order_is_found_by_number(api: Api) -> None:
    order = _order(api, orderNumber="M-ABC 1")

    assert api.get("orders/order-number=M-ABC%201").json == order
    assert code(api.get("orders/order-number=M-ABC")) == "404 ResourceNotFound"


def test_order_is_found_by_its_payment(api: Api) -> None:
    payment = api.payment()
    attach(api, api.cart("guest"), payment)
    order = _order(api)

    found = api.get("orders", where="paymentInfo(payments(id=:x))", **{"var.x": payment["id"]}).json

    assert found["results"] == [order]


def test_cart_is_ordered_once(api: Api) -> None:
    _order(api)

    answer = api.post("orders", _draft(api.cart("guest"), orderNumber="M-2"))

    assert code(answer) == "400 InvalidOperation"


def test_order_number_is_taken_once_and_the_other_cart_stays_open(api: Api) -> None:
    first = _order(api)

    answer = api.post("orders", _draft(api.cart("customer")))

    assert code(answer) == "400 DuplicateField"
    error = answer.json["errors"][0]
    assert (error["field"], error["duplicateValue"]) == ("orderNumber", "M-1")
    assert error["conflictingResource"]["id"] == first["id"]
    assert api.cart("customer")["cartState"] == "Active"


def test_another_version_of_the_cart_is_refused(api: Api) -> None:
    cart = api.cart("guest")

    answer = api.post("orders", _draft(cart, version=cart["version"] + 1))

    assert code(answer) == "409 ConcurrentModification"
    assert answer.json["errors"][0]["currentVersion"] == cart["version"]


@pytest.mark.parametrize("name", ["empty", "merged", "locked"])
def test_cart_that_cannot_be_ordered_is_refused(api: Api, name: str) -> None:
    assert code(api.post("orders", _draft(api.cart(name)))) == "400 InvalidOperation"


@pytest.mark.parametrize("name", ["frozen", "digital", "several-shipping", "no-billing-address"])
def test_cart_that_can_be_ordered_is(api: Api, name: str) -> None:
    assert _order(api, name)["totalPrice"] == api.cart(name)["totalPrice"]


def test_legacy_way_to_name_the_cart_works(api: Api) -> None:
    cart = api.cart("guest")

    assert api.post("orders", {"id": cart["id"], "version": cart["version"]}).status_code == 201


def test_unknown_cart_is_refused(api: Api) -> None:
    ghost = {"id": "c0000000-0000-4000-8000-00000000ffff", "version": 1}

    assert code(api.post("orders", _draft(ghost))) == "400 ReferencedResourceNotFound"


def test_unknown_payment_state_is_refused(api: Api) -> None:
    answer = api.post("orders", _draft(api.cart("guest"), paymentState="Captured"))

    assert code(answer) == "400 InvalidJsonInput"


@pytest.mark.parametrize("trouble", [*TROUBLES, "CodeOfNextYear"])
def test_trouble_refuses_the_order_until_it_ends(api: Api, trouble: str) -> None:
    cart = api.cart("guest")
    path = f"/_control/carts/{cart['id']}/trouble"
    api.http.post(path, json={"code": trouble})

    refused = api.post("orders", _draft(cart))
    api.http.post(path, json={"code": None})

    status, name = code(refused).split()
    assert int(status) >= 400
    assert name == {"InsufficientScope": "insufficient_scope"}.get(trouble, trouble)
    assert api.cart("guest") == cart
    assert _order(api)["orderNumber"] == "M-1"


def test_states_of_an_order_change(api: Api) -> None:
    order = api.update(
        "orders",
        _order(api),
        {"action": "changePaymentState", "paymentState": "BalanceDue"},
        {"action": "changeShipmentState", "shipmentState": "Shipped"},
        {"action": "changeOrderState", "orderState": "Complete"},
    ).json

    states = (order["paymentState"], order["shipmentState"], order["orderState"])
    assert states == ("BalanceDue", "Shipped", "Complete")


def test_order_number_keeps_its_first_value(api: Api) -> None:
    answer = api.update("orders", _order(api), {"action": "setOrderNumber", "orderNumber": "M-2"})

    assert code(answer) == "400 InvalidOperation"


def test_payment_of_another_order_is_refused(api: Api) -> None:
    payment = api.payment()
    attach(api, api.cart("guest"), payment)
    _order(api)
    other = _order(api, "customer", orderNumber="M-2")
    action = {"action": "addPayment", "payment": {"typeId": "payment", "id": payment["id"]}}

    assert code(api.update("orders", other, action)) == "400 InvalidOperation"


def test_delivery_names_lines_of_the_order(api: Api) -> None:
    order = _order(api)
    item = {"id": order["lineItems"][0]["id"], "quantity": 1}
    parcel = {"trackingData": {"trackingId": "6A0001", "carrier": "Colissimo"}}

    delivered = api.update(
        "orders", order, {"action": "addDelivery", "items": [item], "parcels": [parcel]}
    ).json
    unknown = api.update("orders", delivered, {"action": "addDelivery", "items": [{**item, "id": "nowhere"}]})

    assert delivered["shippingInfo"]["deliveries"][0]["items"] == [item]
    assert code(unknown) == "400 InvalidOperation"


def test_digital_order_takes_no_delivery(api: Api) -> None:
    assert (
        code(api.update("orders", _order(api, "digital"), {"action": "addDelivery"}))
        == "400 InvalidOperation"
    )
