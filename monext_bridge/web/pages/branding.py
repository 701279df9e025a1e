"""Gives pages the branding of a shop: its name, logo, links and colours, and who may frame the pages.

The colours are a stylesheet of their own, named after its content, so that a browser may cache it for good and the
content security policy needs no exception. A page that has no shop has no branding, and is right without.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cache

from flask import Blueprint, Response, g, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from monext_bridge.config import Branding, Colors, Palette, Settings, ShopLink
from monext_bridge.domain.record import LandingPages
from monext_bridge.errors import StoreNotConfigured
from monext_bridge.services.outcome import shop_front
from monext_bridge.services.results import store_mark
from monext_bridge.web.endpoints import UNLIMITED, Answers, Endpoint, Principal
from monext_bridge.web.http import allow_framing, allow_image, services

blueprint = Blueprint("branding", __name__)

KEPT = "public, max-age=31536000, immutable"

LABELS = {
    ShopLink.TERMS: _("Terms and conditions"),
    ShopLink.PRIVACY: _("Privacy policy"),
    ShopLink.IMPRINT: _("Legal notice"),
    ShopLink.RETURNS: _("Returns and cancellations"),
    ShopLink.CONTACT: _("Contact us"),
}


@dataclass(frozen=True, slots=True)
class Link:
    label: LazyString
    url: str


@dataclass(frozen=True, slots=True)
class PageBranding:
    """What a page shows of its shop. `theme` is the address of its colours, `home` the shop's page to go back to.

    `home` tells the shop that its buyer has not paid. `front` is a page of the shop that tells it nothing. `language`
    is used where nobody asks for another.
    """

    name: str | None = None
    logo: str | None = None
    theme: str | None = None
    links: tuple[Link, ...] = ()
    home: str | None = None
    front: str | None = None
    contact: Link | None = None
    language: str | None = None


PLAIN = PageBranding()


@blueprint.get("/theme/<name>.css")
@Endpoint(
    does="the colours of a shop, for the pages",
    caller=Principal.ANYBODY,
    called_by="buyer",
    limits=UNLIMITED,  # a page without its style helps nobody
    answers=Answers.PAGE,
    calls_remotes=False,
)
def theme(name: str) -> Response:
    """Serve the colours of a shop. Colours that the settings no longer have get 404, and the page keeps ours."""
    for colors in services().settings.branding.colors():
        if sheet_name(colors) == name:
            return Response(stylesheet(colors), mimetype="text/css", headers={"Cache-Control": KEPT})
    return Response("there is no such theme\n", status=404, mimetype="text/plain")


def apply_branding(store_key: str | None, *, home: str | None = None) -> PageBranding:
    """Give this answer, an error page included, the branding of a store. A later call replaces all of it.

    `home` is where an error page leads if nothing was taken. Without it, the page leads to the store's CANCEL_URL or,
    where the store is not known, to the one that all stores share; else to the first page of the shop's host.
    """
    settings = services().settings
    branding = settings.branding.at(store_key)
    allow_framing(branding.frame_ancestors)
    allow_image(branding.logo)
    landing = _landing_pages(settings, store_key)
    page_branding = _page_branding(branding, replace(landing, cancel_url=home or landing.cancel_url))
    g.page_branding = page_branding
    return page_branding


def current_branding() -> PageBranding:
    """Return the branding of this answer: of its store, or what holds for all where the store is not known."""
    found: PageBranding | None = g.get("page_branding")
    return found or apply_branding(None)


def hinted_store_key(mark: bytes) -> str | None:
    """Return the only store that the settings name and that has this mark.

    None, which stands for what holds for all stores, where there is none or several.
    """
    settings = services().settings
    named = settings.branding.store_keys().union(settings.by_store.by_key)
    found = [key for key in named if store_mark(key) == mark]
    return found[0] if len(found) == 1 else None


@cache
def stylesheet(colors: Colors) -> str:
    """Return the variables of `bridge.css`, light and dark."""
    light, dark = (";".join(_variables(palette)) for palette in (colors.light, colors.dark))
    return f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


@cache
def sheet_name(colors: Colors) -> str:
    return hashlib.sha256(stylesheet(colors).encode()).hexdigest()[:16]


def _variables(palette: Palette) -> Iterator[str]:
    for each in fields(palette):
        yield f"--{each.name.replace('_', '-')}:{getattr(palette, each.name)}"


def _landing_pages(settings: Settings, store_key: str | None) -> LandingPages:
    try:
        store = settings.store(store_key)
    except StoreNotConfigured:
        stores = settings.stores()
        return LandingPages(
            _shared(each.return_url for each in stores), _shared(each.cancel_url for each in stores)
        )
    return LandingPages(store.return_url, store.cancel_url)


def _shared(pages: Iterable[str | None]) -> str | None:
    """Return the page that all stores share, None where they don't."""
    found = set(pages)
    return found.pop() if len(found) == 1 else None


def _page_branding(branding: Branding, landing: LandingPages) -> PageBranding:
    links = {kind: Link(LABELS[kind], url) for kind, url in branding.links.items()}
    return PageBranding(
        name=branding.name,
        logo=branding.logo,
        theme=url_for("branding.theme", name=sheet_name(branding.colors)) if branding.colors else None,
        links=tuple(links.values()),
        home=landing.cancel_url,
        front=shop_front(landing),
        contact=links.get(ShopLink.CONTACT),
        language=branding.language,
    )
