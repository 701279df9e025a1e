"""What keeps a cart from becoming an order, and the errors that say so."""

from typing import Any

import pytest

from sandbox.commercetools.seed import cart_id
from tests.sandbox.commercetools.conftest import Api, Json, attach, code
from tests.sandbox.commercetools.json_client import JsonAnswer


def control(api: Api, path: str, **body: object) -> Json:
    changed = api.http.post(f"/_control/{path}", json=body)
    assert changed.status_code == 200, changed.json
    document: Json = changed.json
    return document


def situation(api: Api, name: str, **changes: object) -> Json:
    return control(api, f"carts/{cart_id(name)}/situation", **changes)


def ordered(api: Api, cart: Json) -> JsonAnswer:
    named = {"typeId": "cart", "id": cart["id"]}
    return api.post("orders", {"cart": named, "version": cart["version"]})


def refusal(api: Api, cart: Json) -> Json:
    """The error of a refused order; the cart stays as it is."""
    answer = ordered(api, cart)
    assert answer.status_code == 400
    code(answer)
    assert api.get(f"carts/{cart['id']}").json == cart
    error: Json = answer.json["errors"][0]
    return error


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("NotActive", "TimeRangeNonApplicable"),
        ("NotValid", "TimeRangeNonApplicable"),
        ("DoesNotMatchCart", None),
        ("MaxApplicationReached", None),
        ("ApplicationStoppedByPreviousDiscount", None),
        ("StateOfNextYear", None),
    ],
)
def test_a_discount_code_that_cannot_be_applied(api: Api, state: str, reason: str | None) -> None:
    cart = situation(api, "guest", discountCode=state)
    error = refusal(api, cart)
    assert (error["code"], error.get("reason")) == ("DiscountCodeNonApplicable", reason)
    assert error["discountCodeId"] == cart["discountCodes"][0]["discountCode"]["id"]


@pytest.mark.parametrize("state", ["MatchesCart", "ApplicationStoppedByGroupBestDeal"])
def test_a_discount_code_that_keeps_no_order(api: Api, state: str) -> None:
    order = ordered(api, situation(api, "guest", discountCode=state)).json
    assert order["discountCodes"][0]["state"] == state


@pytest.mark.parametrize("name", ["guest", "several-shipping"])
def test_a_shipping_method_that_does_not_match(api: Api, name: str) -> None:
    error = refusal(api, situation(api, name, shippingMethod="DoesNotMatchCart"))
    assert error["code"] == "ShippingMethodDoesNotMatchCart"
    assert ordered(api, situation(api, name, shippingMethod="MatchesCart")).status_code == 201


def test_shipping_details_that_do_not_add_up(api: Api) -> None:
    cart = situation(api, "customer", shippingDetails="invalid")
    error = refusal(api, cart)
    assert (error["code"], error["subject"]) == ("InvalidItemShippingDetails", "LineItem")
    assert error["itemId"] == cart["lineItems"][0]["id"]
    assert "LineItem quantity is 2 and shippingTargets quantity sum is 0." in error["message"]
    assert ordered(api, situation(api, "customer", shippingDetails="valid")).status_code == 201


def test_an_order_needs_a_shipping_address(api: Api) -> None:
    error = refusal(api, situation(api, "guest", shippingAddress="gone"))
    assert (error["code"], "shipping address" in error["message"]) == ("InvalidOperation", True)


@pytest.mark.parametrize(
    ("allowed", "name", "status"),
    [
        ("digital", "digital", 201),
        ("digital", "guest", 400),
        ("digital", "custom-line", 400),
        ("never", "digital", 400),
        ("always", "guest", 201),
    ],
)
def test_who_needs_no_shipping_address_is_set(api: Api, allowed: str, name: str, status: int) -> None:
    control(api, "orders/without-address", allowed=allowed)
    cart = situation(api, name, shippingAddress="gone")
    assert ordered(api, cart).status_code == status


def test_no_shipping_method_keeps_no_order(api: Api) -> None:
    cart = api.update("carts", api.cart("guest"), {"action": "setShippingMethod"}).json
    assert ordered(api, cart).status_code == 201


def test_a_price_that_changed(api: Api) -> None:
    control(api, "prices", sku="CHAIR-OAK", currency="EUR", centAmount=13900)
    cart = api.cart("guest")
    error = refusal(api, cart)
    assert (error["code"], error["lineItems"]) == ("PriceChanged", [cart["lineItems"][0]["id"]])

    fresh = api.update("carts", cart, {"action": "recalculate"}).json

    assert fresh["totalPrice"]["centAmount"] == 13900 + 590
    assert ordered(api, fresh).status_code == 201


