from collections.abc import Callable

import pytest

from sandbox.commercetools.catalogue import PRODUCTS
from tests.sandbox.commercetools.conftest import Api, Json, code


def product(api: Api, sku: str, **query: str) -> Json:
    found: Json = api.get(f"product-projections/key={sku.lower()}", **query).json
    return found


def test_the_whole_catalogue_is_published(api: Api) -> None:
    results = api.get("product-projections", limit=500).json["results"]
    assert [each["masterVariant"]["sku"] for each in results] == list(PRODUCTS)
    assert all(each["published"] for each in results)


def test_a_product_is_the_one_that_a_line_names(api: Api) -> None:
    line = api.cart("guest")["lineItems"][0]
    assert product(api, "CHAIR-OAK")["id"] == line["productId"]
    assert product(api, "CHAIR-OAK")["name"] == line["name"]


def test_the_currency_that_is_asked_for_selects_a_price(api: Api) -> None:
    assert "price" not in product(api, "CHAIR-OAK")["masterVariant"]
    chosen = product(api, "CHAIR-OAK", priceCurrency="JPY", priceCountry="JP")["masterVariant"]["price"]
    assert chosen["value"]["centAmount"] == 19800
    assert "price" not in product(api, "TABLE-WALNUT", priceCurrency="JPY")["masterVariant"]


def test_a_sale_price_is_told_beside_the_price(api: Api) -> None:
    price = product(api, "LAMP-SALE", priceCurrency="EUR")["masterVariant"]["price"]
    assert (price["value"]["centAmount"], price["discounted"]["value"]["centAmount"]) == (7900, 5925)


def test_a_country_without_a_currency_selects_nothing(api: Api) -> None:
    assert code(api.get("product-projections", priceCountry="FR")) == "400 InvalidInput"


def test_a_price_that_changed_is_the_price(api: Api) -> None:
    change = {"sku": "CHAIR-OAK", "currency": "EUR", "centAmount": 99}
    api.http.post("/_control/prices", json=change)
    assert (
        product(api, "CHAIR-OAK", priceCurrency="EUR")["masterVariant"]["price"]["value"]["centAmount"] == 99
    )


def test_products_may_be_searched_by_sku(api: Api) -> None:
    found = api.get("product-projections", where='masterVariant(sku in ("LAMP-DESK", "PLAN-PDF"))').json
    assert sorted(each["key"] for each in found["results"]) == ["lamp-desk", "plan-pdf"]


@pytest.mark.parametrize(("client", "status"), [("shop", 200), ("reader", 403), ("back-office", 403)])
def test_the_shop_may_read_products_and_who_has_no_scope_for_them_may_not(
    login: Callable[..., Api], client: str, status: int
) -> None:
    assert login(client, f"{client}-secret").get("product-projections").status_code == status


def test_nobody_changes_a_product_here(api: Api) -> None:
    assert api.post("product-projections", {}).status_code == 405
