"""The way from a cart to the bridge's checkout page."""

from collections.abc import Mapping
from time import time

from sandbox.shop.links import LINK_LIFE_SECONDS, checkout_url, signature
from sandbox.shop.shop import Shop

MODES = {
    "widget": "Pay this cart",
    "redirect": "Pay on Monext's page",
    "direct": "Straight to Monext's page",
}

# The names that the bridge knows for means of payment.
METHODS = (
    "CB",
    "VISA",
    "MASTERCARD",
    "AMEX",
    "APPLE_PAY",
    "GOOGLE_PAY",
    "PAYPAL",
    "BANCONTACT",
    "IDEAL",
    "MB_WAY",
)

_OPTIONS = ("mode", "method", "lang", "returnUrl", "cancelUrl")


def pay_url(shop: Shop, *, cart_id: str, query: Mapping[str, str]) -> str:
    """The bridge's page for a cart, with the proof that the bridge asks for."""
    return checkout_url(
        shop.settings.bridge.value, cart_id=cart_id, **pay_fields(shop, cart_id=cart_id, query=query)
    )


def pay_fields(shop: Shop, *, cart_id: str, query: Mapping[str, str]) -> dict[str, str]:
    """What the bridge is told, by a link or by a form, with the proof that it asks for.

    A `proof` in the query (`open`, `signed` or `session`) is used in place of the configured one.
    """
    options = {name: query[name] for name in _OPTIONS if query.get(name)}
    return options | _proof(shop, cart_id=cart_id, access=query.get("proof") or shop.settings.access)


def _proof(shop: Shop, *, cart_id: str, access: str) -> dict[str, str]:
    if access == "session":
        return {"session": checkout_session(shop, cart_id=cart_id)}
    if access == "signed":
        expires = int(time()) + LINK_LIFE_SECONDS
        secret = shop.settings.link_secret
        return {"expires": str(expires), "signature": signature(cart_id, expires=expires, secret=secret)}
    return {}


def checkout_session(shop: Shop, *, cart_id: str) -> str:
    """The id of a new commercetools checkout session of the cart, as a shop makes one before a payment."""
    draft = {"cart": {"cartRef": {"id": cart_id}}, "metadata": {}}
    return str(shop.project.create("sessions", draft=draft)["id"])
