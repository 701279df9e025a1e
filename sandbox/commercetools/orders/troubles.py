"""Refusals of orders that were ordered by a control, for a cart or for the next orders of the project."""

from collections.abc import Callable

from sandbox.commercetools import refusals
from sandbox.commercetools.catalogue import stable_id
from sandbox.commercetools.errors import (
    ApiError,
    insufficient_scope,
    invalid_input,
    invalid_operation,
    reference_not_found,
)
from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json, new_id


def raise_trouble(project: Project, cart: Json) -> None:
    """Raise the trouble that was ordered for the cart or for the next orders, if any."""
    code = project.conditions.trouble_of(cart["id"])
    if code is None:
        return
    raise TROUBLES[code](cart) if code in TROUBLES else _unknown(code)


def _unknown(code: str) -> ApiError:
    """Any other code: commercetools adds new ones without notice."""
    return ApiError(400, code=code, message=f"The order cannot be created: {code}.")


def _out_of_stock(cart: Json) -> ApiError:
    return refusals.out_of_stock(cart["lineItems"])


def _price_changed(cart: Json) -> ApiError:
    return refusals.price_changed(cart["lineItems"])


def _no_price(cart: Json) -> ApiError:
    product = cart["lineItems"][0]["productId"] if cart["lineItems"] else new_id()
    return refusals.no_price(product, currency=cart["totalPrice"]["currencyCode"])


def _discount_code(_cart: Json) -> ApiError:
    code_id = stable_id("discount-code", "SPRING")
    return refusals.discount_code(code_id, code="SPRING", reason="TimeRangeNonApplicable")


def _shipping_method(_cart: Json) -> ApiError:
    return refusals.shipping_method()


def _shipping_details(cart: Json) -> ApiError:
    return refusals.shipping_details((cart["lineItems"] or [{"id": new_id(), "quantity": 1}])[0])


def _tax_rate(cart: Json) -> ApiError:
    return refusals.missing_tax_rate("standard", country=_country(cart))


def _country_not_in_store(cart: Json) -> ApiError:
    store = {"key": cart.get("store", {}).get("key", "elsewhere"), "countries": []}
    return refusals.country_not_in_store(_country(cart), store=store)


def _country(cart: Json) -> str:
    return str(cart.get("shippingAddress", {}).get("country", "FR"))


def _reference(_cart: Json) -> ApiError:
    return reference_not_found("shipping-method", id=new_id())


def _invalid_operation(_cart: Json) -> ApiError:
    return invalid_operation("The referenced shipping method is not active.")


def _invalid_input(_cart: Json) -> ApiError:
    return invalid_input("The value of 'orderNumber' is not allowed.")


def _bad_extension(_cart: Json) -> ApiError:
    return refusals.extension_bad_response()


def _silent_extension(_cart: Json) -> ApiError:
    return refusals.extension_no_response()


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
    "CountryNotConfiguredInStore": _country_not_in_store,
    "ReferencedResourceNotFound": _reference,
    "InvalidOperation": _invalid_operation,
    "InvalidInput": _invalid_input,
    "ExtensionBadResponse": _bad_extension,
    "ExtensionNoResponse": _silent_extension,
    "InsufficientScope": _scope,
    "General": _general,
}
