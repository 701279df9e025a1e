"""What a product costs now: as in the catalogue, or as a control has set it since."""

from sandbox.commercetools.catalogue import PRODUCTS, Product
from sandbox.commercetools.money import cents
from sandbox.commercetools.refusals import no_price
from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json


def is_sold_here(item: Json) -> bool:
    """Whether the line's price comes from the catalogue."""
    return item["variant"]["sku"] in PRODUCTS and item.get("priceMode", "Platform") == "Platform"


def present_price(project: Project, product: Product, *, currency: str) -> Json | None:
    """The product's price in the currency, where it has one."""
    changes, changed = project.conditions.prices, (product.sku, currency)
    if changed not in changes:
        return product.price(currency)
    amount = changes[changed]
    return None if amount is None else {"id": product.price_id(currency), "value": cents(amount, currency)}


def price_of(project: Project, product: Product, *, currency: str) -> Json:
    """As `present_price`; raises MatchingPriceNotFound."""
    price = present_price(project, product, currency=currency)
    if price is None:
        raise no_price(product.id, currency=currency)
    return price
