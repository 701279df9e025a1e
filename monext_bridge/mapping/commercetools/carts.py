"""Reads commercetools' Cart into ours: amounts with tax where its total has it, names in one language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from monext_bridge.domain.ids import CartId
from monext_bridge.domain.money import Money
from monext_bridge.domain.record import Address, Cart, CartLine, CartState, Delivery, NotPayable
from monext_bridge.mapping.commercetools.descriptions import (
    BRAND,
    CATEGORY,
    EXPECTED,
    MODE,
    SELLER,
    TIMEFRAME,
    coded,
    custom_fields,
    name_in,
    worded,
)
from monext_bridge.mapping.commercetools.payments import read_expanded
from monext_bridge.mapping.json_object import Json, JsonObject

ADDRESS_FIELDS: Mapping[str, str] = {
    "first_name": "firstName",
    "last_name": "lastName",
    "company": "company",
    "street_name": "streetName",
    "street_number": "streetNumber",
    "additional_street_info": "additionalStreetInfo",
    "building": "building",
    "apartment": "apartment",
    "po_box": "pOBox",
    "postal_code": "postalCode",
    "city": "city",
    "region": "region",
    "state": "state",
    "country": "country",
    "phone": "phone",
    "mobile": "mobile",
    "email": "email",
}

STATES = {each.value: each for each in CartState}

REFUSED_CODE_STATES = frozenset(
    {
        "NotActive",
        "NotValid",
        "DoesNotMatchCart",
        "MaxApplicationReached",
        "ApplicationStoppedByPreviousDiscount",
    }
)
"""States of a discount code with which commercetools refuses the order (`DiscountCodeState`).

A code in the state ApplicationStoppedByGroupBestDeal is just not applied. A state that is not known here refuses
nothing.
"""

REFUSED_METHOD_STATE = "DoesNotMatchCart"

LONGEST_PICTURE_URL = 2000
"""Characters. commercetools sets no limit, and a page has one address for each line."""


def read_cart(body: Json, *, language: str | None = None) -> Cart:
    """Reads a cart, with names in `language`, else in the cart's own.

    Its payments are those that were expanded. Raises UnreadableResource without id, version, state or total,
    or where a line or an expanded payment lacks what it can't be without.
    """
    found = JsonObject.of(body, what="cart")
    taxed = found.part("taxedPrice")
    gross = taxed.money("totalGross")
    tag = language or found.text("locale")
    return Cart(
        id=CartId(found.required_text("id")),
        version=found.required_whole("version"),
        state=_state(found.required_text("cartState")),
        total=gross or found.required_money("totalPrice"),
        locked=_locked(found),
        taxes=_taxes(taxed),
        discount=_discount(found.part("discountOnTotalPrice"), gross=gross is not None),
        lines=_lines(found, gross=gross is not None, language=tag),
        deliveries=_deliveries(found, gross=gross is not None),
        shipping_address=_address(found.part("shippingAddress")),
        billing_address=_address(found.part("billingAddress")),
        store_key=found.part("store").text("key"),
        locale=found.text("locale"),
        country=found.text("country"),
        customer_id=found.text("customerId"),
        anonymous_id=found.text("anonymousId"),
        customer_email=found.text("customerEmail"),
        payments=read_expanded(found),
        obstacles=_obstacles(found),
        product_types=frozenset(_product_type(line) for line in _all_lines(found)),
        has_item_addresses=_has_item_addresses(found),
    )


def _state(name: str) -> CartState:
    return STATES.get(name, CartState.OTHER)


def _locked(cart: JsonObject) -> bool:
    """Tells whether updates are forbidden: a `lock` of any shape forbids them, only its absence does not."""
    return bool(cart.members.get("lock"))


def _obstacles(cart: JsonObject) -> frozenset[NotPayable]:
    """Returns why commercetools will refuse an order of the cart, as far as the cart says it itself."""
    methods = (cart.part("shippingInfo"), *(s.part("shippingInfo") for s in cart.parts("shipping")))
    found = (
        (
            NotPayable.DISCOUNT_CODE,
            (c.text("state") in REFUSED_CODE_STATES for c in cart.parts("discountCodes")),
        ),
        (
            NotPayable.SHIPPING_METHOD,
            (m.text("shippingMethodState") == REFUSED_METHOD_STATE for m in methods),
        ),
        (
            NotPayable.SHIPPING_DETAILS,
            (_is_invalid(line.part("shippingDetails")) for line in _all_lines(cart)),
        ),
    )
    return frozenset(reason for reason, holds in found if any(holds))


def _all_lines(cart: JsonObject) -> tuple[JsonObject, ...]:
    return (*cart.parts("lineItems"), *cart.parts("customLineItems"))


def _is_invalid(shipping_details: JsonObject) -> bool:
    """Tells whether the targets of a line do not sum up to its quantity. Only a plain false says so."""
    return shipping_details.members.get("valid") is False


def _product_type(line: JsonObject) -> str | None:
    """Returns the key of a line's product type. It is None where that was not expanded, and of a custom line."""
    return line.part("productType").part("obj").text("key")


