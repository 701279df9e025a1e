"""Reads what commercetools answers into our values.

Reading is tolerant: unknown enum values, newer fields and missing optional ones are no error, because
commercetools adds to its API without a new version. A missing field without which nothing is right raises
UnreadableResource.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monext_bridge.domain.ids import CartId, OrderId, OrderNumber, PaymentId
from monext_bridge.domain.record import Customer, Order
from monext_bridge.mapping.commercetools.carts import read_cart
from monext_bridge.mapping.commercetools.payments import read_expanded, read_payment
from monext_bridge.mapping.json_object import Json, JsonObject, UnreadableResource

__all__ = [
    "CheckoutSession",
    "UnreadableResource",
    "read_cart",
    "read_checkout_session",
    "read_customer",
    "read_order",
    "read_payment",
]


SESSION_RULES: Mapping[str, type] = {
    "merchantReturnUrl": str,
    "paymentInterface": str,
    "allowedPaymentMethods": list,
    "futureOrderNumber": str,
}
"""Members of a session's metadata that restrict or name something. One that is passed over would allow more."""


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """Holds a shop session: a session of commercetools' session API.

    `allowed_methods` is empty where it names none: all are allowed then. `unreadable` are the names of rules in its
    metadata that are there and of another type than they should be.
    """

    id: str
    active: bool
    cart_id: CartId | None = None
    return_url: str | None = None
    interface: str | None = None
    allowed_methods: tuple[str, ...] = ()
    order_number: OrderNumber | None = None
    correlation_id: str | None = None
    expires: datetime | None = None
    unreadable: tuple[str, ...] = ()


def read_order(body: Json) -> Order:
    """Reads an order. Raises UnreadableResource without id, version or total."""
    found = JsonObject.of(body, what="order")
    number, cart = found.text("orderNumber"), found.part("cart").text("id")
    payments = found.part("paymentInfo").parts("payments")
    return Order(
        id=OrderId(found.required_text("id")),
        version=found.required_whole("version"),
        number=OrderNumber(number) if number else None,
        cart_id=CartId(cart) if cart else None,
        total=found.part("taxedPrice").money("totalGross") or found.required_money("totalPrice"),
        state=found.text("orderState"),
        payment_state=found.text("paymentState"),
        payment_ids=tuple(PaymentId(p) for r in payments if (p := r.text("id"))),
        payments=read_expanded(found),
        shipment_state=found.text("shipmentState"),
        created_at=found.instant("createdAt"),
        modified_at=found.instant("lastModifiedAt"),
    )


def read_customer(body: Json) -> Customer:
    """Reads a customer. Raises UnreadableResource without an id."""
    found = JsonObject.of(body, what="customer")
    return Customer(
        id=found.required_text("id"),
        number=found.text("customerNumber"),
        title=found.text("title"),
        salutation=found.text("salutation"),
        first_name=found.text("firstName"),
        last_name=found.text("lastName"),
        email=found.text("email"),
        date_of_birth=found.text("dateOfBirth"),
        company=found.text("companyName"),
    )


def read_checkout_session(body: Json) -> CheckoutSession:
    """Reads a shop session. Raises UnreadableResource without an id.

    `active` is what its state says; whether `expires` has passed is for the caller's clock. What the metadata
    names is not checked here.
    """
    found = JsonObject.of(body, what="session")
    metadata = found.part("metadata")
    cart, number = found.part("activeCart").part("cartRef").text("id"), metadata.text("futureOrderNumber")
    return CheckoutSession(
        id=found.required_text("id"),
        active=(found.text("state") or "").lower() == "active",
        cart_id=CartId(cart) if cart else None,
        return_url=metadata.text("merchantReturnUrl"),
        interface=metadata.text("paymentInterface"),
        allowed_methods=metadata.texts("allowedPaymentMethods"),
        order_number=OrderNumber(number) if number else None,
        correlation_id=metadata.text("correlationId"),
        expires=found.instant("expiryAt") or found.instant("expiresAt"),
        unreadable=tuple(
            name for name, kind in SESSION_RULES.items() if not _is_of(kind, metadata.members.get(name))
        ),
    )


def _is_of(kind: type, value: object) -> bool:
    """Tells whether a rule is absent, or what it should be: a text, or a list of texts."""
    if value is None:
        return True
    texts = value if isinstance(value, list) else []
    return isinstance(value, kind) and all(isinstance(each, str) and each for each in texts)
