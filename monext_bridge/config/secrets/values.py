"""Turns the text of a secret into its type. A fault never shows the text."""

from __future__ import annotations

import base64
import re
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from monext_bridge.config.parsing import VISIBLE, Fault, absolute_url, comma_list, elements, is_this_machine

SHORTEST_SECRET = 16
BASIC = re.compile(r"\ABasic\s+", re.IGNORECASE)


def signing_secrets(value: str) -> tuple[SecretStr, ...]:
    """Reads a comma list of secrets that are long enough to sign with."""
    found = comma_list(value)
    if any(len(each) < SHORTEST_SECRET for each in found):
        raise Fault(f"must have at least {SHORTEST_SECRET} characters (each of them, in a comma list)")
    return tuple(SecretStr(each) for each in found)


def issued_secrets(value: str) -> tuple[SecretStr, ...]:
    """Reads a comma list of secrets that a remote has made, as often as they are there."""
    return tuple(SecretStr(each) for each in elements(value))


def presented_secrets(value: str) -> tuple[SecretStr, ...]:
    """Reads a comma list of secrets, one of which somebody presents as it is, in a header or a query.

    The whole value counts too, as the last one, because it may be a single secret that has a comma in it. Elements
    that are too short for a secret then do not count.
    """
    members = [each.strip() for each in value.split(",")]
    found = [each for each in members if len(each) >= SHORTEST_SECRET]
    if VISIBLE.fullmatch(value) and len(value) >= SHORTEST_SECRET:
        found.append(value)
    elif len(found) < len(members):
        raise Fault(f"must have at least {SHORTEST_SECRET} characters (each of them, in a comma list)")
    if not all(VISIBLE.fullmatch(each) for each in found):
        raise Fault("must be of ASCII characters, without spaces (each of them, in a comma list)")
    return tuple(SecretStr(each) for each in dict.fromkeys(found))


def api_keys(value: str) -> tuple[SecretStr, ...]:
    """Reads a comma list of Monext's keys of one merchant, and returns them as HTTP Basic wants them.

    Monext's own plugins take a key with the word `Basic` or without.
    """
    keys = tuple(dict.fromkeys(BASIC.sub("", each) for each in elements(value)))
    if len({_merchant_and_access_key(each)[0] for each in keys}) > 1:
        raise Fault(
            "must be keys of one merchant: the merchantId of all elements of a comma list is the same"
        )
    return tuple(SecretStr(each) for each in keys)


def access_key(api_key: str) -> str:
    """Returns what is secret in a key that `api_keys` has read."""
    return _merchant_and_access_key(api_key)[1]


def merchant_id(api_key: str) -> str:
    """Returns the merchant of a key that `api_keys` has read. It is no secret."""
    return _merchant_and_access_key(api_key)[0]


def _merchant_and_access_key(encoded: str) -> tuple[str, str]:
    try:
        merchant, _, access_key = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:  # no base64, no ASCII, or no UTF-8 in it
        merchant = access_key = ""
    if not merchant or not access_key:
        raise Fault("must be base64 of merchantId:accessKey")
    return merchant, access_key


def redis_url(value: str) -> SecretStr:
    """Reads `redis://` or, with TLS, `rediss://`. The URL may hold a password, so it is a secret."""
    if absolute_url(value).scheme not in ("redis", "rediss"):
        raise Fault("must be a redis:// or rediss:// URL")
    return SecretStr(value)


def redis_password(url: str) -> str:
    """Returns what is secret in the URL of a Redis."""
    return unquote(urlsplit(url).password or "")


def crosses_network_in_clear(url: str) -> bool:
    """Tells whether a Redis without TLS is on another machine."""
    parts = urlsplit(url)
    return parts.scheme == "redis" and not is_this_machine(parts.hostname or "")
