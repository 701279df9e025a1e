"""Who spends a budget, as a name that tells nothing: it stands in memory or in Redis for a minute.

The names are HMAC-SHA256, not plain SHA-256: there are few enough addresses to try them all.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Callable, Mapping

from flask import request
from pydantic import SecretStr

from monext_bridge.web.access.rate_limits import RateLimitKey

ONE_CUSTOMER = 64
"""Bits of an IPv6 address that providers give to one customer; the rest is the customer's to change at will."""

WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>\d+\.\d+\.\d+\.\d+):\d+")
"""Some proxies forward the port as well, which is another one for each connection."""

LIMITS_PURPOSE = b"monext-bridge.limits"


class RateLimitKeys:
    """Names those who send a request; the same in all processes with the same `SECRET_KEY`."""

    def __init__(self, secret: SecretStr) -> None:
        self._key = hmac.digest(secret.get_secret_value().encode(), LIMITS_PURPOSE, "sha256")

    def name(self, spender: RateLimitKey) -> str | None:
        """32 hex digits; None where the request does not have what stands for the spender."""
        found = _READ[spender]()
        if not found:
            return None
        text = f"{spender.name}:{found}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, "sha256").hex()[:32]


def network(address: str) -> str:
    """Of IPv4 the address, of IPv6 the customer's network; what is neither stays as it is."""
    found = WITH_PORT.fullmatch(address)
    bare = (found["v6"] or found["v4"]) if found else address
    try:
        ip = ipaddress.ip_address(bare)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip.packed, ONE_CUSTOMER), strict=False))


def _address() -> str:
    return network(request.remote_addr or "")


def _from_path(name: str) -> Callable[[], str]:
    return lambda: str((request.view_args or {}).get(name) or "")


_READ: Mapping[RateLimitKey, Callable[[], str]] = {
    RateLimitKey.ADDRESS: _address,
    RateLimitKey.CART: _from_path("cart_id"),
    RateLimitKey.REFERENCE: _from_path("ref"),
    RateLimitKey.SESSION: lambda: request.headers.get("X-Session-Id", ""),
}
