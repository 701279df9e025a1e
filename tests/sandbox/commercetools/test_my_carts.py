"""What a buyer can do with a token of its own."""

import pytest

from sandbox.commercetools.seed import cart_id
from tests.sandbox.commercetools.conftest import Api, Json, attach, code


def buyer_of(api: Api, name: str) -> Api:
    """The buyer of the situation's cart."""
    token = api.http.post("/_control/buyers", json={"cartId": cart_id(name)}).json["access_token"]
    return Api(http=api.http, token=token)


def named(action: str, payment: Json) -> Json:
    return {"action": action, "payment": {"typeId": "payment", "id": payment["id"]}}


@pytest.mark.parametrize("name", ["guest", "customer"])
def test_a_buyer_takes_a_payment_off_the_own_cart(api: Api, name: str) -> None:
    buyer = buyer_of(api, name)
    cart = attach(api, api.cart(name), payment := api.payment()).json

    changed = buyer.update("me/carts", cart, named("removePayment", payment))

    assert changed.status_code == 200
    assert "paymentInfo" not in api.cart(name)


def test_a_buyer_puts_a_payment_on_the_own_cart(api: Api) -> None:
    buyer, payment = buyer_of(api, "guest"), api.payment()
    changed = buyer.update("me/carts", api.cart("guest"), named("addPayment", payment)).json
    assert changed["paymentInfo"]["payments"] == [{"typeId": "payment", "id": payment["id"]}]


def test_a_payment_in_another_currency_can_be_put_on_a_cart(api: Api) -> None:
    """What commercetools checks there is not known; the bridge must live with both."""
    points = {"centAmount": 3000, "currencyCode": "JPY"}
    payment = api.payment(amountPlanned=points, paymentMethodInfo={"paymentInterface": "points"})
    assert attach(api, api.cart("guest"), payment).status_code == 200


def test_a_frozen_cart_loses_its_payment_too(api: Api) -> None:
    buyer = buyer_of(api, "frozen")
    cart = attach(api, api.cart("frozen"), payment := api.payment()).json
    assert buyer.update("me/carts", cart, named("removePayment", payment)).status_code == 200


def test_nobody_elses_cart_is_there(api: Api) -> None:
    buyer = buyer_of(api, "customer")
    path = f"me/carts/{cart_id('german-store')}"
    assert code(buyer.get(path)) == code(buyer.post(path, {})) == "404 ResourceNotFound"
    assert buyer.get(f"me/carts/{cart_id('customer')}").json == api.cart("customer")


def test_a_buyer_may_only_do_what_buyers_do(api: Api) -> None:
    buyer, cart = buyer_of(api, "guest"), api.cart("guest")
    discount = {"action": "setDirectDiscounts", "discounts": []}
    assert code(buyer.update("me/carts", api.cart("guest"), discount)) == "400 InvalidJsonInput"
    assert code(buyer.get(f"carts/{cart['id']}")) == "403 insufficient_scope"
    assert code(buyer.get("payments")) == "403 insufficient_scope"


def test_a_token_of_no_buyer_has_no_carts(api: Api) -> None:
    assert code(api.get(f"me/carts/{cart_id('guest')}")) == "403 insufficient_scope"


def test_the_buyer_is_noted_as_who_changed_the_cart(api: Api) -> None:
    locale = {"action": "setLocale", "locale": "en"}
    buyer = buyer_of(api, "customer")
    by_customer = buyer.update("me/carts", api.cart("customer"), locale).json["lastModifiedBy"]
    guest = buyer_of(api, "guest")
    by_guest = guest.update("me/carts", api.cart("guest"), locale).json["lastModifiedBy"]
    assert by_customer["customer"]["id"] == api.cart("customer")["customerId"]
    assert by_guest["anonymousId"] == api.cart("guest")["anonymousId"]
