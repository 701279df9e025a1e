from collections.abc import Callable

import pytest

from tests.sandbox.commercetools.conftest import Api, Json, attach, code

DRAFT: Json = {"currency": "EUR", "lineItems": [{"sku": "LAMP-DESK"}]}
PARIS: Json = {"country": "FR", "city": "Paris", "postalCode": "75002"}


def _line(cart: Json) -> str:
    line_id: str = cart["lineItems"][0]["id"]
    return line_id


def test_cart_from_a_draft_is_active_and_priced(api: Api) -> None:
    cart = api.post("carts", DRAFT).json

    assert cart["cartState"] == "Active"
    assert cart["totalPrice"]["centAmount"] == 4990
    assert cart["totalLineItemQuantity"] == 1
    assert "taxedPrice" not in cart


def test_customers_cart_takes_the_email(api: Api) -> None:
    customer = api.get("customers/key=jean-dupont").json

    cart = api.post("carts", {**DRAFT, "customerId": customer["id"]}).json

    assert cart["customerEmail"] == "jean.dupont@example.com"


def test_added_lines_change_the_total(api: Api) -> None:
    cart = api.cart("guest")

    changed = api.update("carts", cart, {"action": "addLineItem", "sku": "LAMP-DESK", "quantity": 2}).json

    assert changed["totalPrice"]["centAmount"] == cart["totalPrice"]["centAmount"] + 2 * 4990
    assert changed["taxedPrice"]["totalGross"] == changed["totalPrice"]


def test_same_product_again_raises_the_quantity(api: Api) -> None:
    changed = api.update("carts", api.cart("guest"), {"action": "addLineItem", "sku": "CHAIR-OAK"}).json

    assert [item["quantity"] for item in changed["lineItems"]] == [2]


def test_quantity_changes_and_zero_removes_the_line(api: Api) -> None:
    cart = api.cart("guest")
    change = {"action": "changeLineItemQuantity", "lineItemId": _line(cart)}

    three = api.update("carts", cart, {**change, "quantity": 3}).json
    none = api.update("carts", three, {**change, "quantity": 0}).json

    assert three["totalPrice"]["centAmount"] == 3 * 12900 + 590
    assert (none["lineItems"], none["totalPrice"]["centAmount"]) == ([], 590)
    assert "totalLineItemQuantity" not in none


def test_line_can_be_removed_in_part(api: Api) -> None:
    cart = api.cart("frozen")
    thawed = api.update("carts", cart, {"action": "unfreezeCart"}).json

    action = {"action": "removeLineItem", "lineItemId": _line(cart), "quantity": 1}

    assert api.update("carts", thawed, action).json["lineItems"][0]["quantity"] == 2


def test_product_without_a_price_in_the_currency_is_refused(api: Api) -> None:
    answer = api.update("carts", api.cart("dinar"), {"action": "addLineItem", "sku": "BOOK-DESIGN"})

    assert code(answer) == "400 MatchingPriceNotFound"
    assert answer.json["errors"][0]["currency"] == "KWD"


def test_address_in_a_country_without_tax_rate_is_refused(api: Api) -> None:
    action = {"action": "setShippingAddress", "address": {"country": "BR"}}

    assert code(api.update("carts", api.cart("guest"), action)) == "400 MissingTaxRateForCountry"


def test_removed_shipping_address_takes_taxes_and_shipping_along(api: Api) -> None:
    cart = api.update("carts", api.cart("guest"), {"action": "setShippingAddress"}).json

    assert not {"taxedPrice", "shippingInfo", "shippingAddress"} & cart.keys()
    assert cart["totalPrice"]["centAmount"] == 12900


def test_shipping_method_needs_a_shipping_address(api: Api) -> None:
    method = {
        "action": "setShippingMethod",
        "shippingMethod": {"typeId": "shipping-method", "key": "express"},
    }

    assert code(api.update("carts", api.cart("digital"), method)) == "400 InvalidOperation"
    changed = api.update("carts", api.cart("guest"), method).json
    assert changed["totalPrice"]["centAmount"] == 12900 + 1490


def test_custom_shipping_method_is_priced_and_taxed(api: Api) -> None:
    action = {
        "action": "setCustomShippingMethod",
        "shippingMethodName": "Coursier",
        "shippingRate": {"price": {"centAmount": 1200, "currencyCode": "EUR"}},
        "taxCategory": {"typeId": "tax-category", "key": "standard"},
    }

    cart = api.update("carts", api.cart("guest"), action).json

    assert cart["taxedShippingPrice"]["totalNet"]["centAmount"] == 1000
    assert cart["taxedPrice"]["totalGross"]["centAmount"] == 14100


