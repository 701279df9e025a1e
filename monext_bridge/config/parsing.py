"""Turns the text of one value into its type. A fault never shows the text, which may be a misplaced secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from babel.numbers import list_currencies

E = TypeVar("E", bound=StrEnum)

HTTPS_WANTED = "must be https:// with MONEXT_ENVIRONMENT=PRODUCTION"

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_PUBLIC_URL = 255 - len("/notification/") - 142
"""Characters. Monext takes return URLs of 255, and a reference has at most 142."""

LONGEST_URL = 600
"""Characters of any other address: it goes into pages and redirects. A landing page of a request may have as many."""

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

MONEXT_ID = re.compile(r"(?=.{1,50}\Z)[A-Za-z0-9]+[A-Za-z0-9.\-_]+", re.ASCII)
"""Monext's form of SessionRequest.pointOfSaleReference; contract numbers have the same form."""

STORE_KEY = re.compile(r"[A-Za-z0-9_-]{2,190}")
"""commercetools allows 256 characters. The key of a Payment, which has 256 in all, holds a store key after
other things."""

PROJECT_KEY = re.compile(r"[A-Za-z0-9_-]{2,36}")
PRODUCT_TYPE_KEY = re.compile(r"[A-Za-z0-9_-]{2,256}")
SHIPMENT_STATES = ("Backorder", "Canceled", "Delayed", "Delivered", "Partial", "Pending", "Ready", "Shipped")
"""The values of commercetools' ShipmentState of orders."""

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
VISIBLE = re.compile(r"[!-~]+")
NUMBER = re.compile(r"[0-9]{1,9}")
MAIL = re.compile(r"mailto:[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


class Fault(ValueError):
    """Says what is wrong with a value, to be read after the setting's name."""


def text(value: str) -> str:
    """Accepts one line of text."""
    if CONTROL.search(value):
        raise Fault("must be one line of text")
    return value


def text_of_at_most(longest: int) -> Callable[[str], str]:
    """Returns a parser for one line of text of so many UTF-16 units."""

    def parse(value: str) -> str:
        if len(text(value).encode("utf-16-le", "surrogatepass")) > 2 * longest:
            raise Fault(f"must have at most {longest} characters")
        return value

    return parse


def plain(value: object) -> str:
    """Returns a value from inside JSON, a string or a whole number, as the text that the environment would hold."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise Fault("must be a JSON string that is not empty")
    return value.strip()


def comma_list(value: str) -> tuple[str, ...]:
    """Returns the elements in their order, each once."""
    return tuple(dict.fromkeys(elements(value)))


def elements(value: str) -> tuple[str, ...]:
    """Returns the elements of a comma list in their order, as often as they are there."""
    found = tuple(each.strip() for each in text(value).split(","))
    if not all(found):
        raise Fault("has an empty element in its comma list")
    return found


def one_of(kind: type[E]) -> Callable[[str], E]:
    """Returns a parser for the values of an enumeration, in exactly their spelling."""

    def parse(value: str) -> E:
        if value not in set(kind):
            raise Fault(f"must be one of {', '.join(kind)}")
        return kind(value)

    return parse


def number(lowest: int, highest: int) -> Callable[[str], int]:
    """Returns a parser for whole numbers from `lowest` to `highest`."""

    def parse(value: str) -> int:
        if not NUMBER.fullmatch(value) or not lowest <= int(value) <= highest:
            raise Fault(f"must be a whole number from {lowest} to {highest}")
        return int(value)

    return parse


def minutes(lowest: int, highest: int) -> Callable[[str], timedelta]:
    """Returns a parser for whole minutes from `lowest` to `highest`."""
    whole = number(lowest, highest)
    return lambda value: timedelta(minutes=whole(value))


def product_type_keys(value: str) -> frozenset[str]:
    """Reads keys of commercetools' product types, comma list."""
    found = comma_list(value)
    if not all(PRODUCT_TYPE_KEY.fullmatch(each) for each in found):
        raise Fault("must be keys of product types: 2 to 256 characters of A-Z a-z 0-9 _ -, comma list")
    return frozenset(found)


def on_off(value: str) -> bool:
    if value not in ("on", "off"):
        raise Fault("must be on or off")
    return value == "on"


def shipment_states(value: str) -> frozenset[str]:
    """Reads states in exactly commercetools' spelling; `off` means none."""
    found = frozenset() if value == "off" else frozenset(comma_list(value))
    if not found <= set(SHIPMENT_STATES):
        raise Fault(f"must be off, or a comma list of {', '.join(SHIPMENT_STATES)}")
    return found


def log_level(value: str) -> str:
    if value.upper() not in LOG_LEVELS:
        raise Fault(f"must be one of {', '.join(LOG_LEVELS)}")
    return value.upper()


def currencies(value: str) -> frozenset[str]:
    """Reads a comma list of ISO 4217 alphabetic codes."""
    found = comma_list(value)
    if not set(found) <= list_currencies():
        raise Fault("must be a comma list of ISO 4217 codes, like EUR,CHF")
    return frozenset(found)


def project_key(value: str) -> str:
    if not PROJECT_KEY.fullmatch(value):
        raise Fault("must be 2 to 36 of A-Z a-z 0-9 _ -")
    return value


def monext_id(value: str) -> str:
    """Accepts a point of sale reference or a contract number."""
    if not MONEXT_ID.fullmatch(value):
        raise Fault("must be 2 to 50 of A-Z a-z 0-9 . - _ beginning with a letter or digit")
    return value


def page_url(value: str) -> str:
    """Accepts an absolute https URL of bounded length without credentials. http is for this machine only."""
    parts = absolute_url(_of_bounded_length(value))
    loopback = parts.hostname in LOOPBACK
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise Fault("must be an https:// URL (http:// only for localhost)")
    if parts.username is not None or parts.password is not None:
        raise Fault("must not hold a user name or a password")
    return value


def _of_bounded_length(url: str) -> str:
    if len(url) > LONGEST_URL:
        raise Fault(f"must have at most {LONGEST_URL} characters")
    return url


def is_this_machine(host: str) -> bool:
    """Tells whether a host is this machine, whatever the network says."""
    if host in LOOPBACK:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def mail_url(value: str) -> str:
    """Accepts `mailto:` and one address, without the headers that such a URL may carry."""
    if not MAIL.fullmatch(_of_bounded_length(value)):
        raise Fault("must be mailto: and one address")
    return value


def origin_of(url: str) -> str:
    """Returns scheme and host of a URL, as a browser writes an origin and a content security policy takes it."""
    if not HOST.fullmatch(url_host(url)):
        raise Fault("must be on a host of letters, digits, dots and hyphens")
    return f"{urlsplit(url).scheme}://{url_host(url)}"


def landing_page_url(value: object) -> str | None:
    """Reads a shop's page. A map's `null` or empty string gives None: this store has none."""
    return None if value is None or value == "" else page_url(plain(value))


def base_url(value: str) -> str:
    """Reads a URL that paths are appended to, and returns it without the slash at its end."""
    parts = absolute_url(page_url(value))
    if parts.query or parts.fragment or value.endswith(("?", "#")):
        raise Fault("must have no query and no fragment")
    return value.rstrip("/")


def public_url(value: str) -> str:
    """Reads a base URL that is short enough for Monext with what the bridge appends to it."""
    base = base_url(value)
    if len(base) > LONGEST_PUBLIC_URL:
        raise Fault(f"must have at most {LONGEST_PUBLIC_URL} characters")
    return base


def base_url_without(suffix: str) -> Callable[[str], str]:
    """Returns a parser for base URLs that are often given with a part that the bridge appends itself."""

    def parse(value: str) -> str:
        if base_url(value).endswith(suffix):
            raise Fault(f"must be given without {suffix}")
        return base_url(value)

    return parse


def hosts(value: str) -> frozenset[str]:
    """Reads a comma list of hosts, in the form of `url_host`."""
    found = [each.lower() for each in comma_list(value)]
    if not all(HOST.fullmatch(each) for each in found):
        raise Fault("must be a comma list of host or host:port, without scheme, path or wildcard")
    return frozenset(each.removesuffix(":443") for each in found)


def host_names(value: str) -> frozenset[str]:
    """Reads a comma list of host names, without ports."""
    found = [each.lower() for each in comma_list(value)]
    if not all(HOST.fullmatch(each) and ":" not in each for each in found):
        raise Fault("must be a comma list of host names, without scheme, port, path or wildcard")
    return frozenset(found)


def contacts(value: str) -> tuple[str, ...]:
    """Reads a comma list of ways to reach somebody: `mailto:` and an address, or an https page."""
    return tuple(
        mail_url(each) if each.startswith("mailto:") else page_url(each) for each in comma_list(value)
    )


def url_host(url: str) -> str:
    """Returns the host of a URL in lower case, with its port where that is not the scheme's own."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    return host if port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{port}"


def absolute_url(value: str) -> SplitResult:
    """Returns the parts of a URL that has a host."""
    try:
        parts = urlsplit(value)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or not VISIBLE.fullmatch(value) or "\\" in value:
        raise Fault("must be an absolute URL")
    return parts
