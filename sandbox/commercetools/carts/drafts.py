"""Creating carts."""

from typing import Annotated, Any, Literal

from pydantic import Field

from sandbox.commercetools.carts.countries import require_country
from sandbox.commercetools.carts.external_taxes import ExternalTaxRateDraft, external_rate
from sandbox.commercetools.carts.lines import (
    CustomLineItemDraft,
    InventoryMode,
    LineItemDraft,
    custom_line_item,
    line_item,
)
from sandbox.commercetools.carts.shipping import (
    CustomShippingDraft,
    ShippingDraft,
    method_info,
    set_shipping,
    shipping_entry,
)
from sandbox.commercetools.carts.taxes import assign_tax_rates
from sandbox.commercetools.carts.totals import recompute
from sandbox.commercetools.errors import reference_not_found
from sandbox.commercetools.money import cents
from sandbox.commercetools.references import custom_fields, resolve
from sandbox.commercetools.schema import (
    AddressDraft,
    Country,
    Currency,
    CustomFieldsDraft,
    IdentifierDraft,
    Locale,
    MoneyDraft,
    Strict,
    check_key,
    money_of,
    parse,
)
from sandbox.commercetools.state import Project, Request
from sandbox.commercetools.wire import Json, new_id, without_nulls


class RelativeValue(Strict):
    """So many ten-thousandths off."""

    type: Literal["relative"]
    permyriad: Annotated[int, Field(ge=0, le=10_000)]


class AbsoluteValue(Strict):
    """So much money off, by currency."""

    type: Literal["absolute"]
    money: list[MoneyDraft]


class DiscountTarget(Strict):
    """What a discount applies to. A predicate is taken as matching everything."""

    type: Literal["lineItems", "shipping", "totalPrice"]
    predicate: str | None = None


class DirectDiscountDraft(Strict):
    """A DirectDiscount."""

    value: Annotated[RelativeValue | AbsoluteValue, Field(discriminator="type")]
    target: DiscountTarget


class CartDraft(Strict):
    """A cart: the members of the documented draft that the sandbox knows how to honour."""

    currency: Currency
    key: str | None = None
    customerId: str | None = None
    customerEmail: str | None = None
    anonymousId: str | None = None
    store: IdentifierDraft | None = None
    businessUnit: IdentifierDraft | None = None
    country: Country | None = None
    locale: Locale | None = None
    lineItems: list[LineItemDraft] | None = None
    customLineItems: list[CustomLineItemDraft] | None = None
    billingAddress: AddressDraft | None = None
    shippingAddress: AddressDraft | None = None
    itemShippingAddresses: list[AddressDraft] | None = None
    shippingMethod: IdentifierDraft | None = None
    shippingMode: Literal["Single", "Multiple"] = "Single"
    shipping: list[ShippingDraft] | None = None
    customShipping: list[CustomShippingDraft] | None = None
    taxMode: Literal["Platform", "External", "ExternalAmount", "Disabled"] = "Platform"
    taxRoundingMode: Literal["HalfEven"] = "HalfEven"
    priceRoundingMode: Literal["HalfEven"] = "HalfEven"
    taxCalculationMode: Literal["LineItemLevel"] = "LineItemLevel"
    inventoryMode: InventoryMode = "None"
    externalTaxRateForShippingMethod: ExternalTaxRateDraft | None = None
    origin: Literal["Customer", "Merchant", "Quote", "RecurringOrder"] = "Customer"
    deleteDaysAfterLastModification: Annotated[int, Field(ge=1, le=365_250)] = 90
    purchaseOrderNumber: str | None = None
    custom: CustomFieldsDraft | None = None


