"""A payment is begun or resumed: one live session for a cart that is asked for the same way.

Also decided here is which options a start may have, by request, by session and by the store's settings.
"""

from monext_bridge.services.checkout.open_session import SessionOpener
from monext_bridge.services.checkout.options import StartOptions
from monext_bridge.services.checkout.shop_session import ShopSessions
from monext_bridge.services.checkout.start import Checkout

__all__ = ["Checkout", "SessionOpener", "ShopSessions", "StartOptions"]
