"""Which tax rate applies to what in a cart: by the country of the address where it goes, or as the shop says."""

from sandbox.commercetools.carts.totals import shipping_infos
from sandbox.commercetools.catalogue import PRODUCTS, tax_category_of, tax_rate
from sandbox.commercetools.refusals import missing_tax_rate
from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json, copied


def assign_tax_rates(project: Project, cart: Json) -> None:
    """Set or remove the tax rates of lines, custom lines and shipping.

    Without a shipping address nothing is taxed, and the cart has no `taxedPrice`: that is how a cart of
    digital goods looks. In the modes External and ExternalAmount the shop sets them, in Disabled nobody. Raises
    MissingTaxRateForCountry.
    """
    if cart["taxMode"] == "Disabled":
        for holder in _holders(cart):
            holder.pop("taxRate", None)
    if cart["taxMode"] != "Platform":
        return
    if cart["shippingMode"] == "Multiple":
        _by_method(project, cart)
        return
    country = cart.get("shippingAddress", {}).get("country")
    for holder, category in _taxable(cart):
        if country is None or category is None:
            holder.pop("taxRate", None)
        else:
            holder["taxRate"] = _rate(project, category, country)


def require_tax_rates(project: Project, cart: Json) -> None:
    """Raise MissingTaxRateForCountry where the cart could not be taxed anew, as an order of it needs.

    "At least one of the lineItems, customLineItems, or shippingInfo in the Cart is missing the TaxRate": so in the
    modes External and ExternalAmount too, and never in Disabled.
    """
    if cart["taxMode"] == "Platform":
        assign_tax_rates(project, copied(cart))
    elif cart["taxMode"] != "Disabled":
        country = cart.get("shippingAddress", {}).get("country", "FR")
        for holder in _holders(cart):
            if "taxRate" not in holder and not holder.get("perMethodTaxRate"):
                raise missing_tax_rate(_category(holder) or "standard", country=country)


def _holders(cart: Json) -> list[Json]:
    return [*cart["lineItems"], *cart["customLineItems"], *shipping_infos(cart)]


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


def _by_method(project: Project, cart: Json) -> None:
    countries = {}
    for entry in cart["shipping"]:
        country = entry["shippingAddress"]["country"]
        countries[entry["shippingKey"]] = country
        category = _category(entry["shippingInfo"])
        if category is not None:
            entry["shippingInfo"]["taxRate"] = _rate(project, category, country)
    custom = [(item, _category(item)) for item in cart["customLineItems"]]
    for item, category in [*_sold_here(cart), *custom]:
        if category is None:
            continue
        keys = [
            target.get("shippingMethodKey") for target in item.get("shippingDetails", {}).get("targets", [])
        ]
        item["perMethodTaxRate"] = [
            {"shippingMethodKey": key, "taxRate": _rate(project, category, countries[key])}
            for key in keys
            if key in countries
        ]


def _rate(project: Project, category: str, country: str) -> Json:
    rate = tax_rate(category, country)
    if rate is None or (category, country) in project.conditions.missing_rates:
        raise missing_tax_rate(category, country=country)
    return rate
