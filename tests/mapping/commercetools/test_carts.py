from decimal import Decimal
from typing import Any

import pytest

from monext_bridge.domain.record.cart import Address, CartState, NotPayable
from monext_bridge.mapping.commercetools.answers import UnreadableResource, read_cart
from monext_bridge.mapping.commercetools.carts import ADDRESS_FIELDS
from monext_bridge.mapping.commercetools.descriptions import name_in
from tests.builders import (
    PAYMENT_ID,
    a_cart,
    a_cart_json,
    a_line,
    a_line_json,
    a_payment,
    a_payment_json,
    an_address_json,
    eur,
    money_json,
    shipping_info_json,
)


def test_a_cart_is_read_with_all_its_fields() -> None:
    assert read_cart(a_cart_json()) == a_cart(lines=(a_line(name="Chaise"),))


def test_lines_and_delivery_less_discount_are_the_total() -> None:
    body = a_cart_json(
        totalPrice=money_json(10100),
        taxedPrice={"totalNet": money_json(8417), "totalGross": money_json(10100)},
        discountOnTotalPrice={
            "discountedAmount": money_json(1000),
            "discountedGrossAmount": money_json(1000),
        },
    )
    cart = read_cart(body)
    assert cart.discount is not None
    parts = sum(line.total.cent_amount for line in cart.lines) + cart.deliveries[0].charge.cent_amount
    assert parts - cart.discount.cent_amount == cart.total.cent_amount


def test_the_total_includes_taxes_that_are_not_in_the_prices() -> None:
    cart = read_cart(
        a_cart_json(
            totalPrice=money_json(10000),
            taxedPrice={"totalNet": money_json(10000), "totalGross": money_json(12000)},
        )
    )
    assert cart.total == eur(12000)


def test_taxes_are_gross_less_net_where_no_total_is_given() -> None:
    taxed = {"totalNet": money_json(9250), "totalGross": money_json(11100)}
    assert read_cart(a_cart_json(taxedPrice=taxed)).taxes == eur(1850)


def test_a_cart_without_taxes_claims_none() -> None:
    cart = read_cart(a_cart_json(taxedPrice=None))
    assert (cart.total, cart.taxes) == (eur(11100), None)


def test_lines_are_gross_where_the_total_is() -> None:
    line = a_line_json(totalPrice=money_json(8833))
    assert read_cart(a_cart_json(lineItems=[line])).lines[0].total == eur(10600)


def test_lines_are_net_where_the_total_is() -> None:
    line = a_line_json(totalPrice=money_json(8833))
    cart = read_cart(a_cart_json(taxedPrice=None, lineItems=[line]))
    assert cart.lines[0].total == eur(8833)


def test_a_tax_rate_is_exact() -> None:
    line = a_line_json(taxRate={"name": "Corse", "amount": Decimal("0.0255"), "includedInPrice": True})
    assert read_cart(a_cart_json(lineItems=[line])).lines[0].tax_rate == Decimal("0.0255")


@pytest.mark.parametrize(
    ("rates", "read"),
    [(["0.2", "0.2"], Decimal("0.2")), (["0.2", "0.055"], None), ([None], None), ([], None)],
)
def test_a_line_shipped_by_several_methods_has_the_rate_they_share(
    rates: list[str | None], read: Decimal | None
) -> None:
    by_method = [{"shippingMethodKey": "a", "taxRate": {"amount": Decimal(r)} if r else None} for r in rates]
    line = a_line_json(taxRate=None, perMethodTaxRate=by_method)
    assert read_cart(a_cart_json(lineItems=[line])).lines[0].tax_rate == read


def test_a_custom_line_is_a_line_named_by_its_slug() -> None:
    custom = {
        "id": "c1",
        "slug": "gift-wrapping",
        "name": {"en": "Gift wrapping", "fr": "Emballage cadeau"},
        "money": money_json(400),
        "quantity": 1,
        "totalPrice": money_json(400),
    }
    line = read_cart(a_cart_json(customLineItems=[custom])).lines[-1]
    assert (line.reference, line.name, line.total) == ("gift-wrapping", "Emballage cadeau", eur(400))


