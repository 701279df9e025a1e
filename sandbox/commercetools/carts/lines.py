"""Lines of a cart: from the catalogue, and custom ones."""

from typing import Annotated, Literal

from pydantic import Field

from sandbox.commercetools.carts.external_taxes import ExternalTaxRateDraft, external_rate
from sandbox.commercetools.carts.prices import price_of
from sandbox.commercetools.catalogue import PRODUCTS, Product, stable_id
from sandbox.commercetools.errors import invalid_json, invalid_operation
from sandbox.commercetools.products import variant_of
from sandbox.commercetools.references import custom_fields, reference
from sandbox.commercetools.schema import (
    CustomFieldsDraft,
    IdentifierDraft,
    LocalizedString,
    MoneyDraft,
    PreciseMoneyDraft,
    Quantity,
    Strict,
    check_key,
    money_of,
)
from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json, new_id, without_nulls

InventoryMode = Literal["None", "TrackOnly", "ReserveOnOrder", "ReserveOnCart"]
_STATE = {"typeId": "state", "id": stable_id("state", "Initial")}


class TargetDraft(Strict):
    """How many pieces of a line go to which address by which shipping method."""

    addressKey: str
    quantity: Quantity
    shippingMethodKey: str | None = None


class ShippingDetailsDraft(Strict):
    """Where the pieces of a line go."""

    targets: list[TargetDraft]


class LineItemDraft(Strict):
    """A line by SKU, or by product and variant."""

    sku: str | None = None
    productId: str | None = None
    variantId: int | None = None
    key: str | None = None
    quantity: Annotated[int, Field(ge=1)] = 1
    externalTaxRate: ExternalTaxRateDraft | None = None
    inventoryMode: InventoryMode | None = None
    shippingDetails: ShippingDetailsDraft | None = None
    custom: CustomFieldsDraft | None = None


class CustomLineItemDraft(Strict):
    """A line that is in no catalogue."""

    name: LocalizedString
    money: MoneyDraft | PreciseMoneyDraft
    slug: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{2,256}$")]
    key: str | None = None
    quantity: Annotated[int, Field(ge=1)] = 1
    taxCategory: IdentifierDraft | None = None
    externalTaxRate: ExternalTaxRateDraft | None = None
    shippingDetails: ShippingDetailsDraft | None = None
    custom: CustomFieldsDraft | None = None


def product_of(draft: LineItemDraft) -> Product:
    """The product that the draft names; raises InvalidJsonInput or InvalidOperation."""
    if (draft.sku is None) == (draft.productId is None):
        raise invalid_json("lineItems: either 'sku' or 'productId' is required")
    for product in PRODUCTS.values():
        if draft.sku == product.sku or (draft.productId == product.id and draft.variantId in (None, 1)):
            return product
    raise invalid_operation(f"The product or variant '{draft.sku or draft.productId}' was not found.")


def line_item(project: Project, draft: LineItemDraft, *, currency: str) -> Json:
    """A new line; its totals are computed with the cart's."""
    product = product_of(draft)
    price = price_of(project, product, currency=currency)
    content = {
        "id": new_id(),
        "key": check_key(draft.key),
        "productId": product.id,
        "productKey": product.sku.lower(),
        "name": product.names,
        "productType": {"typeId": "product-type", "id": stable_id("product-type", product.kind)},
        "productSlug": {"en": product.sku.lower()},
        "variant": variant_of(project, product),
        "price": price,
        "addedAt": project.now(),
        "lastModifiedAt": project.now(),
        "priceMode": "Platform",
        "lineItemMode": "Standard",
        "inventoryMode": draft.inventoryMode,
        **_shared(project, draft, quantity=draft.quantity),
    }
    return without_nulls(content)


def custom_line_item(project: Project, draft: CustomLineItemDraft, *, currency: str) -> Json:
    """A new custom line; raises InvalidOperation where its money is in another currency."""
    if draft.money.currencyCode != currency:
        raise invalid_operation(f"The custom line item's currency is not the cart's currency '{currency}'.")
    category = draft.taxCategory
    content = {
        "id": new_id(),
        "key": check_key(draft.key),
        "name": draft.name,
        "money": money_of(draft.money),
        "slug": draft.slug,
        "taxCategory": reference(project, category, kind="tax-category") if category else None,
        "priceMode": "Standard",
        **_shared(project, draft, quantity=draft.quantity),
    }
    return without_nulls(content)


def set_quantity(item: Json, quantity: int) -> None:
    """Change how many pieces a line has."""
    item["quantity"] = quantity
    item["state"] = [{"quantity": quantity, "state": _STATE}]


def find_line(cart: Json, *, line_id: str | None, key: str | None, lines: str = "lineItems") -> Json:
    """The line that id or key names; raises InvalidJsonInput or InvalidOperation."""
    if (line_id is None) == (key is None):
        raise invalid_json(f"actions: exactly one of id and key of the {lines} is required")
    for item in cart[lines]:
        if (line_id is not None and item["id"] == line_id) or (key is not None and item.get("key") == key):
            found: Json = item
            return found
    raise invalid_operation(f"The line item with ID or key '{line_id or key}' was not found.")


def _shared(project: Project, draft: LineItemDraft | CustomLineItemDraft, *, quantity: int) -> Json:
    details = draft.shippingDetails
    return {
        "quantity": quantity,
        "state": [{"quantity": quantity, "state": _STATE}],
        "perMethodTaxRate": [],
        "taxedPricePortions": [],
        "discountedPricePerQuantity": [],
        "taxRate": external_rate(draft.externalTaxRate),
        "shippingDetails": _details(details, quantity=quantity) if details else None,
        "custom": custom_fields(project, draft.custom) if draft.custom else None,
    }


def _details(draft: ShippingDetailsDraft, *, quantity: int) -> Json:
    targets = [target.wire() for target in draft.targets]
    return {"targets": targets, "valid": sum(target["quantity"] for target in targets) == quantity}
