"""What carts may hold that few shops use: business units, finer prices, scripts in locales, product types."""

import pytest

from sandbox.commercetools.seed import cart_id
from tests.sandbox.commercetools.conftest import Api, Json, code
from tests.sandbox.commercetools.test_order_rules import ordered

FINE: Json = {"type": "highPrecision", "currencyCode": "EUR", "preciseAmount": 12345, "fractionDigits": 5}


def cart_of(api: Api, **changes: object) -> Json:
    made = api.post("carts", {"currency": "EUR", "shippingAddress": {"country": "FR"}, **changes})
    assert made.status_code == 201, made.json
    cart: Json = made.json
    return cart


def test_a_cart_of_a_business_unit_names_it_by_key(api: Api) -> None:
    unit = {"typeId": "business-unit", "key": "atelier-lefevre"}
    cart = cart_of(api, businessUnit=unit, lineItems=[{"sku": "CHAIR-OAK"}])
    assert cart["businessUnit"] == unit
    assert ordered(api, cart).json["businessUnit"] == unit
    query = {"where": "businessUnit(key=:key)", "var.key": "atelier-lefevre"}
    assert cart["id"] in [found["id"] for found in api.get("carts", **query).json["results"]]


def test_an_unknown_business_unit_is_refused(api: Api) -> None:
    unit = {"typeId": "business-unit", "key": "elsewhere"}
    refused = api.post("carts", {"currency": "EUR", "businessUnit": unit})
    assert code(refused) == "400 ReferencedResourceNotFound"


def test_a_finer_price_is_rounded_once_a_line(api: Api) -> None:
    """1.235 cents a screw: seven cost 8.645 cents, and not seven times one cent."""
    line = cart_of(api, lineItems=[{"sku": "SCREW-BRASS", "quantity": 7}])["lineItems"][0]
    assert line["price"]["value"] == {
        "type": "highPrecision",
        "currencyCode": "EUR",
        "centAmount": 1,
        "preciseAmount": 1235,
        "fractionDigits": 5,
    }
    assert (line["totalPrice"]["type"], line["totalPrice"]["centAmount"]) == ("centPrecision", 9)


def test_a_custom_line_may_have_a_finer_price(api: Api) -> None:
    line = {"name": {"en": "Cable, by the metre"}, "slug": "cable", "quantity": 100, "money": FINE}
    cart = cart_of(api, customLineItems=[line])
    assert cart["customLineItems"][0]["money"] == {**FINE, "centAmount": 12}
    assert cart["totalPrice"]["centAmount"] == 1234


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"fractionDigits": 2}, "400 InvalidInput"),
        ({"centAmount": 14}, "400 InvalidInput"),
        ({"preciseAmount": "12345"}, "400 InvalidJsonInput"),
    ],
)
def test_a_finer_price_that_contradicts_itself_is_refused(api: Api, changes: Json, refusal: str) -> None:
    line = {"name": {"en": "Cable"}, "slug": "cable", "money": {**FINE, **changes}}
    draft = {"currency": "EUR", "customLineItems": [line]}
    assert code(api.post("carts", draft)) == refusal


def test_a_payment_takes_no_finer_amount(api: Api) -> None:
    assert code(api.post("payments", {"amountPlanned": FINE})) == "400 InvalidJsonInput"


@pytest.mark.parametrize("locale", ["zh-Hant", "zh-Hant-TW", "es-419", "fil", "de"])
def test_a_locale_is_any_language_tag(api: Api, locale: str) -> None:
    assert cart_of(api, locale=locale)["locale"] == locale
    line = {"name": {locale: "Name"}, "slug": "line", "money": {"centAmount": 1, "currencyCode": "EUR"}}
    assert cart_of(api, customLineItems=[line])["customLineItems"][0]["name"] == {locale: "Name"}


@pytest.mark.parametrize("locale", ["zh_Hant", "ZH", "zh-hant", "chinese"])
def test_what_is_no_language_tag_is_refused(api: Api, locale: str) -> None:
    assert code(api.post("carts", {"currency": "EUR", "locale": locale})) == "400 InvalidJsonInput"


@pytest.mark.parametrize(("name", "kind"), [("guest", "furniture"), ("digital", "digital")])
def test_a_lines_product_type_is_known_once_it_is_expanded(api: Api, name: str, kind: str) -> None:
    path = f"carts/{cart_id(name)}"
    plain = api.get(path).json["lineItems"][0]["productType"]
    expanded = api.get(path, expand="lineItems[*].productType").json["lineItems"][0]["productType"]
    assert plain == {"typeId": "product-type", "id": expanded["obj"]["id"]}
    assert expanded["obj"]["key"] == kind
    assert api.get(f"product-types/key={kind}").json == expanded["obj"]
