"""The errors with which commercetools refuses an order: https://docs.commercetools.com/api/errors

Their words and members are those of commercetools' type descriptions (`@commercetools/platform-sdk` 9.5.0).
"""

from collections.abc import Sequence

from sandbox.commercetools.catalogue import stable_id, tax_category_id
from sandbox.commercetools.errors import ApiError
from sandbox.commercetools.wire import Json, without_nulls


def out_of_stock(items: Sequence[Json]) -> ApiError:
    """OutOfStock: these lines are not there in their quantity."""
    skus = [item["variant"]["sku"] for item in items]
    message = f"Some line items are out of stock at the time of placing the order: {', '.join(skus)}."
    ids = [item["id"] for item in items]
    return ApiError(400, code="OutOfStock", message=message, lineItems=ids, skus=skus)


def price_changed(items: Sequence[Json]) -> ApiError:
    """PriceChanged: these lines cost something else by now."""
    ids = [item["id"] for item in items]
    message = (
        f"The price or tax of some line items changed at the time of placing the order: {', '.join(ids)}."
    )
    return ApiError(400, code="PriceChanged", message=message, lineItems=ids, shipping=False)


def no_price(product_id: str, *, currency: str) -> ApiError:
    """MatchingPriceNotFound: the product has no price in that currency."""
    message = f"The variant 1 of product {product_id} does not contain a price for currency {currency}."
    return ApiError(
        400,
        code="MatchingPriceNotFound",
        message=message,
        productId=product_id,
        variantId=1,
        currency=currency,
    )


def discount_code(code_id: str, *, reason: str | None, code: str | None = None) -> ApiError:
    """DiscountCodeNonApplicable: a discount code on the cart cannot be applied."""
    named = without_nulls({"discountCode": code, "discountCodeId": code_id, "reason": reason})
    message = f"The discountCode {code_id} cannot be applied to the cart."
    return ApiError(400, code="DiscountCodeNonApplicable", message=message, **named)


def shipping_method() -> ApiError:
    """ShippingMethodDoesNotMatchCart: its predicate does not match any more."""
    return ApiError(
        400, code="ShippingMethodDoesNotMatchCart", message="The predicate does not match the cart."
    )


def shipping_details(item: Json) -> ApiError:
    """InvalidItemShippingDetails: not every piece of a line has an address."""
    subject = "CustomLineItem" if "money" in item else "LineItem"
    shared = sum(target["quantity"] for target in item.get("shippingDetails", {}).get("targets", []))
    message = (
        f"Inconsistent shipping details for {subject} with ID {item['id']}. {subject} quantity is "
        f"{item['quantity']} and shippingTargets quantity sum is {shared}."
    )
    return ApiError(
        400, code="InvalidItemShippingDetails", message=message, subject=subject, itemId=item["id"]
    )


def missing_tax_rate(category: str, *, country: str) -> ApiError:
    """MissingTaxRateForCountry: what the cart holds has no tax rate where it goes."""
    category_id = tax_category_id(category)
    message = f"Tax category {category_id} is missing a tax rate for country {country}."
    return ApiError(
        400, code="MissingTaxRateForCountry", message=message, taxCategoryId=category_id, country=country
    )


def country_not_in_store(country: str, *, store: Json) -> ApiError:
    """CountryNotConfiguredInStore: the store does not sell to the cart's country."""
    message = f"The country {country} is not configured for the store {store['key']}."
    return ApiError(
        400,
        code="CountryNotConfiguredInStore",
        message=message,
        storeCountries=[each["code"] for each in store["countries"]],
        country=country,
    )


def extension_bad_response() -> ApiError:
    """ExtensionBadResponse: an API extension of the project answered nonsense."""
    return ApiError(
        400,
        code="ExtensionBadResponse",
        message="The extension did not return the expected JSON.",
        extensionErrors=[],
        extensionBody="<html></html>",
        extensionStatusCode=200,
        extensionId=stable_id("extension", "orders"),
        extensionKey="orders",
    )


def extension_no_response() -> ApiError:
    """ExtensionNoResponse: an API extension of the project did not answer."""
    return ApiError(
        400,
        code="ExtensionNoResponse",
        message="Extension did not respond in time.",
        extensionId=stable_id("extension", "orders"),
        extensionKey="orders",
    )
