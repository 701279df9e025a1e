"""Makes rate limit keys that reveal nothing about the sender; they stay in memory or in Redis for a minute.

A key is an HMAC-SHA256 and not a plain SHA-256: there are few enough addresses to try them all.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Callable, Mapping

from flask import request
from pydantic import SecretStr

from monext_bridge.web.endpoints import RateLimitKey

ONE_CUSTOMER = 64
"""Bits of an IPv6 address that providers give to one customer. The customer can change the others at will."""

WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>\d+\.\d+\.\d+\.\d+):\d+")
"""An address with a port. Some proxies forward the port as well, and it differs for each connection."""

LIMITS_PURPOSE = b"monext-bridge.limits"


class RateLimitKeys:
    """Makes keys for those who send a request. All processes with the same `SECRET_KEY` make the same keys."""

    def __init__(self, secret: SecretStr) -> None:
        self._key = hmac.digest(secret.get_secret_value().encode(), LIMITS_PURPOSE, "sha256")

    def name(self, kind: RateLimitKey) -> str | None:
        """Return 32 hex digits; None where the request lacks what this kind of key is made of."""
        found = _READ[kind]()
        if not found:
            return None
        text = f"{kind.name}:{found}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, "sha256").hex()[:32]


def network(address: str) -> str:
    """Return an IPv4 address without its port, or the network of an IPv6 customer. Other text stays as it is."""
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
