"""Makes rate limit keys that reveal nothing about the sender; they stay in memory or in Redis for a minute.

A key is an HMAC-SHA256 and not a plain SHA-256: there are few enough addresses to try them all.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from functools import lru_cache

from flask import request
from pydantic import SecretStr

from monext_bridge.web.endpoints import RateLimitKey

ONE_CUSTOMER = 64
"""Bits of an IPv6 address that providers give to one customer. The customer can change the others at will."""

TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses under which a translator shows clients of IPv4 to a host of IPv6 (RFC 6052)."""

WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>\d+\.\d+\.\d+\.\d+):\d+")
"""An address with a port. Some proxies forward the port as well, and it differs for each connection."""

MOST_ADDRESSES = 1024

LIMITS_PURPOSE = b"monext-bridge.limits"


class RateLimitKeys:
    """Makes keys for those who send a request. All processes with the same `SECRET_KEY` make the same keys."""

    def __init__(self, secret: SecretStr) -> None:
        self._key = hmac.digest(secret.get_secret_value().encode(), LIMITS_PURPOSE, "sha256")

    def name(self, kind: RateLimitKey, found: str) -> str:
        """Return 32 hex digits for what was found, of any kind and any text."""
        text = f"{kind.name}:{found}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, "sha256").hex()[:32]


def client_network() -> str:
    """Return what the address of the present request counts as. Those without an address are one client."""
    return network(request.remote_addr or "")


@lru_cache(maxsize=MOST_ADDRESSES)
def network(address: str) -> str:
    """Return an IPv4 address without its port, or the network of an IPv6 customer. Other text stays as it is.

    An IPv4 address that is written as one of IPv6 counts as itself.
    """
    found = WITH_PORT.fullmatch(address)
    bare = (found["v6"] or found["v4"]) if found else address
    try:
        ip = ipaddress.ip_address(bare)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    within = _ipv4_within(ip)
    return str(within or ipaddress.ip_network((ip.packed, ONE_CUSTOMER), strict=False))


def _ipv4_within(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in TRANSLATED:
        return ipaddress.IPv4Address(ip.packed[-4:])
    return ip.ipv4_mapped or ip.sixtofour
