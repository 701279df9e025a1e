"""Describes what is paid for, such that items + delivery - discount is the amount.

Partners of Monext check that sum: PayPal refuses a payment whose parts are not its amount. Monext's fields
hold no number below zero and none above 10^18.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from monext_bridge.domain.money import Money
from monext_bridge.domain.record import Cart, CartLine
from monext_bridge.mapping.json_object import Json
from monext_bridge.mapping.monext.limits import are_amounts

ADJUSTMENT = "ADJUSTMENT"
"""Refers to the item that stands for what a cart costs beyond its parts."""


@dataclass(frozen=True, slots=True)
class Contents:
    """Holds the parts of the amount: `items` + `charge` - `discount`, in minor units, is what is due.

    `charge` is what delivery costs, None where no delivery has a price of its own.
    """

    items: list[Json]
    charge: int | None
    discount: int


def contents(cart: Cart, *, due: Money, reference: str) -> Contents:
    """Returns what is paid for, in one of two forms.

    The cart's lines and deliveries are named one by one. What they cost beyond what is due is a discount: those
    of the cart, lines below zero, money that other payments hold, rounding. What the cart costs beyond its
    parts, taxes that are on no line or rounding, is an item of its own. Where a number is beyond Monext's
    limits, one item, called `reference`, stands for all that is due.
    """
    items = [_item(line) for line in cart.lines if line.total.cent_amount >= 0]
    charge = sum(max(d.charge.cent_amount, 0) for d in cart.deliveries)
    known = _discount(cart) + max(cart.total.cent_amount - due.cent_amount, 0)
    beyond = sum(item["price"] for item in items) + charge - known - due.cent_amount
    discount = known + max(beyond, 0)
    if beyond < 0:
        items.append(_single(ADJUSTMENT, price=-beyond))
    if not are_amounts(charge, discount, *(item["price"] for item in items)):
        return Contents([_single(reference, price=due.cent_amount)], charge=None, discount=0)
    return Contents(items, charge=charge if cart.deliveries else None, discount=discount)


def _discount(cart: Cart) -> int:
    """Returns the discount on the total plus custom lines below zero: Monext's prices can't be negative."""
    on_total = cart.discount.cent_amount if cart.discount else 0
    return on_total + sum(max(-line.total.cent_amount, 0) for line in cart.lines)


def _item(line: CartLine) -> Json:
    return {
        "reference": line.reference,
        "price": line.total.cent_amount,
        "quantity": line.quantity,
        "taxRate": _tax_rate(line.tax_rate),
        "comment": line.name,
        "brand": line.brand,
        "category": line.category,
        "seller": line.seller,
    }


def _single(reference: str, *, price: int) -> Json:
    return {"reference": reference, "price": price, "quantity": 1}


def _tax_rate(rate: Decimal | None) -> int | None:
    """Returns hundredths of a percent (0.0255 → 255).

    Returns None rather than a wrong rate where the rate is finer than that.
    """
    hundredths = None if rate is None else rate * 10_000
    return int(hundredths) if hundredths is not None and hundredths % 1 == 0 else None
