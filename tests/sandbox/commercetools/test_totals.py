from collections.abc import Iterator

import pytest

from sandbox.commercetools.carts.totals import taxed
from sandbox.commercetools.seed import SITUATIONS
from tests.sandbox.commercetools.conftest import Api, Json

TAXED_PRICES = ("taxedPrice", "taxedShippingPrice")


def _cents(money: Json) -> int:
    amount: int = money["centAmount"]
    return amount


def _infos(cart: Json) -> list[Json]:
    single = [cart["shippingInfo"]] if "shippingInfo" in cart else []
    return single + [entry["shippingInfo"] for entry in cart["shipping"]]


def test_parts_of_every_seed_cart_add_up(api: Api) -> None:
    carts = {name: api.cart(name) for name in SITUATIONS}
    assert [name for name, cart in carts.items() if _cents(cart["totalPrice"]) != _sum_of_parts(cart)] == []


def _sum_of_parts(cart: Json) -> int:
    lines = sum(_cents(item["totalPrice"]) for item in cart["lineItems"] + cart["customLineItems"])
    prices = [info.get("discountedPrice", {}).get("value", info["price"]) for info in _infos(cart)]
    discount = cart.get("discountOnTotalPrice")
    off = _cents(discount["discountedAmount"]) if discount else 0
    return lines + sum(map(_cents, prices)) - off


def test_taxes_of_every_seed_cart_add_up(api: Api) -> None:
    carts = {name: api.cart(name) for name in SITUATIONS}
    taxes = [(name, cart.get(member)) for name, cart in carts.items() for member in TAXED_PRICES]
    assert [name for name, price in taxes if price and not _adds_up(price)] == []


def _adds_up(price: Json) -> bool:
    portions = sum(_cents(portion["amount"]) for portion in price["taxPortions"])
    tax = _cents(price["totalGross"]) - _cents(price["totalNet"])
    return tax == _cents(price["totalTax"]) == portions


def test_money_of_every_seed_cart_is_written_in_full(api: Api) -> None:
    digits = {"EUR": 2, "JPY": 0, "KWD": 3}
    found = [(name, money) for name in SITUATIONS for money in _money_in(api.cart(name))]
    whole = [each for each in found if each[1]["type"] == "centPrecision"]
    finer = [each for each in found if each[1]["type"] == "highPrecision"]
    assert len(whole) + len(finer) == len(found)
    assert [each for each in whole if each[1]["fractionDigits"] != digits[each[1]["currencyCode"]]] == []
    assert [each for each in finer if each[1]["fractionDigits"] <= digits[each[1]["currencyCode"]]] == []


def _money_in(value: object) -> Iterator[Json]:
    if isinstance(value, dict):
        if "centAmount" in value:
            yield value
        for member in value.values():
            yield from _money_in(member)
    elif isinstance(value, list):
        for element in value:
            yield from _money_in(element)


@pytest.mark.parametrize(
    ("rate", "included", "net", "gross"),
    [
        (0.2, True, 8333, 10000),
        (0.055, True, 9479, 10000),
        (0.0255, True, 9751, 10000),
        (0.0255, False, 10000, 10255),
    ],
)
def test_tax_is_exact(rate: float, included: bool, net: int, gross: int) -> None:
    price = taxed(10000, currency="EUR", rate={"amount": rate, "name": "tax", "includedInPrice": included})

    assert (_cents(price["totalNet"]), _cents(price["totalGross"])) == (net, gross)


def test_known_totals_of_telling_carts(api: Api) -> None:
    due = {
        name: _cents(cart.get("taxedPrice", {}).get("totalGross", cart["totalPrice"]))
        for name in ("guest", "refused", "free", "net-prices", "digital", "yen", "dinar", "discounted")
        for cart in [api.cart(name)]
    }

    assert due == {
        "guest": 13490,
        "refused": 33305,
        "free": 0,
        "net-prices": 60588,
        "digital": 1800,
        "yen": 35560,
        "dinar": 19255,
        "discounted": 51363,
    }


def test_net_prices_make_the_gross_larger_than_the_total(api: Api) -> None:
    cart = api.cart("net-prices")

    assert _cents(cart["taxedPrice"]["totalGross"]) > _cents(cart["totalPrice"])


def test_cart_without_shipping_address_is_not_taxed(api: Api) -> None:
    cart = api.cart("digital")

    assert not {"taxedPrice", "taxedShippingPrice", "shippingInfo", "shippingAddress"} & cart.keys()
    assert "taxRate" not in cart["lineItems"][0]


def test_line_discount_shows_price_per_quantity(api: Api) -> None:
    chair, lamp = api.cart("discounted")["lineItems"]

    assert _cents(chair["discountedPricePerQuantity"][0]["discountedPrice"]["value"]) == 11610
    assert _cents(chair["totalPrice"]) == 4 * 11610
    assert _cents(lamp["price"]["discounted"]["value"]) == 5925
    assert _cents(lamp["totalPrice"]) == 5333


def test_lines_of_several_shipping_methods_are_taxed_by_destination(api: Api) -> None:
    chair = api.cart("several-shipping")["lineItems"][0]

    rates = {entry["shippingMethodKey"]: entry["taxRate"]["country"] for entry in chair["perMethodTaxRate"]}
    gross = [_cents(part["taxedPrice"]["totalGross"]) for part in chair["taxedPricePortions"]]
    assert rates == {"to-home": "FR", "to-parents": "DE"}
    assert gross == [25800, 12900]