def test_a_price_that_is_gone(api: Api) -> None:
    control(api, "prices", sku="CHAIR-OAK", currency="EUR", centAmount=None)
    error = refusal(api, cart := api.cart("guest"))
    assert (error["code"], error["currency"]) == ("MatchingPriceNotFound", "EUR")
    assert error["productId"] == cart["lineItems"][0]["productId"]
    added = api.update("carts", cart, {"action": "addLineItem", "sku": "CHAIR-OAK"})
    assert code(added) == "400 MatchingPriceNotFound"
    assert ordered(api, api.cart("yen")).status_code == 201


@pytest.mark.parametrize("name", ["guest", "several-shipping"])
def test_a_tax_rate_that_is_gone(api: Api, name: str) -> None:
    control(api, "tax-rates", category="standard", country="FR", present=False)
    error = refusal(api, api.cart(name))
    assert (error["code"], error["country"]) == ("MissingTaxRateForCountry", "FR")
    control(api, "tax-rates", category="standard", country="FR", present=True)
    assert ordered(api, api.cart(name)).status_code == 201


RATE = {"name": "TVA", "amount": 0.2, "country": "FR", "includedInPrice": True}


def external_cart(api: Api, **changes: Any) -> Json:
    draft = {
        "currency": "EUR",
        "taxMode": "External",
        "shippingAddress": {"country": "FR"},
        "lineItems": [{"sku": "CHAIR-OAK", "externalTaxRate": RATE}],
        **changes,
    }
    made = api.post("carts", draft)
    assert made.status_code == 201, made.json
    cart: Json = made.json
    return cart


def test_a_cart_is_taxed_by_the_shops_own_rates(api: Api) -> None:
    cart = external_cart(api)
    assert cart["taxedPrice"]["totalGross"]["centAmount"] == 12900
    assert cart["taxedPrice"]["totalNet"]["centAmount"] == 10750
    assert ordered(api, cart).status_code == 201


@pytest.mark.parametrize("mode", ["External", "ExternalAmount"])
def test_a_cart_that_the_shop_has_not_taxed_whole(api: Api, mode: str) -> None:
    lines = [{"sku": "CHAIR-OAK", "externalTaxRate": RATE}, {"sku": "LAMP-DESK"}]
    cart = external_cart(api, lineItems=lines, taxMode=mode)
    assert "taxedPrice" not in cart
    assert refusal(api, cart)["code"] == "MissingTaxRateForCountry"


def test_the_shops_own_rate_for_shipping_is_needed_too(api: Api) -> None:
    method = {"shippingMethod": {"typeId": "shipping-method", "key": "standard"}}
    assert refusal(api, external_cart(api, **method))["code"] == "MissingTaxRateForCountry"
    taxed = external_cart(api, **method, externalTaxRateForShippingMethod=RATE)
    assert ordered(api, taxed).json["taxedPrice"]["totalGross"]["centAmount"] == 12900 + 590


def test_a_cart_without_taxes_is_ordered(api: Api) -> None:
    order = ordered(api, external_cart(api, taxMode="Disabled")).json
    assert "taxedPrice" not in order
    assert order["totalPrice"]["centAmount"] == 12900


def test_a_country_that_the_store_does_not_sell_to(api: Api) -> None:
    control(api, "stores/fr-store", countries=["BE", "DE"])
    cart = api.cart("guest")
    error = refusal(api, cart)
    assert (error["code"], error["country"]) == ("CountryNotConfiguredInStore", "FR")
    assert error["storeCountries"] == ["BE", "DE"]
    back = {"action": "setCountry", "country": "FR"}
    assert code(api.update("carts", cart, back)) == "400 CountryNotConfiguredInStore"
    assert ordered(api, api.cart("german-store")).status_code == 201


@pytest.mark.parametrize("mode", ["ReserveOnOrder", "ReserveOnCart"])
def test_what_is_out_of_stock(api: Api, mode: str) -> None:
    control(api, "stock", sku="CHAIR-OAK", quantity=1)
    cart = situation(api, "customer", inventoryMode=mode)
    error = refusal(api, cart)
    assert (error["code"], error["skus"]) == ("OutOfStock", ["CHAIR-OAK"])
    assert error["lineItems"] == [cart["lineItems"][0]["id"]]


