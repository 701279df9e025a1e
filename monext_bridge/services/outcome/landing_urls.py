"""Decides which landing pages of the shop a buyer may be sent to, and with which parameters."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus, urlencode, urlsplit

from monext_bridge.config import MonextEnvironment, Settings, url_host
from monext_bridge.domain.record import NO_LANDING_PAGES, LandingPages, StartNote
from monext_bridge.errors import Malformed
from monext_bridge.services.results import BuyerStatus, PaymentReference, PaymentResult

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST_LANDING_URL = 600
VISIBLE_ASCII = re.compile(r"[!-\[\]-~]+")
"""A URL as it travels: other characters are percent-encoded.

A backslash is not allowed, because browsers read it as a slash.
"""

TO_RETURN_URL = (BuyerStatus.PAID, BuyerStatus.AUTHORIZED)
TO_CANCEL_URL = (BuyerStatus.REFUSED, BuyerStatus.CANCELLED, BuyerStatus.EXPIRED)


HINTS = frozenset({"paymentReference", "status", "orderId", "orderNumber"})
"""Names of the parameters that a landing page gets."""


def allowed_landing_url(url: str | None, *, field: str, settings: Settings) -> str | None:
    """Return the URL itself, where a buyer may be sent there. Raises Malformed where not.

    It needs https and an allowed host. http is only for this machine, and never where a store is in production.
    """
    if url is None:
        return None
    if len(url) > LONGEST_LANDING_URL or not VISIBLE_ASCII.fullmatch(url):
        raise Malformed("not a URL that a buyer can be sent to", field=field)
    try:
        parts, named = urlsplit(url), url_host(url)
    except ValueError as error:
        raise Malformed("not a URL", field=field) from error
    if "@" in parts.netloc or named not in settings.allowed_url_hosts:
        raise Malformed("the host is not on the allow-list", field=field)
    production = any(s.environment is MonextEnvironment.PRODUCTION for s in settings.stores())
    local = parts.scheme == "http" and parts.hostname in LOCAL_HOSTS and not production
    if parts.scheme != "https" and not local:
        raise Malformed("https is needed", field=field)
    return url


def valid_note(note: StartNote, *, reference: PaymentReference, settings: Settings) -> StartNote:
    """Return what a start asked for: by the reference of an earlier release, which has it itself, else by the note.

    Anybody who may write payments may write a note. So its pages count only where a request might name them.
    """
    if reference.landing != NO_LANDING_PAGES:
        return StartNote(reference.landing, reference.language)
    landing = LandingPages(
        return_url=_if_allowed(note.landing.return_url, settings=settings),
        cancel_url=_if_allowed(note.landing.cancel_url, settings=settings),
    )
    return StartNote(landing, note.language or reference.language)


def _if_allowed(url: str | None, *, settings: Settings) -> str | None:
    try:
        return allowed_landing_url(url, field="paymentStatus", settings=settings)
    except Malformed:
        return None


def landing_url(settled: PaymentResult) -> str | None:
    """Return where the shop wants its buyer in this state, with the payment's hints; None for our result page."""
    if settled.status in TO_RETURN_URL:
        return with_hints(settled.landing.return_url, settled)
    if settled.status in TO_CANCEL_URL:
        return with_hints(settled.landing.cancel_url, settled)
    return None


def shop_front(landing: LandingPages) -> str | None:
    """Return the first page of the shop's host, None where the shop has no landing page.

    It says nothing about the payment, and so is right in every state of it. A landing page would say something: the
    shop takes a buyer whom we send to its cancel page for one who has given up.
    """
    page = landing.cancel_url or landing.return_url
    if page is None:
        return None
    parts = urlsplit(page)
    return f"{parts.scheme}://{parts.netloc}/"


def with_hints(url: str | None, settled: PaymentResult) -> str | None:
    """Return the URL with `paymentReference`, `status` and the order.

    Its other parameters and its fragment stay as they are, byte for byte. Its own parameters of these names go, also
    those of an order that is not there yet: a shop would not know which of two is ours.
    """
    if url is None:
        return None
    page, hash_, fragment = url.partition("#")
    address, _, query = page.partition("?")
    own = query.split("&") if query else ()
    kept = [part for part in own if unquote_plus(part.partition("=")[0]) not in HINTS]
    return f"{address}?{'&'.join((*kept, urlencode(hints(settled))))}{hash_}{fragment}"


def hints(settled: PaymentResult) -> dict[str, str]:
    """Return what a shop's page is told: enough to say something to its buyer, and to ask commercetools."""
    told = {"paymentReference": settled.payment_id, "status": settled.status.value}
    if settled.order:
        told["orderId"] = settled.order.id
        if settled.order.number:
            told["orderNumber"] = settled.order.number
    return told
