"""Starts or resumes the payment of a cart: starts with equal terms share one live session.

It also decides which options a start may have, by the request, the shop session and the store's settings.
"""

from monext_bridge.services.checkout.open_session import SessionOpener
from monext_bridge.services.checkout.options import Proof, StartOptions
from monext_bridge.services.checkout.resolved import named_pages
from monext_bridge.services.checkout.rules import opens_checkout, under_reference, under_session
from monext_bridge.services.checkout.shop_session import ShopSession, ShopSessions
from monext_bridge.services.checkout.start import Checkout

__all__ = [
    "Checkout",
    "Proof",
    "SessionOpener",
    "ShopSession",
    "ShopSessions",
    "StartOptions",
    "named_pages",
    "opens_checkout",
    "under_reference",
    "under_session",
]
