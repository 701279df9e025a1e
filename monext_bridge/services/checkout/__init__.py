"""Starts or resumes the payment of a cart: starts with equal terms share one live session.

It also decides which options a start may have, by the request, the shop session and the store's settings.
"""

from monext_bridge.services.checkout.open_session import SessionOpener
from monext_bridge.services.checkout.options import StartOptions
from monext_bridge.services.checkout.shop_session import ShopSession, ShopSessions
from monext_bridge.services.checkout.start import Checkout

__all__ = ["Checkout", "SessionOpener", "ShopSession", "ShopSessions", "StartOptions"]
