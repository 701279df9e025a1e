"""Builds the requests to Monext: to open a session for a cart, and to capture, cancel or refund."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from monext_bridge.domain.money import Money
from monext_bridge.domain.record import Cart, CartLine, Customer
from monext_bridge.mapping.json_object import Json
from monext_bridge.mapping.monext.limits import within_limits
from monext_bridge.mapping.monext.parties import buyer, delivery

BRIDGE_KEY = "bridgeKey"
"""Names our operation key in Monext's `privateData`, which GET transaction echoes."""


@dataclass(frozen=True, slots=True)
class SessionDraft:
    """Describes a session to be opened.

    `due` is what is asked for: the total, less what other payments hold. `payment_method_ids` are contract
    numbers in the order to be shown; none means all of the point of sale.
    """

    cart: Cart
    customer: Customer | None
    due: Money
    reference: str
    point_of_sale: str
    capture: str
    payment_method_ids: tuple[str, ...]
    language: str | None
    return_url: str
    notification_url: str
    private_data: Mapping[str, str]
    date: datetime


def session_request(draft: SessionDraft) -> Json:
    """Returns Monext's `SessionRequest`, within its limits and without anything empty."""
    return within_limits(
        {
            "pointOfSaleReference": draft.point_of_sale,
            "paymentMethod": {"paymentMethodIDs": list(draft.payment_method_ids)},
            "payment": {
                "paymentType": "ONE_OFF",
                "capture": draft.capture,
                "amount": draft.due.cent_amount,
            },
            "order": _order(draft),
            "buyer": buyer(draft.cart, customer=draft.customer),
            "delivery": delivery(draft.cart),
            "threeDS": {"challengeInd": "NO_PREFERENCE"},
            "privateData": dict(draft.private_data),
            "returnURL": draft.return_url,
            "notificationURL": draft.notification_url,
            "languageCode": language_code(draft.language or draft.cart.locale),
        }
    )


def operation_request(
    *,
    amount: int,
    key: str,
    merchant_reference: str | None,
    comment: str | None = None,
    option: str | None = None,
) -> Json:
    """Returns Monext's `TransactionActionRequest`; `amount` is in minor units, `option` is of a capture only.

    Monext knows no idempotency key. So `privateData` carries ours, by which a row of the ledger is found
    again.
    """
    return within_limits(
        {
            "amount": amount,
            "comment": comment,
            "merchantReference": merchant_reference or key,
            "privateData": {BRIDGE_KEY: key},
            "option": option,
        }
    )


def _order(draft: SessionDraft) -> Json:
    cart, billing = draft.cart, draft.cart.billing_address
    return {
        "reference": draft.reference,
        "amount": draft.due.cent_amount,
        "currency": draft.due.currency,
        "taxes": cart.taxes.cent_amount if cart.taxes else None,
        "discount": _discount(cart) or None,
        "date": draft.date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "origin": "E_COM",
        "country": cart.country or (billing.country if billing else None),
        "items": [_item(line) for line in cart.lines if line.total.cent_amount >= 0],
    }


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
    }


def _tax_rate(rate: Decimal | None) -> int | None:
    """Returns hundredths of a percent (0.0255 → 255).

    Returns None rather than a wrong rate where the rate is finer than that.
    """
    hundredths = None if rate is None else rate * 10_000
    return int(hundredths) if hundredths is not None and hundredths % 1 == 0 else None


def language_code(tag: str | None) -> str | None:
    """Turns `fr-FR` into `FR`. What is no two-letter language is left out by the limits."""
    return (tag or "").replace("_", "-").partition("-")[0].upper() or None
