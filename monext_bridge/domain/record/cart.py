"""Decides whether a cart can be paid and how much of it is due; defines cart and customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from monext_bridge.domain.ids import CartId, PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.record.amounts import amounts, less_held
from monext_bridge.domain.record.payment import Payment


class CartState(StrEnum):
    """Lists commercetools' cart states. OTHER stands for one that was added after this was written."""

    ACTIVE = "Active"
    MERGED = "Merged"
    ORDERED = "Ordered"
    FROZEN = "Frozen"
    OTHER = "Other"


class NotPayable(StrEnum):
    """Tells why a cart can't be paid."""

    EMPTY = "empty"
    ZERO = "zero"
    MERGED = "merged"
    ORDERED = "ordered"
    LOCKED = "locked"
    CURRENCY = "currency"
    NO_BILLING_ADDRESS = "no_billing_address"
    NO_SHIPPING_ADDRESS = "no_shipping_address"
    STATE = "state"
    DISCOUNT_CODE = "discount_code"
    SHIPPING_METHOD = "shipping_method"
    SHIPPING_DETAILS = "shipping_details"


@dataclass(frozen=True, slots=True)
class Address:
    """Holds an address as commercetools does (`BaseAddress`). Nothing is cut or cleaned here."""

    title: str | None = None
    salutation: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    street_name: str | None = None
    street_number: str | None = None
    additional_street_info: str | None = None
    building: str | None = None
    apartment: str | None = None
    po_box: str | None = None
    postal_code: str | None = None
    city: str | None = None
    region: str | None = None
    state: str | None = None
    country: str | None = None
    phone: str | None = None
    mobile: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class CartLine:
    """Holds a line item or custom line item.

    `total` is the price of the whole line, with tax where it is known. `category` is one of Monext's codes.
    `picture` is an address as the product's catalogue has it, which nobody has checked.
    """

    reference: str
    name: str
    quantity: int
    total: Money
    tax_rate: Decimal | None = None
    brand: str | None = None
    category: str | None = None
    seller: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Holds one shipping method of the cart.

    `charge` is its price after the discount, with tax where it is known. `mode` and `timeframe` are words of
    Monext.
    """

    method: str
    charge: Money
    address: Address | None = None
    mode: str | None = None
    timeframe: str | None = None
    expected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """Holds the commercetools customer of a cart. A guest cart has none."""

    id: str
    number: str | None = None
    title: str | None = None
    salutation: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    date_of_birth: str | None = None
    company: str | None = None


@dataclass(frozen=True, slots=True)
class Cart:
    """Holds a cart. `total` is what it costs: `taxedPrice.totalGross`, else `totalPrice`.

    `discount` (positive) is the discount on the total. `lines` are already less their own discounts, so that
    lines + deliveries - discount = total, but for what `unexplained` returns. `payments` are those of `paymentInfo`,
    expanded. `obstacles` are the reasons, stated by the cart itself, for which an order of it would be refused.
    `product_types` are the keys of its lines' product types, with None for each that is not known, as of every
    custom line. `has_item_addresses`: its lines are shipped to addresses of their own.
    """

    id: CartId
    version: int
    state: CartState
    total: Money
    locked: bool = False
    taxes: Money | None = None
    discount: Money | None = None
    lines: tuple[CartLine, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    shipping_address: Address | None = None
    billing_address: Address | None = None
    store_key: str | None = None
    locale: str | None = None
    country: str | None = None
    customer_id: str | None = None
    anonymous_id: str | None = None
    customer_email: str | None = None
    payments: tuple[Payment, ...] = ()
    obstacles: frozenset[NotPayable] = frozenset()
    product_types: frozenset[str | None] = frozenset()
    has_item_addresses: bool = False

    def due(self, *, besides: PaymentId | None = None, interfaces: frozenset[str] = frozenset()) -> Money:
        """Returns what is still to be paid, never below zero.

        Money that payments of other interfaces hold in the cart's currency is not due; what the payment
        `besides` holds stays due. Payments of `interfaces` (our own) are not subtracted here: which of two of
        them counts is decided by `decide`, not by arithmetic.
        """
        others = (p for p in self.payments if p.id != besides and p.interface not in interfaces)
        return less_held(self.total, others)

    def unexplained(self) -> Money:
        """Returns what the total has beyond lines, deliveries and discount; negative where it has less.

        It is zero unless taxes were rounded otherwise for the whole than for its parts, or the shop set them so.
        """
        parts = sum(part.total.cent_amount for part in self.lines)
        parts += sum(delivery.charge.cent_amount for delivery in self.deliveries)
        off = self.discount.cent_amount if self.discount else 0
        return self.total.with_amount(self.total.cent_amount - parts + off)

    def destinations(self) -> tuple[Address, ...]:
        """Returns where its deliveries go, each address once; the cart's own where no delivery is chosen yet."""
        found = [delivery.address or self.shipping_address for delivery in self.deliveries]
        return tuple(dict.fromkeys(each for each in found or [self.shipping_address] if each))

    def held_otherwise(self) -> tuple[Money, ...]:
        """Returns what payments of the cart hold in other currencies. It pays for nothing of the cart."""
        likes = {t.amount.currency: t.amount for p in self.payments for t in p.transactions}
        others = [(p, like) for c, like in likes.items() if c != self.total.currency for p in self.payments]
        held = (amounts(payment, like=like).held for payment, like in others)
        return tuple(amount for amount in held if not amount.is_zero)


def not_payable(
    cart: Cart, *, due: Money, currencies: frozenset[str], digital_types: frozenset[str]
) -> NotPayable | None:
    """Returns the first reason why the cart can't be paid, None where it can.

    A frozen cart is as payable as an active one. `digital_types` are the keys of product types that are not shipped.
    A missing shipping method is no reason: some carts are shipped without one.
    """
    checks = (
        (cart.state is CartState.MERGED, NotPayable.MERGED),
        (cart.state is CartState.ORDERED, NotPayable.ORDERED),
        (cart.state is CartState.OTHER, NotPayable.STATE),
        (cart.locked, NotPayable.LOCKED),
        (not cart.lines, NotPayable.EMPTY),
        (cart.total.currency not in currencies, NotPayable.CURRENCY),
        (due.cent_amount <= 0, NotPayable.ZERO),
        (cart.billing_address is None, NotPayable.NO_BILLING_ADDRESS),
        (_lacks_shipping_address(cart, digital_types=digital_types), NotPayable.NO_SHIPPING_ADDRESS),
        *((reason in cart.obstacles, reason) for reason in NotPayable),
    )
    return next((reason for failed, reason in checks if failed), None)


def _lacks_shipping_address(cart: Cart, *, digital_types: frozenset[str]) -> bool:
    """Tells whether something is shipped, and the cart, or at least one of its deliveries, has no address."""
    if cart.shipping_address is not None or _is_digital(cart, digital_types):
        return False
    if cart.deliveries:
        return any(d.address is None for d in cart.deliveries)
    return not cart.has_item_addresses


def _is_digital(cart: Cart, digital_types: frozenset[str]) -> bool:
    """Tells whether nothing of the cart is shipped: all its lines are of digital product types.

    A custom line has no product type, so nothing says that it is not shipped, and its cart needs an address.
    """
    return bool(cart.product_types) and cart.product_types <= digital_types
