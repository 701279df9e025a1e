"""Carts from whole documents, for tests that need one of any content."""

from typing import Any

from sandbox.commercetools.carts.drafts import settle_totals
from sandbox.commercetools.money import cents
from sandbox.commercetools.schema import Strict, parse
from sandbox.commercetools.state import Caller, Project, Request
from sandbox.commercetools.wire import Json

_LISTS = (
    "lineItems",
    "customLineItems",
    "shipping",
    "itemShippingAddresses",
    "discountCodes",
    "directDiscounts",
    "refusedGifts",
)
_DEFAULTS: Json = {
    "cartState": "Active",
    "shippingMode": "Single",
    "taxMode": "Platform",
    "taxRoundingMode": "HalfEven",
    "priceRoundingMode": "HalfEven",
    "taxCalculationMode": "LineItemLevel",
    "inventoryMode": "None",
    "origin": "Customer",
}
_LINE_DEFAULTS: Json = {
    "state": [],
    "perMethodTaxRate": [],
    "taxedPricePortions": [],
    "discountedPricePerQuantity": [],
}


class CartDocument(Strict):
    """A cart document of any content; `currency` is for documents without `totalPrice`."""

    model_config = Strict.model_config | {"extra": "allow"}

    totalPrice: dict[str, Any] | None = None
    currency: str = "EUR"


def store_cart_document(project: Project, body: object) -> Json:
    """Store the document, with what is missing filled in; one with the id of a cart takes its place.

    Totals are computed where it brings no `totalPrice`, else kept as they are.
    """
    document = parse(CartDocument, body)
    content = document.model_dump(exclude_none=True, exclude={"currency", "id"})
    lists: Json = {name: [] for name in _LISTS}
    cart = {"totalPrice": cents(0, document.currency), **_DEFAULTS, **lists, **content}
    for name in ("lineItems", "customLineItems"):
        cart[name] = [{**_LINE_DEFAULTS, **item} for item in cart[name]]
    caller = Caller(client_id="control")
    if document.totalPrice is None:
        settle_totals(Request(project=project, caller=caller), cart)
    wanted_id = (document.model_extra or {}).get("id")
    return project.insert("cart", cart, caller=caller, resource_id=wanted_id)
