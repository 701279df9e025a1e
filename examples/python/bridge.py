"""The two ways to the payment. Both lead to the bridge's page, and from there the buyer comes back to this shop."""

import hashlib
import hmac
import time
from urllib.parse import urlencode

from commercetools_api import make_session
from settings import SETTINGS, SHOP_URL

LINK_LIFE = 3600  # seconds

# Where the buyer comes back to: once it is paid, and where it is not.
LANDING = {"returnUrl": f"{SHOP_URL}/thanks", "cancelUrl": f"{SHOP_URL}/cart"}


def signed_link(cart_id: str) -> str:
    """First way: a link that this server signs.

    Version 2 signs all that the link says, so nobody can change the page that the buyer comes back to. It is made
    when the buyer presses the button, so it need not be valid for long.
    """
    said = sorted({**LANDING, "expires": str(int(time.time()) + LINK_LIFE), "v": "2"}.items())
    # As browsers' URLSearchParams write it, which is what the bridge reads.
    query = urlencode(said, safe="*").replace("~", "%7E")
    secret = SETTINGS["LINK_SECRET"].encode()
    signature = hmac.new(secret, f"2.{cart_id}.{query}".encode(), hashlib.sha256).hexdigest()
    return f"{SETTINGS['BRIDGE_URL']}/checkout/{cart_id}?{query}&signature={signature}"


def session_form(cart_id: str) -> tuple[str, dict[str, str]]:
    """Second way: address and fields of a form with a checkout session, which leaves no proof in an address.

    LINK_SECRET is not needed for it.
    """
    return f"{SETTINGS['BRIDGE_URL']}/checkout/{cart_id}", {"session": make_session(cart_id), **LANDING}
