"""Builds the requests to Monext: to open a session for a cart, and to capture, cancel or refund."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import OwnedKey
from monext_bridge.domain.record import Cart, Customer
from monext_bridge.mapping.json_object import Json
from monext_bridge.mapping.monext.contents import Contents, contents
from monext_bridge.mapping.monext.limits import first_fitting, within_limits
from monext_bridge.mapping.monext.parties import buyer, delivery, destination, timestamp

BRIDGE_KEY = "bridgeKey"
"""Names our operation key in Monext's `privateData`, which GET transaction echoes."""
BRIDGE_PRINCIPAL = "bridgePrincipal"
"""Names there the principal that the key belongs to."""


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """Holds what a store wishes of its sessions at Monext.

    `fallback_method_ids` are the contracts that are offered where the first ones fail, `page_code` names the
    template of Monext's page, `soft_descriptor` is the text on the buyer's statement, and `challenge` is the
    wish for a challenge of 3-D Secure.
    """

    fallback_method_ids: tuple[str, ...] = ()
    page_code: str | None = None
    soft_descriptor: str | None = None
    challenge: str | None = None


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
    options: SessionOptions = SessionOptions()


def session_request(draft: SessionDraft) -> Json:
    """Returns Monext's `SessionRequest`, within its limits and without anything empty."""
    paid_for = contents(draft.cart, due=draft.due, reference=draft.reference)
    return within_limits(
        {
            "pointOfSaleReference": draft.point_of_sale,
            "paymentMethod": _payment_method(draft),
            "payment": {
                "paymentType": "ONE_OFF",
                "capture": draft.capture,
                "amount": draft.due.cent_amount,
                "softDescriptor": draft.options.soft_descriptor,
            },
            "order": _order(draft, paid_for=paid_for),
            "buyer": buyer(draft.cart, customer=draft.customer),
            "delivery": delivery(draft.cart, charge=paid_for.charge),
            "threeDS": {"challengeInd": draft.options.challenge or "NO_PREFERENCE"},
            "privateData": dict(draft.private_data),
            "returnURL": draft.return_url,
            "notificationURL": draft.notification_url,
            "languageCode": _language(draft),
            "customPaymentPageCode": draft.options.page_code,
        }
    )


def operation_request(
    *,
    amount: int,
    key: OwnedKey,
    merchant_reference: str | None,
    comment: str | None = None,
    option: str | None = None,
) -> Json:
    """Returns Monext's `TransactionActionRequest`; `amount` is in minor units, `option` is of a capture only.

    Monext knows no idempotency key. So `privateData` carries ours and its principal, by which a row of the ledger
    is found again.
    """
    return within_limits(
        {
            "amount": amount,
            "comment": comment,
            "merchantReference": merchant_reference or key.key,
            "privateData": {BRIDGE_KEY: key.key, BRIDGE_PRINCIPAL: key.principal},
            "option": option,
        }
    )


def _order(draft: SessionDraft, *, paid_for: Contents) -> Json:
    cart, billing, shipping = draft.cart, draft.cart.billing_address, destination(draft.cart)
    return {
        "reference": draft.reference,
        "amount": draft.due.cent_amount,
        "currency": draft.due.currency,
        "taxes": cart.taxes.cent_amount if cart.taxes else None,
        "discount": paid_for.discount or None,
        "date": timestamp(draft.date),
        "origin": "E_COM",
        "country": first_fitting(
            "order.country",
            cart.country,
            billing.country if billing else None,
            shipping.country if shipping else None,
        ),
        "items": paid_for.items,
    }


def _payment_method(draft: SessionDraft) -> Json:
    return {
        "paymentMethodIDs": list(draft.payment_method_ids),
        "fallbackPaymentMethodIDs": list(draft.options.fallback_method_ids),
    }


def _language(draft: SessionDraft) -> str | None:
    """Returns the language that was asked for, or the cart's where Monext has no code for it."""
    return first_fitting("languageCode", language_code(draft.language), language_code(draft.cart.locale))


def language_code(tag: str | None) -> str | None:
    """Turns `fr-FR` into `FR`. What is no two-letter language is left out by the limits."""
    return (tag or "").replace("_", "-").partition("-")[0].upper() or None