def test_addresses_email_and_locale_are_set(api: Api) -> None:
    cart = api.update(
        "carts",
        api.cart("guest"),
        {"action": "setBillingAddress", "address": PARIS},
        {"action": "setCustomerEmail", "email": "other@example.com"},
        {"action": "setLocale", "locale": "en"},
    ).json

    assert (cart["billingAddress"], cart["customerEmail"], cart["locale"]) == (
        PARIS,
        "other@example.com",
        "en",
    )


def test_unknown_member_of_an_address_is_refused(api: Api) -> None:
    action = {"action": "setBillingAddress", "address": {**PARIS, "street": "x"}}

    assert code(api.update("carts", api.cart("guest"), action)) == "400 InvalidJsonInput"


def test_recalculation_of_a_fresh_cart_changes_nothing(api: Api) -> None:
    cart = api.cart("discounted")

    assert api.update("carts", cart, {"action": "recalculate"}).json == cart


def test_payment_is_added_once(api: Api) -> None:
    payment = api.payment()

    added = attach(api, api.cart("guest"), payment).json
    again = attach(api, added, payment).json

    assert added["paymentInfo"]["payments"] == [{"typeId": "payment", "id": payment["id"]}]
    assert again == added


def test_payment_of_another_cart_is_refused(api: Api) -> None:
    payment = api.payment()
    attach(api, api.cart("guest"), payment)

    assert code(attach(api, api.cart("customer"), payment)) == "400 InvalidOperation"


def test_last_removed_payment_takes_the_payment_info_along(api: Api) -> None:
    payment = api.payment()
    cart = attach(api, api.cart("guest"), payment).json
    action = {"action": "removePayment", "payment": {"typeId": "payment", "id": payment["id"]}}

    removed = api.update("carts", cart, action).json

    assert "paymentInfo" not in removed
    assert code(api.update("carts", removed, action)) == "400 InvalidOperation"
    assert attach(api, api.cart("customer"), payment).status_code == 200


def test_frozen_cart_takes_a_payment_and_keeps_its_price(api: Api) -> None:
    frozen = api.cart("frozen")

    paid = attach(api, frozen, api.payment()).json

    assert (paid["cartState"], paid["freezeStrategy"]) == ("Frozen", "SoftFreeze")
    assert paid["totalPrice"] == frozen["totalPrice"]
    refusal = api.update("carts", paid, {"action": "addLineItem", "sku": "LAMP-DESK"})
    assert code(refusal) == "400 InvalidOperation"


def test_cart_is_thawed_and_frozen(api: Api) -> None:
    thawed = api.update("carts", api.cart("frozen"), {"action": "unfreezeCart"}).json
    hard = api.update("carts", thawed, {"action": "freezeCart", "strategy": "HardFreeze"}).json

    assert (thawed["cartState"], hard["cartState"]) == ("Active", "Frozen")
    assert hard["freezeStrategy"] == "HardFreeze"
    assert code(api.update("carts", api.cart("guest"), {"action": "unfreezeCart"})) == "400 InvalidOperation"


def test_empty_cart_is_not_frozen(api: Api) -> None:
    assert code(api.update("carts", api.cart("empty"), {"action": "freezeCart"})) == "400 InvalidOperation"


def test_locked_cart_forbids_every_update(api: Api) -> None:
    assert code(attach(api, api.cart("locked"), api.payment())) == "400 InvalidOperation"


@pytest.mark.parametrize("action", ["lockCart", "unlockCart"])
def test_locks_need_their_own_scope(api: Api, action: str) -> None:
    assert code(api.update("carts", api.cart("locked"), {"action": action})) == "403 insufficient_scope"


def test_service_desk_edits_locked_carts(login: Callable[..., Api]) -> None:
    desk = login("service-desk", "service-desk-secret")
    cart = desk.cart("locked")

    edited = desk.update("carts", cart, {"action": "setLocale", "locale": "en"}).json
    unlocked = desk.update("carts", edited, {"action": "unlockCart"}).json

    assert cart["lock"]["clientId"] == "service-desk"
    assert "lock" not in unlocked


def test_merged_cart_is_closed(api: Api) -> None:
    assert code(attach(api, api.cart("merged"), api.payment())) == "400 InvalidOperation"
