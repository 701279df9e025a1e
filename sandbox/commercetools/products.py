"""What is sold, as commercetools publishes it: https://docs.commercetools.com/api/projects/productProjections"""

from collections.abc import Mapping, Sequence

from sandbox.commercetools.carts.prices import present_price
from sandbox.commercetools.catalogue import PRODUCTS, Product, stable_id, tax_category_id
from sandbox.commercetools.errors import invalid_input
from sandbox.commercetools.state import Caller, Project
from sandbox.commercetools.wire import Json

PICTURES = "/pictures"
SIDE = 400
"""Width and height of the pictures, in pixels."""

_KIND = "product-projection"


def variant_of(project: Project, product: Product) -> Json:
    """The one variant of a product, with what it costs now."""
    prices = [present_price(project, product, currency=currency) for currency in product.prices]
    return {
        "id": 1,
        "sku": product.sku,
        "prices": [price for price in prices if price],
        "images": _images(project, product),
        "attributes": [],
        "assets": [],
    }


def plant_products(project: Project, *, caller: Caller) -> None:
    """Publish the whole catalogue."""
    for product in PRODUCTS.values():
        project.insert(_KIND, _projection(project, product), caller=caller, resource_id=product.id)


def as_asked(project: Project, projection: Json, parameters: Mapping[str, Sequence[str]]) -> Json:
    """With the prices of now, and the one that `priceCurrency` selects. Raises InvalidInput.

    Prices of the sandbox are the same in every country, so `priceCountry` selects nothing.
    """
    variant = variant_of(project, PRODUCTS[projection["masterVariant"]["sku"]])
    currencies = parameters.get("priceCurrency", ())
    if parameters.get("priceCountry") and not currencies:
        raise invalid_input("Malformed parameter: priceCountry: 'priceCurrency' is required beside it.")
    chosen = [price for price in variant["prices"] if price["value"]["currencyCode"] in currencies]
    return {**projection, "masterVariant": {**variant, **({"price": chosen[0]} if chosen else {})}}


def _projection(project: Project, product: Product) -> Json:
    return {
        "key": product.sku.lower(),
        "productType": {"typeId": "product-type", "id": stable_id("product-type", product.kind)},
        "name": product.names,
        "slug": {"en": product.sku.lower()},
        "categories": [],
        "categoryOrderHints": {},
        "searchKeywords": {},
        "masterVariant": variant_of(project, product),
        "variants": [],
        "published": True,
        "hasStagedChanges": False,
        "taxCategory": {"typeId": "tax-category", "id": tax_category_id(product.tax_category)},
        "priceMode": "Embedded",
    }


def _images(project: Project, product: Product) -> list[Json]:
    """None as long as nobody knows where the project is served."""
    base = project.settings.base_url.value
    dimensions = {"w": SIDE, "h": SIDE}
    return [{"url": f"{base}{PICTURES}/{product.sku.lower()}.svg", "dimensions": dimensions}] if base else []
