"""Links from the shop to the bridge's checkout page."""

import hashlib
import hmac
from urllib.parse import quote, urlencode

LINK_LIFE_SECONDS = 3600


def checkout_url(bridge_url: str, *, cart_id: str, **query: str) -> str:
    """The checkout page of a cart; parameters that are empty are left out."""
    given = {name: value for name, value in query.items() if value}
    address = f"{bridge_url}/checkout/{quote(cart_id, safe='')}"
    return f"{address}?{urlencode(given)}" if given else address


def signature(cart_id: str, *, expires: int, secret: str) -> str:
    """What proves that the shop made a link: HMAC-SHA256 over `<cart id>.<expires>` in lower-case hex.

    `expires` in Unix seconds; `secret` is the bridge's LINK_SECRET.
    """
    return hmac.new(secret.encode(), f"{cart_id}.{expires}".encode("ascii"), hashlib.sha256).hexdigest()
