"""Reasons why commercetools refuses an order, set for a cart on demand.

The error fields follow https://docs.commercetools.com/api/errors.
"""

from collections.abc import Callable

from sandbox.commercetools.catalogue import stable_id, tax_category_id
from sandbox.commercetools.errors import ApiError, insufficient_scope
from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json, new_id


def raise_trouble(project: Project, cart: Json) -> None:
    """Raise the trouble that was set for the cart, if any."""
    code = project.order_troubles.get(cart["id"])
    if code is None:
        return
    raise TROUBLES[code](cart) if code in TROUBLES else _unknown(code)


def _unknown(code: str) -> ApiError:
    """Any other code: commercetools adds new ones without notice."""
    return ApiError(400, code=code, message=f"The order cannot be created: {code}.")


def _line_ids(cart: Json) -> list[str]:
    return [item["id"] for item in cart["lineItems"]]


def _out_of_stock(cart: Json) -> ApiError:
    skus = [item["variant"]["sku"] for item in cart["lineItems"]]
    message = f"Some line items are out of stock at the time of placing the order: {', '.join(skus)}."
    return ApiError(400, code="OutOfStock", message=message, lineItems=_line_ids(cart), skus=skus)


def _price_changed(cart: Json) -> ApiError:
    message = (
        "The price or tax of some line items changed at the time of placing the order: "
        f"{', '.join(_line_ids(cart))}."
    )
    return ApiError(400, code="PriceChanged", message=message, lineItems=_line_ids(cart), shipping=False)


def _no_price(cart: Json) -> ApiError:
    product = cart["lineItems"][0]["productId"] if cart["lineItems"] else new_id()
    currency = cart["totalPrice"]["currencyCode"]
    return ApiError(
        400,
        code="MatchingPriceNotFound",
        message=f"The variant '1' of product '{product}' does not contain a price for currency '{currency}'.",
        productId=product,
        variantId=1,
        currency=currency,
    )


def _discount_code(_cart: Json) -> ApiError:
    code = stable_id("discount-code", "SPRING")
    return ApiError(
        400,
        code="DiscountCodeNonApplicable",
        message=f"The discountCode '{code}' cannot be applied to the cart.",
        discountCode="SPRING",
        discountCodeId=code,
        reason="TimeRangeNonApplicable",
    )


def _shipping_method(_cart: Json) -> ApiError:
    return ApiError(
        400, code="ShippingMethodDoesNotMatchCart", message="The predicate does not match the cart."
    )


def _shipping_details(cart: Json) -> ApiError:
    item = (cart["lineItems"] or [{"id": new_id(), "quantity": 1}])[0]
    message = (
        f"Inconsistent shipping details for LineItem with ID '{item['id']}'. LineItem quantity is "
        f"{item['quantity']} and shippingTargets quantity sum is 0."
    )
    return ApiError(
        400, code="InvalidItemShippingDetails", message=message, subject="LineItem", itemId=item["id"]
    )


def _tax_rate(cart: Json) -> ApiError:
    country = cart.get("shippingAddress", {}).get("country", "FR")
    category = tax_category_id("standard")
    message = f"Tax category '{category}' is missing a tax rate for country '{country}'."
    return ApiError(
        400, code="MissingTaxRateForCountry", message=message, taxCategoryId=category, country=country
    )


def _scope(_cart: Json) -> ApiError:
    return insufficient_scope("manage_orders")


def _general(_cart: Json) -> ApiError:
    return ApiError(500, code="General", message="An unexpected error occurred.")


TROUBLES: dict[str, Callable[[Json], ApiError]] = {
    "OutOfStock": _out_of_stock,
    "PriceChanged": _price_changed,
    "MatchingPriceNotFound": _no_price,
    "DiscountCodeNonApplicable": _discount_code,
    "ShippingMethodDoesNotMatchCart": _shipping_method,
    "InvalidItemShippingDetails": _shipping_details,
    "MissingTaxRateForCountry": _tax_rate,
    "InsufficientScope": _scope,
    "General": _general,
}
