"""Says in one table who may call each endpoint; signs and checks links to a payment.

An endpoint that is not in the table is not served. A test compares the table with the application's routes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from enum import Enum

from pydantic import SecretStr

from monext_bridge.errors import Forbidden, Malformed

EXPIRES = re.compile(r"[0-9]{1,12}")
SIGNATURE = re.compile(r"[0-9a-f]{64}")
LONGEST_LINK = 366 * 24 * 3600
"""How far in the future a signed link may expire, in seconds."""


class Principal(Enum):
    """Who calls an endpoint, and how they prove it."""

    ANYBODY = "open: tells nothing and changes nothing"
    LINK = "a buyer with a cart id and, where CHECKOUT_ACCESS is not open, a signed link or a session"
    REFERENCE = "a buyer or Monext, with a reference that this bridge signed"
    SESSION = "a shop's page, with an active commercetools session in X-Session-Id"
    BACK_OFFICE = "an API client of the project, with an OAuth2 bearer token of the right scope"
    MERCHANT_CENTER = "the Merchant Center, with its JWT as a bearer token"
    SUBSCRIPTION = "commercetools' messages by way of a cloud, with EVENTS_SECRET"


PRINCIPALS = {
    "static": Principal.ANYBODY,
    "branding.theme": Principal.ANYBODY,
    "health.health": Principal.ANYBODY,
    "health.ready": Principal.ANYBODY,
    "checkout.start": Principal.LINK,
    "buyer.returned": Principal.REFERENCE,
    "buyer.cancel": Principal.REFERENCE,
    "buyer.result": Principal.REFERENCE,
    "notifications.notify": Principal.REFERENCE,
    "payment.create": Principal.SESSION,
    "operations.config": Principal.SESSION,
    "operations.modify": Principal.BACK_OFFICE,
    "operations.show": Principal.BACK_OFFICE,
    "operations.checkout_link": Principal.BACK_OFFICE,
    "operations.status": Principal.MERCHANT_CENTER,
    "operations.payment_components": Principal.MERCHANT_CENTER,
    "events.receive": Principal.SUBSCRIPTION,
    "events.handshake": Principal.SUBSCRIPTION,
    "openapi.description": Principal.ANYBODY,
    "openapi.docs": Principal.ANYBODY,
}


def sign_link(cart_id: str, expires: int, *, key: SecretStr) -> str:
    """Return the lower-case hex of HMAC-SHA256 over `<cart_id>.<expires>`; `expires` is in Unix seconds."""
    return hmac.new(
        key.get_secret_value().encode(), f"{cart_id}.{expires}".encode(), hashlib.sha256
    ).hexdigest()


def check_link(
    cart_id: str, *, expires: str | None, signature: str | None, keys: Sequence[SecretStr], now: float
) -> None:
    """Check the signature, by any of the keys, and the expiry of a link.

    Raises Malformed where `expires` has the wrong form, and Forbidden for a link that is not valid (any more).
    """
    if expires is None or signature is None:
        raise Forbidden("the link is not signed", field="signature")
    if not EXPIRES.fullmatch(expires):
        raise Malformed("Unix seconds are needed", field="expires")
    if not SIGNATURE.fullmatch(signature):
        raise Forbidden("the link's signature is not one", field="signature")
    good = [hmac.compare_digest(sign_link(cart_id, int(expires), key=key), signature) for key in keys]
    if not any(good):
        raise Forbidden("the link's signature does not verify", field="signature")
    if not now <= int(expires) <= now + LONGEST_LINK:
        raise Forbidden("the link has expired", field="expires")