def test_a_line_without_sku_is_named_by_its_product() -> None:
    assert read_cart(a_cart_json(lineItems=[a_line_json(variant={"id": 1})])).lines[0].reference == "chair"


def test_a_line_without_a_name_is_called_by_its_reference() -> None:
    assert read_cart(a_cart_json(lineItems=[a_line_json(name={})])).lines[0].name == "LCO-034"


@pytest.mark.parametrize(
    ("info", "charge"),
    [
        (shipping_info_json(), 500),
        (shipping_info_json(taxedPrice=None, discountedPrice={"value": money_json(300)}), 300),
        (shipping_info_json(taxedPrice=None), 500),
        (
            shipping_info_json(
                price=money_json(400), taxedPrice={"totalNet": money_json(400), "totalGross": money_json(480)}
            ),
            480,
        ),
    ],
)
def test_the_charge_is_taxed_else_discounted_else_the_price(info: dict[str, Any], charge: int) -> None:
    assert read_cart(a_cart_json(shippingInfo=info)).deliveries[0].charge == eur(charge)


def test_several_shipping_methods_are_several_deliveries_with_their_addresses() -> None:
    several = [
        {
            "shippingKey": "a",
            "shippingInfo": shipping_info_json(),
            "shippingAddress": an_address_json(city="Lyon"),
        },
        {"shippingKey": "b", "shippingInfo": shipping_info_json(shippingMethodName="Chronopost")},
    ]
    cart = read_cart(
        a_cart_json(shippingMode="Multiple", shippingInfo=None, shippingAddress=None, shipping=several)
    )
    assert [(d.method, d.address and d.address.city) for d in cart.deliveries] == [
        ("Colissimo", "Lyon"),
        ("Chronopost", None),
    ]


def test_a_cart_without_a_shipping_method_has_no_delivery() -> None:
    cart = read_cart(a_cart_json(shippingInfo=None, shippingAddress=None))
    assert (cart.deliveries, cart.shipping_address) == ((), None)


CODE_STATES = {
    "MatchesCart": False,
    "ApplicationStoppedByGroupBestDeal": False,
    "SomethingNew": False,
    None: False,
    "NotActive": True,
    "NotValid": True,
    "DoesNotMatchCart": True,
    "MaxApplicationReached": True,
    "ApplicationStoppedByPreviousDiscount": True,
}


@pytest.mark.parametrize(("state", "refused"), CODE_STATES.items())
def test_a_discount_code_is_an_obstacle_by_its_state(state: str | None, refused: bool) -> None:
    code = {"discountCode": {"typeId": "discount-code", "id": "d1"}} | ({"state": state} if state else {})
    fine = {"discountCode": {"typeId": "discount-code", "id": "d2"}, "state": "MatchesCart"}
    obstacles = read_cart(a_cart_json(discountCodes=[fine, code])).obstacles
    assert obstacles == ({NotPayable.DISCOUNT_CODE} if refused else set())


METHOD_STATES = {"MatchesCart": False, "SomethingNew": False, None: False, "DoesNotMatchCart": True}


@pytest.mark.parametrize(("state", "refused"), METHOD_STATES.items())
def test_a_shipping_method_is_an_obstacle_where_it_does_not_match_the_cart(
    state: str | None, refused: bool
) -> None:
    info = shipping_info_json(shippingMethodState=state)
    single = a_cart_json(shippingInfo=info)
    shipping = [
        {"shippingKey": "a", "shippingInfo": shipping_info_json()},
        {"shippingKey": "b", "shippingInfo": info},
    ]
    several = a_cart_json(shippingMode="Multiple", shippingInfo=None, shipping=shipping)
    expected = {NotPayable.SHIPPING_METHOD} if refused else set()
    assert [read_cart(body).obstacles for body in (single, several)] == [expected, expected]


