"""What commercetools looks at when it makes an order from a cart.

Each rule raises the documented error: https://docs.commercetools.com/api/projects/orders#create-order-from-cart.
Which of several it raises first is not documented; here it is the order of `RULES`.
"""

from collections.abc import Callable

from sandbox.commercetools import refusals
from sandbox.commercetools.carts.countries import require_country
from sandbox.commercetools.carts.prices import is_sold_here, present_price
from sandbox.commercetools.carts.stock import missing
from sandbox.commercetools.carts.taxes import require_tax_rates
from sandbox.commercetools.carts.totals import shipping_infos
from sandbox.commercetools.catalogue import PRODUCTS, stable_id
from sandbox.commercetools.errors import invalid_operation
from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json

Rule = Callable[[Project, Json], None]

_APPLICABLE = frozenset(("MatchesCart", "ApplicationStoppedByGroupBestDeal"))
_OUT_OF_TIME = frozenset(("NotActive", "NotValid"))


def require_orderable(project: Project, cart: Json) -> None:
    """Raise what keeps the cart from becoming an order."""
    for rule in RULES:
        rule(project, cart)


def _address(project: Project, cart: Json) -> None:
    """The API reference: "The Cart must have a shipping address set, regardless of the TaxMode"."""
    if "shippingAddress" in cart or cart["shipping"]:
        return
    allowed = project.conditions.without_address
    if allowed == "never" or (allowed == "digital" and not _is_digital(cart)):
        raise invalid_operation("The cart has no shipping address: an order needs one.")


def _is_digital(cart: Json) -> bool:
    kinds = {item.get("productType", {}).get("id") for item in cart["lineItems"]}
    return kinds == {stable_id("product-type", "digital")} and not cart["customLineItems"]


def _discount_codes(_project: Project, cart: Json) -> None:
    for entry in cart["discountCodes"]:
        if entry["state"] not in _APPLICABLE:
            reason = "TimeRangeNonApplicable" if entry["state"] in _OUT_OF_TIME else None
            raise refusals.discount_code(entry["discountCode"]["id"], reason=reason)


def _shipping_method(_project: Project, cart: Json) -> None:
    if any(info.get("shippingMethodState") == "DoesNotMatchCart" for info in shipping_infos(cart)):
        raise refusals.shipping_method()


def _shipping_details(_project: Project, cart: Json) -> None:
    for item in [*cart["lineItems"], *cart["customLineItems"]]:
        if item.get("shippingDetails", {}).get("valid") is False:
            raise refusals.shipping_details(item)


def _country(project: Project, cart: Json) -> None:
    require_country(project, cart)


def _tax_rates(project: Project, cart: Json) -> None:
    require_tax_rates(project, cart)


def _prices(project: Project, cart: Json) -> None:
    """Prices that changed since the cart took them over; those of other products are not known here."""
    currency, changed = cart["totalPrice"]["currencyCode"], []
    for item in cart["lineItems"]:
        sku = item["variant"]["sku"]
        if not is_sold_here(item) or (sku, currency) not in project.conditions.prices:
            continue
        price = present_price(project, PRODUCTS[sku], currency=currency)
        if price is None:
            raise refusals.no_price(item["productId"], currency=currency)
        if price["value"] != item["price"]["value"]:
            changed.append(item)
    if changed:
        raise refusals.price_changed(changed)


def _stock(project: Project, cart: Json) -> None:
    if lines := missing(project, cart):
        raise refusals.out_of_stock(lines)


RULES: tuple[Rule, ...] = (
    _address,
    _discount_codes,
    _shipping_method,
    _shipping_details,
    _country,
    _tax_rates,
    _prices,
    _stock,
)
