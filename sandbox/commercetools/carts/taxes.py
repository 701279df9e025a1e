"""Which tax rate applies to what in a cart: by the country of the address where it goes."""

from sandbox.commercetools.catalogue import PRODUCTS, tax_category_id, tax_category_of, tax_rate
from sandbox.commercetools.errors import ApiError
from sandbox.commercetools.wire import Json


def assign_tax_rates(cart: Json) -> None:
    """Set or remove the tax rates of lines, custom lines and shipping.

    Without a shipping address nothing is taxed, and the cart has no `taxedPrice`: that is how a cart of
    digital goods looks. Raises MissingTaxRateForCountry.
    """
    if cart["shippingMode"] == "Multiple":
        _by_method(cart)
        return
    country = cart.get("shippingAddress", {}).get("country")
    for holder, category in _taxable(cart):
        if country is None or category is None:
            holder.pop("taxRate", None)
        else:
            holder["taxRate"] = _rate(category, country)


def _taxable(cart: Json) -> list[tuple[Json, str | None]]:
    info = [cart["shippingInfo"]] if "shippingInfo" in cart else []
    others = [(holder, _category(holder)) for holder in [*cart["customLineItems"], *info]]
    return [*_sold_here(cart), *others]


def _sold_here(cart: Json) -> list[tuple[Json, str]]:
    """Lines of the catalogue's products; lines of other products keep the rates they came with."""
    skus = [(item, item["variant"]["sku"]) for item in cart["lineItems"]]
    return [(item, PRODUCTS[sku].tax_category) for item, sku in skus if sku in PRODUCTS]


def _category(holder: Json) -> str | None:
    return tax_category_of(holder["taxCategory"]["id"]) if "taxCategory" in holder else None


def _by_method(cart: Json) -> None:
    countries = {}
    for entry in cart["shipping"]:
        country = entry["shippingAddress"]["country"]
        countries[entry["shippingKey"]] = country
        category = _category(entry["shippingInfo"])
        if category is not None:
            entry["shippingInfo"]["taxRate"] = _rate(category, country)
    for item, category in _sold_here(cart):
        keys = [target["shippingMethodKey"] for target in item.get("shippingDetails", {}).get("targets", [])]
        item["perMethodTaxRate"] = [
            {"shippingMethodKey": key, "taxRate": _rate(category, countries[key])}
            for key in keys
            if key in countries
        ]


def _rate(category: str, country: str) -> Json:
    rate = tax_rate(category, country)
    if rate is None:
        raise ApiError(
            400,
            code="MissingTaxRateForCountry",
            message=f"Tax category '{category}' is missing a tax rate for country '{country}'.",
            taxCategoryId=tax_category_id(category),
            country=country,
        )
    return rate