DETAILS: list[tuple[dict[str, object] | None, bool]] = [
    ({"targets": [], "valid": False}, True),
    ({"targets": [], "valid": True}, False),
    ({"targets": []}, False),
    ({"targets": [], "valid": None}, False),
    (None, False),
]


@pytest.mark.parametrize(("details", "refused"), DETAILS)
@pytest.mark.parametrize("kind", ["lineItems", "customLineItems"])
def test_a_line_is_an_obstacle_where_its_shipping_details_are_not_valid(
    kind: str, details: dict[str, object] | None, refused: bool
) -> None:
    lines = [a_line_json(), a_line_json(shippingDetails=details)]
    obstacles = read_cart(a_cart_json(**{kind: lines})).obstacles
    assert obstacles == ({NotPayable.SHIPPING_DETAILS} if refused else set())


def test_a_cart_knows_the_product_types_that_were_expanded() -> None:
    reference = {"typeId": "product-type", "id": "t1"}
    lines = [
        a_line_json(productType=reference | {"obj": {"id": "t1", "key": "download"}}),
        a_line_json(productType=reference),
    ]
    assert read_cart(a_cart_json(lineItems=lines)).product_types == {"download", None}


def test_the_product_type_of_a_custom_line_is_not_known() -> None:
    line = a_line_json(productType={"typeId": "product-type", "id": "t1", "obj": {"key": "download"}})
    cart = read_cart(a_cart_json(lineItems=[line], customLineItems=[a_line_json()]))
    assert cart.product_types == {"download", None}


@pytest.mark.parametrize(("mode", "counted"), [("Multiple", True), ("Single", False)])
def test_addresses_of_lines_count_where_there_are_several_shipping_methods(mode: str, counted: bool) -> None:
    body = a_cart_json(shippingMode=mode, itemShippingAddresses=[an_address_json(key="home")])
    assert read_cart(body).has_item_addresses is counted


def test_the_discount_is_gross_where_the_total_is() -> None:
    discount = {"discountedAmount": money_json(1000), "discountedGrossAmount": money_json(1200)}
    assert read_cart(a_cart_json(discountOnTotalPrice=discount)).discount == eur(1200)


def test_the_discount_is_net_where_the_total_is() -> None:
    discount = {"discountedAmount": money_json(1000), "discountedGrossAmount": money_json(1200)}
    cart = read_cart(a_cart_json(taxedPrice=None, discountOnTotalPrice=discount))
    assert cart.discount == eur(1000)


def test_a_discount_is_positive_however_it_is_written() -> None:
    cart = read_cart(a_cart_json(discountOnTotalPrice={"discountedAmount": money_json(-1000)}))
    assert cart.discount == eur(1000)


@pytest.mark.parametrize("state", list(CartState))
def test_every_cart_state_is_read(state: CartState) -> None:
    assert read_cart(a_cart_json(cartState=state.value)).state is state


def test_a_state_newer_than_this_code_is_other() -> None:
    assert read_cart(a_cart_json(cartState="Quoted")).state is CartState.OTHER


@pytest.mark.parametrize("lock", [{"createdAt": "2026-11-23T10:00:00Z"}, {"reason": "x"}, True])
def test_a_lock_of_any_shape_locks(lock: object) -> None:
    assert read_cart(a_cart_json(lock=lock)).locked


def test_a_cart_without_a_lock_is_not_locked() -> None:
    assert not read_cart(a_cart_json()).locked


def test_every_address_field_is_read() -> None:
    body = {theirs: f"the {theirs}" for theirs in ADDRESS_FIELDS.values()}
    address = read_cart(a_cart_json(billingAddress=body)).billing_address
    assert address is not None
    assert {theirs: getattr(address, ours) for ours, theirs in ADDRESS_FIELDS.items()} == body


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ({"title": "Mr"}, Address(title="Mr")),
        ({"salutation": "Mr"}, Address(title="Mr", salutation="Mr")),
        ({"title": "Dr.", "salutation": "Frau"}, Address(title="Dr.", salutation="Frau")),
    ],
)
def test_the_title_of_an_address_may_stand_in_its_salutation(body: dict[str, str], read: Address) -> None:
    assert read_cart(a_cart_json(billingAddress=body)).billing_address == read


