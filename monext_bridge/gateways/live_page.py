"""Fetches a public page and what it loads, as a browser does that has no cookies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
import urllib3

from monext_bridge.errors import PageNotFetched
from monext_bridge.gateways.http import RemoteAdapter
from monext_bridge.runtime import within

SECONDS = 20.0
"""The longest that one answer may take, connecting included."""

LARGEST = 4 * 1024 * 1024
"""Bytes of a script. The widgets of payment providers have some hundred kilobytes."""

LARGEST_PAGE = 256 * 1024
"""Bytes of a page. Ours has some ten kilobytes, and the parser's time may grow with the square of what it reads."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
"""A common browser's name: who puts a script into a page may spare those that call themselves a check."""

NAVIGATION = {
    "User-Agent": BROWSER,
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "none",
}
SUBRESOURCE = {"User-Agent": BROWSER, "Accept": "*/*", "Accept-Language": "en"}


@dataclass(frozen=True, slots=True)
class LiveAnswer:
    """Holds an answer as it came.

    Names of headers are in lower case; one that came several times is one, with commas.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes


def fetch_page(url: str) -> LiveAnswer:
    """Fetches a page as if somebody had typed its address. Raises PageNotFetched. Redirects are not followed."""
    return _fetch(url, NAVIGATION, largest=LARGEST_PAGE)


def fetch_subresource(url: str) -> LiveAnswer:
    """Fetches what a page loads. Raises PageNotFetched. Redirects are not followed."""
    return _fetch(url, SUBRESOURCE, largest=LARGEST)


def is_fetchable(url: str) -> bool:
    """Tells whether nobody between can change the answer: the address is https, or http of this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


def _fetch(url: str, headers: Mapping[str, str], *, largest: int) -> LiveAnswer:
    shown = url.partition("?")[0]
    if not is_fetchable(url):
        raise PageNotFetched(f"{shown}: only https is fetched, and http of this machine")
    try:
        with within(SECONDS), _session() as session:
            options = {"timeout": SECONDS, "allow_redirects": False, "stream": True}
            with session.get(url, headers=dict(headers), **options) as response:  # type: ignore[arg-type]
                content = response.raw.read(largest + 1, decode_content=True)
                answered = {name.lower(): response.raw.headers[name] for name in response.raw.headers}
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise PageNotFetched(f"{shown}: {type(error).__name__}") from error
    if len(content) > largest:
        raise PageNotFetched(f"{shown}: has more than {largest} bytes")
    return LiveAnswer(response.status_code, answered, bytes(content))


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, RemoteAdapter(pool_size=1))
    return session
