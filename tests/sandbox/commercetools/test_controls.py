from sandbox.commercetools.seed import SITUATIONS, cart_id
from tests.sandbox.commercetools.conftest import Api, attach, code
from tests.sandbox.commercetools.json_client import JsonClient


def test_reset_goes_back_to_the_seed_and_keeps_tokens(api: Api) -> None:
    attach(api, api.cart("guest"), api.payment(key="mine"))

    api.http.post("/_control/reset")

    assert "paymentInfo" not in api.cart("guest")
    assert code(api.get("payments/key=mine")) == "404 ResourceNotFound"
    assert api.payment(key="mine")["version"] == 1


def test_carts_are_listed_with_their_stories(http: JsonClient) -> None:
    rows = http.get("/_control/carts").json

    assert {row["name"]: row["id"] for row in rows} == {name: cart_id(name) for name in SITUATIONS}


def test_ids_of_the_seed_are_the_same_at_every_start(api: Api) -> None:
    assert cart_id("guest") == "c0000000-0000-4000-8000-000000000001"
    assert all(api.cart(name)["id"] == cart_id(name) for name in SITUATIONS)


def test_whole_document_becomes_a_cart_with_its_own_total(api: Api) -> None:
    total = {"type": "centPrecision", "currencyCode": "EUR", "centAmount": 4242, "fractionDigits": 2}

    made = api.http.post("/_control/carts", json={"totalPrice": total, "cartState": "Active", "locale": "fr"})

    cart = api.get(f"carts/{made.json['id']}").json
    assert (cart["totalPrice"], cart["version"], cart["lineItems"]) == (total, 1, [])


def test_copied_document_gets_its_totals_anew(api: Api) -> None:
    copy = {
        name: value for name, value in api.cart("guest").items() if name not in ("id", "key", "totalPrice")
    }

    made = api.http.post("/_control/carts", json=copy).json

    assert made["id"] != cart_id("guest")
    assert made["totalPrice"]["centAmount"] == 13490


def test_products_of_no_catalogue_are_kept_through_updates(api: Api) -> None:
    line = {**api.cart("guest")["lineItems"][0], "variant": {"id": 1, "sku": "ELSEWHERE"}}
    made = api.http.post("/_control/carts", json={"lineItems": [line], "country": "FR"}).json

    cart = attach(api, made, api.payment()).json
    grown = api.update("carts", cart, {"action": "addLineItem", "sku": "LAMP-DESK"}).json

    assert [item["variant"]["sku"] for item in grown["lineItems"]] == ["ELSEWHERE", "LAMP-DESK"]
    assert grown["totalPrice"]["centAmount"] == 12900 + 4990


def test_trouble_needs_a_cart(http: JsonClient) -> None:
    path = "/_control/carts/c0000000-0000-4000-8000-00000000ffff/trouble"

    assert code(http.post(path, json={"code": "OutOfStock"})) == "404 ResourceNotFound"


def test_dump_shows_every_kind(http: JsonClient) -> None:
    assert {"cart", "customer", "payment", "store", "session"} <= http.get("/_control/dump").json.keys()


def test_gift_card_holds_part_of_its_carts_total(api: Api) -> None:
    cart = api.get(f"carts/{cart_id('gift-card')}", expand="paymentInfo.payments[*]").json

    payment = cart["paymentInfo"]["payments"][0]["obj"]
    assert payment["paymentMethodInfo"]["paymentInterface"] == "gift-cards"
    assert payment["transactions"][0]["amount"]["centAmount"] < cart["totalPrice"]["centAmount"]


def test_seed_has_the_situations_that_are_not_payable(api: Api) -> None:
    assert api.cart("empty")["lineItems"] == []
    assert api.cart("free")["taxedPrice"]["totalGross"]["centAmount"] == 0
    assert api.cart("merged")["cartState"] == "Merged"
    assert "lock" in api.cart("locked")
    assert "billingAddress" not in api.cart("no-billing-address")
    assert "store" not in api.cart("no-store")
    assert api.cart("other-store")["store"]["key"] == "xx-store"
