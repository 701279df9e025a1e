from datetime import UTC, datetime
from typing import Any

import pytest

from monext_bridge.domain.record.cart import CartLine, Delivery
from monext_bridge.mapping.commercetools.answers import read_cart
from tests.builders import Json, a_cart_json, a_line_json, shipping_info_json

EXPRESS: Json = {
    "deliveryMode": "PICKUP_POINT",
    "deliveryTimeframe": "OVERNIGHT",
    "deliveryDate": "2026-11-24T09:00:00.000Z",
}


def line_with(*, attributes: Json, fields: Json | None = None, language: str = "fr") -> CartLine:
    listed = [{"name": name, "value": value} for name, value in attributes.items()]
    line = a_line_json(
        variant={"id": 1, "sku": "LCO-034", "attributes": listed},
        custom={"type": {"typeId": "type", "id": "t"}, "fields": fields or {}},
    )
    return read_cart(a_cart_json(lineItems=[line]), language=language).lines[0]


def deliveries(**members: Any) -> tuple[Delivery, ...]:
    return read_cart(a_cart_json(**members)).deliveries


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("Ercol", "Ercol"),
        ({"fr": "Chaises SA", "en": "Chairs Ltd"}, "Chaises SA"),
        ({"key": "ercol", "label": "Ercol"}, "Ercol"),
        ({"key": "ercol", "label": {"fr": "Ercol France", "en": "Ercol"}}, "Ercol France"),
        ({"typeId": "key-value-document", "id": "ercol"}, None),
        (["Ercol"], None),
        (5, None),
        (None, None),
    ],
)
def test_the_brand_of_an_item_is_an_attribute_of_its_variant(value: Any, read: str | None) -> None:
    assert line_with(attributes={"brand": value}).brand == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("500010001", "500010001"),
        (5, "5"),
        ({"key": "5", "label": "Sport"}, "5"),
        ({"en": "Sport"}, None),
        (True, None),
        (["5"], None),
    ],
)
def test_the_category_of_an_item_is_a_code(value: Any, read: str | None) -> None:
    assert line_with(attributes={"monextCategory": value}).category == read


def test_a_category_of_the_shops_own_is_none_of_monext() -> None:
    assert line_with(attributes={"category": "5"}).category is None


def test_a_custom_field_of_a_line_comes_before_an_attribute() -> None:
    line = line_with(
        attributes={"brand": "Ercol", "seller": "Us", "monextCategory": "5"},
        fields={"seller": "A friend", "monextCategory": ""},
    )
    assert (line.brand, line.seller, line.category) == ("Ercol", "A friend", "5")


def test_a_custom_line_is_described_by_its_custom_fields() -> None:
    wrap = a_line_json(variant=None, slug="wrap", custom={"fields": {"brand": "Nobody"}})
    assert read_cart(a_cart_json(customLineItems=[wrap])).lines[1].brand == "Nobody"


def test_a_delivery_is_described_by_custom_fields_of_the_shipping_method() -> None:
    (delivery,) = deliveries(shippingCustomFields={"fields": EXPRESS})
    expected = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert (delivery.mode, delivery.timeframe, delivery.expected_at) == (
        "PICKUP_POINT",
        "OVERNIGHT",
        expected,
    )


def test_each_of_several_deliveries_has_its_own_description() -> None:
    shipping = [
        {"shippingInfo": shipping_info_json(), "shippingCustomFields": {"fields": EXPRESS}},
        {"shippingInfo": shipping_info_json()},
    ]
    found = deliveries(shippingInfo=None, shipping=shipping)
    assert [delivery.mode for delivery in found] == ["PICKUP_POINT", None]


def test_a_cart_that_describes_nothing_has_no_description() -> None:
    cart = read_cart(a_cart_json())
    line, delivery = cart.lines[0], cart.deliveries[0]
    assert (line.brand, line.category, line.seller) == (None, None, None)
    assert (delivery.mode, delivery.timeframe, delivery.expected_at) == (None, None, None)