@pytest.mark.parametrize("mode", ["None", "TrackOnly"])
def test_modes_that_sell_what_is_not_there(api: Api, mode: str) -> None:
    control(api, "stock", sku="CHAIR-OAK", quantity=1)
    assert ordered(api, situation(api, "customer", inventoryMode=mode)).status_code == 201


@pytest.mark.parametrize(
    ("mode", "left"), [("None", 5), ("TrackOnly", 3), ("ReserveOnOrder", 3), ("ReserveOnCart", 3)]
)
def test_an_order_takes_its_pieces(api: Api, mode: str, left: int) -> None:
    control(api, "stock", sku="CHAIR-OAK", quantity=5)
    assert ordered(api, situation(api, "customer", inventoryMode=mode)).status_code == 201
    query = {"where": "sku=:sku", "var.sku": "CHAIR-OAK"}
    (entry,) = api.get("inventory", **query).json["results"]
    assert entry["availableQuantity"] == left


def test_the_last_piece_is_sold_once(api: Api) -> None:
    control(api, "stock", sku="CHAIR-OAK", quantity=1)
    first, second = (situation(api, name, inventoryMode="ReserveOnOrder") for name in ("guest", "exotic"))
    assert ordered(api, first).status_code == 201
    assert refusal(api, second)["code"] == "OutOfStock"


def test_what_another_cart_holds_is_not_there(api: Api) -> None:
    control(api, "stock", sku="CHAIR-OAK", quantity=1)
    holder = situation(api, "guest", inventoryMode="ReserveOnCart")
    assert refusal(api, situation(api, "exotic", inventoryMode="ReserveOnOrder"))["code"] == "OutOfStock"
    assert ordered(api, holder).status_code == 201


def test_a_line_may_have_an_inventory_mode_of_its_own(api: Api) -> None:
    control(api, "stock", sku="CHAIR-OAK", quantity=0)
    draft = {
        "currency": "EUR",
        "shippingAddress": {"country": "FR"},
        "lineItems": [{"sku": "CHAIR-OAK", "inventoryMode": "ReserveOnOrder"}, {"sku": "LAMP-DESK"}],
    }
    error = refusal(api, api.post("carts", draft).json)
    assert (error["code"], error["skus"]) == ("OutOfStock", ["CHAIR-OAK"])


@pytest.mark.parametrize("trouble", ["OutOfStock", "ExtensionNoResponse", "CodeOfNextYear"])
def test_the_next_orders_are_refused_and_then_no_more(api: Api, trouble: str) -> None:
    control(api, "orders/trouble", code=trouble, times=2)
    assert [refusal(api, api.cart(name))["code"] for name in ("guest", "customer")] == [trouble] * 2
    assert ordered(api, api.cart("guest")).status_code == 201


def test_all_orders_are_refused_until_it_ends(api: Api) -> None:
    control(api, "orders/trouble", code="InvalidInput")
    assert [refusal(api, api.cart("guest"))["code"] for _ in range(5)] == ["InvalidInput"] * 5
    assert api.http.get("/_control/orders/trouble").json["code"] == "InvalidInput"
    control(api, "orders/trouble", code=None)
    assert ordered(api, api.cart("guest")).status_code == 201


def test_a_reset_ends_whatever_was_set(api: Api) -> None:
    control(api, "orders/trouble", code="OutOfStock")
    control(api, "orders/without-address", allowed="never")
    control(api, "prices", sku="CHAIR-OAK", currency="EUR", centAmount=1)
    api.http.post("/_control/reset")
    assert ordered(api, api.cart("guest")).status_code == 201
    assert ordered(api, api.cart("digital")).status_code == 201


def test_a_cart_outlives_its_customer(api: Api) -> None:
    before = api.cart("customer")
    cart = situation(api, "customer", customer="gone")
    assert cart["customerId"] == before["customerId"]
    assert cart["customerEmail"] == before["customerEmail"]
    assert code(api.get(f"customers/{cart['customerId']}")) == "404 ResourceNotFound"


def test_a_payment_cannot_name_a_customer_who_is_gone(api: Api) -> None:
    cart = situation(api, "customer", customer="gone")
    customer = {"typeId": "customer", "id": cart["customerId"]}
    draft = {"amountPlanned": {"centAmount": 1, "currencyCode": "EUR"}}

    assert code(api.post("payments", {**draft, "customer": customer})) == "400 ReferencedResourceNotFound"
    guest = attach(api, cart, api.payment()).json
    assert ordered(api, guest).json["customerId"] == cart["customerId"]