def create_cart(request: Request, body: object, *, cart_id: str | None = None) -> Json:
    """Store a cart with its totals; `cart_id` is for the seed.

    Raises InvalidJsonInput, InvalidInput, InvalidOperation, ReferencedResourceNotFound,
    MatchingPriceNotFound, MissingTaxRateForCountry, CountryNotConfiguredInStore and DuplicateField.
    """
    draft = parse(CartDraft, body)
    cart = _skeleton(request.project, draft)
    require_country(request.project, cart)
    _add_lines(request.project, cart, draft)
    _add_shipping(request.project, cart, draft)
    settle_totals(request, cart)
    return request.project.insert("cart", cart, caller=request.caller, resource_id=cart_id)


def settle_totals(request: Request, cart: Json) -> None:
    """Assign tax rates and derive all totals: the end of every change of a cart."""
    assign_tax_rates(request.project, cart)
    recompute(cart)


def _skeleton(project: Project, draft: CartDraft) -> Json:
    billing, shipping = draft.billingAddress, draft.shippingAddress
    content = {
        **_plain(draft),
        "key": check_key(draft.key),
        "customerEmail": draft.customerEmail or customer_email(project, draft.customerId),
        "store": _keyed(project, draft.store, kind="store"),
        "businessUnit": _keyed(project, draft.businessUnit, kind="business-unit"),
        "cartState": "Active",
        "totalPrice": cents(0, draft.currency),
        "billingAddress": billing.wire() if billing else None,
        "shippingAddress": shipping.wire() if shipping else None,
        "itemShippingAddresses": [address.wire() for address in draft.itemShippingAddresses or []],
        "lineItems": [],
        "customLineItems": [],
        "shipping": [],
        "discountCodes": [],
        "directDiscounts": [],
        "refusedGifts": [],
        "custom": custom_fields(project, draft.custom) if draft.custom else None,
    }
    return without_nulls(content)


_PLAIN = frozenset(
    [
        "customerId",
        "anonymousId",
        "country",
        "locale",
        "shippingMode",
        "taxMode",
        "taxRoundingMode",
        "priceRoundingMode",
        "taxCalculationMode",
        "inventoryMode",
        "origin",
        "deleteDaysAfterLastModification",
        "purchaseOrderNumber",
    ]
)


def _plain(draft: CartDraft) -> Json:
    return draft.model_dump(include=set(_PLAIN))


def _keyed(project: Project, named: IdentifierDraft | None, *, kind: str) -> Json | None:
    """A KeyReference to what is named."""
    return {"typeId": kind, "key": resolve(project, named, kind=kind)["key"]} if named else None


def customer_email(project: Project, customer_id: str | None) -> str | None:
    """The email of the cart's customer; raises ReferencedResourceNotFound."""
    if customer_id is None:
        return None
    customer = project.get("customer", customer_id)
    if customer is None:
        raise reference_not_found("customer", id=customer_id)
    return str(customer["email"])


def _add_lines(project: Project, cart: Json, draft: CartDraft) -> None:
    for line in draft.lineItems or []:
        cart["lineItems"].append(line_item(project, line, currency=draft.currency))
    for custom in draft.customLineItems or []:
        cart["customLineItems"].append(custom_line_item(project, custom, currency=draft.currency))


def _add_shipping(project: Project, cart: Json, draft: CartDraft) -> None:
    if draft.shippingMethod is not None:
        info = method_info(project, draft.shippingMethod, currency=draft.currency)
        rate = external_rate(draft.externalTaxRateForShippingMethod)
        set_shipping(cart, {**info, "taxRate": rate} if rate else info)
    entries: list[Any] = [*(draft.shipping or []), *(draft.customShipping or [])]
    cart["shipping"] = [shipping_entry(project, entry, currency=draft.currency) for entry in entries]


def direct_discount(draft: DirectDiscountDraft) -> Json:
    """A DirectDiscount as it is stored, with a new id."""
    value: Json = {"type": draft.value.type}
    if isinstance(draft.value, RelativeValue):
        value["permyriad"] = draft.value.permyriad
    else:
        value["money"] = [money_of(money) for money in draft.value.money]
    return {"id": new_id(), "value": value, "target": draft.target.wire()}
