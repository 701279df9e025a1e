"""Signs links to a checkout as a shop does, by docs/integrate.md alone and without the bridge's code."""

from __future__ import annotations

import hashlib
import hmac
import time
from urllib.parse import quote_plus

LINK_KEY = "link-secret-for-tests-only"
"""The LINK_SECRET of the bridge under test, where a test sets no other."""


def signed(cart: str, *, expires: int | None = None, key: str = LINK_KEY) -> dict[str, str]:
    """Give the parameters of a link of version 1, which lasts for ten minutes where nothing else is said."""
    until = int(time.time()) + 600 if expires is None else expires
    return {"expires": str(until), "signature": digest(f"{cart}.{until}", key=key)}


def signed_all(
    cart: str, said: dict[str, str], *, expires: int | None = None, key: str = LINK_KEY
) -> dict[str, str]:
    """Give the parameters of a link of version 2 that says this; its values are not encoded yet."""
    until = int(time.time()) + 600 if expires is None else expires
    given = {**said, "expires": str(until), "v": "2"}
    text = "&".join(f"{name}={encoded(given[name])}" for name in sorted(given))
    return {**given, "signature": digest(f"2.{cart}.{text}", key=key)}


def encoded(value: str) -> str:
    return quote_plus(value, safe="*").replace("~", "%7E")


def digest(text: str, *, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
