"""How a cart is shipped: a shipping method of the project, or a custom one."""

from typing import Annotated, Any

from pydantic import Field

from sandbox.commercetools.catalogue import SHIPPING_METHODS, shipping_price, tax_category_id
from sandbox.commercetools.errors import invalid_operation
from sandbox.commercetools.references import reference, resolve
from sandbox.commercetools.schema import (
    AddressDraft,
    IdentifierDraft,
    MoneyDraft,
    Strict,
    check_key,
    money_of,
)
from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json


class ShippingRateDraft(Strict):
    """The price of a custom shipping method."""

    price: MoneyDraft
    freeAbove: MoneyDraft | None = None
    tiers: Annotated[list[Any], Field(max_length=0)] | None = None


class CustomShippingDraft(Strict):
    """A custom shipping method of a cart with several."""

    key: str
    shippingMethodName: str
    shippingRate: ShippingRateDraft
    shippingAddress: AddressDraft
    taxCategory: IdentifierDraft | None = None


class ShippingDraft(Strict):
    """A shipping method of the project in a cart with several."""

    key: str
    shippingMethod: IdentifierDraft
    shippingAddress: AddressDraft


def method_info(project: Project, method: IdentifierDraft, *, currency: str) -> Json:
    """The shippingInfo of a method of the project; raises InvalidOperation without a rate in the currency."""
    document = resolve(project, method, kind="shipping-method")
    priced = shipping_price(SHIPPING_METHODS[document["id"]], currency)
    if priced is None:
        raise invalid_operation(f"The shipping method has no shipping rate in currency '{currency}'.")
    name, price = priced
    return {
        **_info(name, price),
        "shippingMethod": {"typeId": "shipping-method", "id": document["id"]},
        "taxCategory": {"typeId": "tax-category", "id": tax_category_id("standard")},
    }


def custom_info(
    project: Project, name: str, *, rate: ShippingRateDraft, category: IdentifierDraft | None, currency: str
) -> Json:
    """The shippingInfo of a custom method; raises InvalidOperation for a price in another currency."""
    if rate.price.currencyCode != currency:
        raise invalid_operation(f"The shipping rate's currency is not the cart's currency '{currency}'.")
    info = _info(name, money_of(rate.price))
    if category is not None:
        info["taxCategory"] = reference(project, category, kind="tax-category")
    return info


def _info(name: str, price: Json) -> Json:
    return {
        "shippingMethodName": name,
        "price": price,
        "shippingRate": {"price": price, "tiers": []},
        "deliveries": [],
        "shippingMethodState": "MatchesCart",
    }


def shipping_entry(project: Project, draft: ShippingDraft | CustomShippingDraft, *, currency: str) -> Json:
    """One entry of `shipping` in a cart with shipping mode Multiple."""
    if isinstance(draft, ShippingDraft):
        info = method_info(project, draft.shippingMethod, currency=currency)
    else:
        name, rate, category = draft.shippingMethodName, draft.shippingRate, draft.taxCategory
        info = custom_info(project, name, rate=rate, category=category, currency=currency)
    return {
        "shippingKey": check_key(draft.key),
        "shippingInfo": info,
        "shippingAddress": draft.shippingAddress.wire(),
    }


def set_shipping(cart: Json, info: Json | None) -> None:
    """Set or remove the shipping of a cart with one method; raises InvalidOperation without an address."""
    if info is None:
        cart.pop("shippingInfo", None)
        return
    if cart["shippingMode"] != "Single":
        raise invalid_operation("The cart's shipping mode is 'Multiple'; use 'addShippingMethod'.")
    if "shippingAddress" not in cart:
        raise invalid_operation("To set a shipping method, the cart must have a shipping address.")
    cart["shippingInfo"] = info
