"""Fetches a public page and what it loads, as a browser does that has no cookies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

import requests
import urllib3

from monext_bridge.errors import PageNotFetched

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


def fetch_page(url: str, *, seconds: float = SECONDS) -> LiveAnswer:
    """Fetches a page as if somebody had typed its address. Raises PageNotFetched. Redirects are not followed."""
    return _fetch(url, NAVIGATION, largest=LARGEST_PAGE, seconds=seconds)


def fetch_subresource(url: str) -> LiveAnswer:
    """Fetches what a page loads. Raises PageNotFetched. Redirects are not followed."""
    return _fetch(url, SUBRESOURCE, largest=LARGEST)


def fetch_metrics(url: str, *, token: str) -> LiveAnswer:
    """Fetches the metrics of a bridge, as Prometheus does. Raises PageNotFetched. Redirects are not followed."""
    return _fetch(url, {"Authorization": f"Bearer {token}"}, largest=LARGEST)


def is_fetchable(url: str) -> bool:
    """Tells whether nobody between can change the answer: the address is https, or http of this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))


def _fetch(url: str, headers: Mapping[str, str], *, largest: int, seconds: float = SECONDS) -> LiveAnswer:
    shown = url.partition("?")[0]
    if not is_fetchable(url):
        raise PageNotFetched(f"{shown}: only https is fetched, and http of this machine")
    try:
        answer = _within_time(
            lambda: _get(url, headers, at_most=largest + 1, seconds=seconds), seconds=seconds
        )
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise PageNotFetched(f"{shown}: {type(error).__name__}") from error
    if len(answer.content) > largest:
        raise PageNotFetched(f"{shown}: has more than {largest} bytes")
    return answer


def _get(url: str, headers: Mapping[str, str], *, at_most: int, seconds: float) -> LiveAnswer:
    with requests.Session() as session:
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        with session.get(
            url, headers=dict(headers), timeout=seconds, allow_redirects=False, stream=True
        ) as response:
            content = response.raw.read(at_most, decode_content=True)
            answered = {name.lower(): response.raw.headers[name] for name in response.raw.headers}
            return LiveAnswer(response.status_code, answered, bytes(content))


def _within_time(get: Callable[[], LiveAnswer], *, seconds: float) -> LiveAnswer:
    """Return what `get` returns, or raise what it raises, or TimeoutError after so many seconds.

    The time-out of requests is for each read alone, and an answer may come byte by byte. A thread that is given up
    does not keep the command from ending.
    """
    done = SimpleQueue[LiveAnswer | Exception]()

    def run() -> None:
        try:
            done.put(get())
        except Exception as error:
            done.put(error)

    Thread(target=run, daemon=True).start()
    try:
        ended = done.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(ended, Exception):
        raise ended
    return ended