def _has_item_addresses(cart: JsonObject) -> bool:
    """Tells whether the lines have addresses of their own. With one shipping method it needs one all the same."""
    return cart.text("shippingMode") == "Multiple" and bool(cart.parts("itemShippingAddresses"))


def _taxes(taxed: JsonObject) -> Money | None:
    total, gross, net = taxed.money("totalTax"), taxed.money("totalGross"), taxed.money("totalNet")
    if total is None and gross is not None and net is not None:
        return gross - net
    return total


def _discount(found: JsonObject, *, gross: bool) -> Money | None:
    """Returns the discount on the total, positive; it is not in the prices of the lines."""
    amount = (found.money("discountedGrossAmount") if gross else None) or found.money("discountedAmount")
    if amount is None or amount.cent_amount == 0:
        return None
    return amount.with_amount(abs(amount.cent_amount))


def _lines(cart: JsonObject, *, gross: bool, language: str | None) -> tuple[CartLine, ...]:
    named = (
        *((_article(line), line) for line in cart.parts("lineItems")),
        *((_slug(line), line) for line in cart.parts("customLineItems")),
    )
    return tuple(_line(line, reference=name, gross=gross, language=language) for name, line in named)


def _line(found: JsonObject, *, reference: str, gross: bool, language: str | None) -> CartLine:
    taxed = _gross(found) if gross else None
    quantity = found.whole("quantity")
    return CartLine(
        reference=reference,
        name=name_in(language, names=found.part("name").members) or reference,
        quantity=1 if quantity is None else quantity,
        total=taxed or found.required_money("totalPrice"),
        tax_rate=_tax_rate(found),
        brand=worded(found, name=BRAND, language=language),
        category=coded(found, name=CATEGORY),
        seller=worded(found, name=SELLER, language=language),
        picture=_picture(found),
    )


def _gross(line: JsonObject) -> Money | None:
    """Returns what the line costs with taxes. With several shipping methods it is taxed in portions."""
    whole = line.part("taxedPrice").money("totalGross")
    portions = [p.part("taxedPrice").money("totalGross") for p in line.parts("taxedPricePortions")]
    priced = [p for p in portions if p is not None]
    if whole is not None or not priced or len(priced) < len(portions):
        return whole
    return priced[0].with_amount(sum(p.cent_amount for p in priced))


def _tax_rate(line: JsonObject) -> Decimal | None:
    """Returns the rate of the line; in a cart with several shipping methods, the one that all its methods share."""
    by_method = {m.part("taxRate").decimal("amount") for m in line.parts("perMethodTaxRate")}
    shared = by_method.pop() if len(by_method) == 1 else None
    rate = line.part("taxRate").decimal("amount")
    return shared if rate is None else rate


def _picture(line: JsonObject) -> str | None:
    """Returns the address of the variant's first image as it stands there.

    Only its host can tell whether it has smaller variants, and commercetools does not name them in the cart.
    """
    first = next(iter(line.part("variant").parts("images")), None)
    url = first.text("url") if first else None
    return url if url and len(url) <= LONGEST_PICTURE_URL else None


def _article(line: JsonObject) -> str:
    return line.part("variant").text("sku") or line.text("productKey") or line.text("id") or ""


def _slug(line: JsonObject) -> str:
    return line.text("slug") or line.text("key") or line.text("id") or ""


def _deliveries(cart: JsonObject, *, gross: bool) -> tuple[Delivery, ...]:
    """Returns one for each shipping method: `shippingInfo`, or those of `shipping` in a cart with several."""
    single, several = cart.part("shippingInfo"), cart.parts("shipping")
    if single.members:
        return (_delivery(single, address=None, custom=_custom(cart), gross=gross),)
    return tuple(
        _delivery(
            s.part("shippingInfo"),
            address=_address(s.part("shippingAddress")),
            custom=_custom(s),
            gross=gross,
        )
        for s in several
        if s.part("shippingInfo").members
    )


def _custom(holder: JsonObject) -> JsonObject:
    return custom_fields(holder, name="shippingCustomFields")


def _delivery(found: JsonObject, *, address: Address | None, custom: JsonObject, gross: bool) -> Delivery:
    taxed = found.part("taxedPrice").money("totalGross") if gross else None
    discounted = found.part("discountedPrice").money("value")
    return Delivery(
        method=found.text("shippingMethodName") or "",
        charge=taxed or discounted or found.required_money("price"),
        address=address,
        mode=custom.text(MODE),
        timeframe=custom.text(TIMEFRAME),
        expected_at=custom.instant(EXPECTED),
    )


def _address(found: JsonObject) -> Address | None:
    fields = {ours: found.text(theirs) for ours, theirs in ADDRESS_FIELDS.items()}
    salutation = found.text("salutation")
    address = Address(title=found.text("title") or salutation, salutation=salutation, **fields)
    return None if address == Address() else address
