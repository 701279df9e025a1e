"""Discounts of a cart, all of them DirectDiscounts: on lines, on shipping or on the total price.

https://docs.commercetools.com/api/projects/carts#directdiscount. Discounts stack in the order in which they
stand.
"""

from decimal import Decimal

from sandbox.commercetools.money import cents, rounded
from sandbox.commercetools.wire import Json


def discount_lines(cart: Json) -> None:
    """Set `discountedPricePerQuantity` of every line from the cart's discounts on lines."""
    discounts = _aimed_at(cart, "lineItems")
    for item in cart["lineItems"]:
        price = item["price"]
        unit = price["discounted"]["value"] if "discounted" in price else price["value"]
        value, parts = _lowered(unit, discounts)
        item["discountedPricePerQuantity"] = (
            [{"quantity": item["quantity"], "discountedPrice": {"value": value, "includedDiscounts": parts}}]
            if parts
            else []
        )


def discount_shipping(cart: Json) -> None:
    """Set `discountedPrice` of the shipping from the cart's discounts on shipping."""
    infos = [cart["shippingInfo"]] if "shippingInfo" in cart else []
    for info in [*infos, *(entry["shippingInfo"] for entry in cart["shipping"])]:
        value, parts = _lowered(info["price"], _aimed_at(cart, "shipping"))
        info.pop("discountedPrice", None)
        if parts:
            info["discountedPrice"] = {"value": value, "includedDiscounts": parts}


def total_discounts(cart: Json, total: int) -> list[Json]:
    """The discounts on the total price with what each takes off, at most the total."""
    currency = cart["totalPrice"]["currencyCode"]
    _, parts = _lowered(cents(total, currency), _aimed_at(cart, "totalPrice"))
    return parts


def _aimed_at(cart: Json, target: str) -> list[Json]:
    return [discount for discount in cart["directDiscounts"] if discount["target"]["type"] == target]


def _lowered(price: Json, discounts: list[Json]) -> tuple[Json, list[Json]]:
    currency, left = price["currencyCode"], price["centAmount"]
    parts = []
    for discount in discounts:
        off = min(left, _off(discount["value"], left, currency=currency))
        if off > 0:
            left -= off
            reference = {"typeId": "direct-discount", "id": discount["id"]}
            parts.append({"discount": reference, "discountedAmount": cents(off, currency)})
    return cents(left, currency), parts


def _off(value: Json, amount: int, *, currency: str) -> int:
    if value["type"] == "relative":
        return rounded(Decimal(amount) * value["permyriad"] / 10_000)
    amounts = [money["centAmount"] for money in value["money"] if money["currencyCode"] == currency]
    return int(amounts[0]) if amounts else 0