@pytest.mark.parametrize("body", [None, {}, {"firstName": ""}])
def test_an_address_that_says_nothing_is_none(body: object) -> None:
    assert read_cart(a_cart_json(billingAddress=body)).billing_address is None


def test_expanded_payments_are_the_payments_of_the_cart() -> None:
    references = [
        {"typeId": "payment", "id": PAYMENT_ID, "obj": a_payment_json()},
        {"typeId": "payment", "id": "deleted-meanwhile"},
    ]
    assert read_cart(a_cart_json(paymentInfo={"payments": references})).payments == (a_payment(),)


def test_the_store_is_named_by_its_key() -> None:
    assert read_cart(a_cart_json(store={"typeId": "store", "key": "fr-store"})).store_key == "fr-store"


def test_a_guest_cart_has_an_anonymous_id_and_no_customer() -> None:
    cart = read_cart(a_cart_json(customerId=None, anonymousId="guest-1"))
    assert (cart.customer_id, cart.anonymous_id) == (None, "guest-1")


@pytest.mark.parametrize("field", ["id", "version", "cartState"])
def test_a_cart_without_a_required_field_is_unreadable(field: str) -> None:
    with pytest.raises(UnreadableResource, match=field):
        read_cart(a_cart_json(**{field: None}))


def test_a_cart_without_any_total_is_unreadable() -> None:
    with pytest.raises(UnreadableResource, match="totalPrice"):
        read_cart(a_cart_json(totalPrice=None, taxedPrice=None))


def test_fields_newer_than_this_code_change_nothing() -> None:
    assert read_cart(a_cart_json(recurrence={"every": "month"})) == read_cart(a_cart_json())


def test_names_are_in_the_language_asked_for() -> None:
    assert read_cart(a_cart_json(), language="de").lines[0].name == "Stuhl"


def test_names_are_in_the_language_of_the_cart_where_none_is_asked_for() -> None:
    assert read_cart(a_cart_json(locale="de-AT")).lines[0].name == "Stuhl"


NAMES = {"en-GB": "Chair", "fr": "Chaise", "fr-CA": "Chaise!", "de-DE": "Stuhl"}


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("fr-CA", "Chaise!"),
        ("fr-BE", "Chaise"),
        ("FR_ca", "Chaise!"),
        ("de", "Stuhl"),
        ("de-AT", "Stuhl"),
        ("it", "Chair"),
        (None, "Chair"),
    ],
)
def test_the_best_language_is_the_one_asked_then_its_base_then_english(
    language: str | None, name: str
) -> None:
    assert name_in(language, names=NAMES) == name


def test_without_english_any_name_is_better_than_none() -> None:
    assert name_in("it", names={"ja": "椅子"}) == "椅子"


def test_without_any_name_there_is_an_empty_one() -> None:
    assert name_in("it", names={"en": ""}) == ""


PICTURE = "https://images.example.com/chair.jpg"


@pytest.mark.parametrize(
    ("images", "picture"),
    [
        (
            [
                {"url": PICTURE, "dimensions": {"w": 600, "h": 400}},
                {"url": "https://images.example.com/2.jpg"},
            ],
            PICTURE,
        ),
        ([{"url": "https://images.example.com/" + "a" * 2000}], None),
        ([{"url": "http://evil.example/"}], "http://evil.example/"),
        ([{"url": 5}], None),
        ([{"label": "front"}], None),
        (["https://images.example.com/chair.jpg"], None),
        ({"url": PICTURE}, None),
        ([], None),
        (None, None),
    ],
)
def test_the_picture_of_a_line_is_the_first_of_its_variant(images: Any, picture: str | None) -> None:
    """Whether it may be shown is decided where the hosts are known."""
    line = a_line_json(variant={"id": 1, "sku": "chair", "images": images})
    assert read_cart(a_cart_json(lineItems=[line])).lines[0].picture == picture
