"""Reads how the pages of each shop look.

The settings are the fields of `Branding`. They are all optional. A store that one of their maps does not name
has no value of it, which is no error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from monext_bridge.config import parsing
from monext_bridge.config.by_store import Readings
from monext_bridge.config.colors import Colors, colors, is_colors
from monext_bridge.config.declaring import (
    Group,
    JsonReader,
    MapRule,
    build,
    declared_settings,
    declares,
    setting,
)
from monext_bridge.config.parsing import Fault, plain
from monext_bridge.domain.languages import LANGUAGES

LONGEST_SHOP_NAME = 60
SHOP_LANGUAGE_TAG = re.compile("[a-z]{2}(?:[-_][A-Z]{2})?")
MOST_ANCESTORS = 10


class ShopLink(StrEnum):
    """Lists the pages of the shop that our pages link to, in the order in which they are shown.

    The list is closed, as that of methods is.
    """

    TERMS = "terms"
    PRIVACY = "privacy"
    IMPRINT = "imprint"
    RETURNS = "returns"
    CONTACT = "contact"


def shop_name(value: str) -> str:
    """Accepts one line, short enough to fit onto a telephone twice."""
    if len(parsing.text(value)) > LONGEST_SHOP_NAME:
        raise Fault(f"must have at most {LONGEST_SHOP_NAME} characters")
    return value


def image_url(value: str) -> str:
    parsing.origin_of(parsing.page_url(value))
    return value


def page_language_tag(value: str) -> str:
    """Accepts a language that pages exist in, with a region or without (`nl`, `nl-BE`)."""
    if not SHOP_LANGUAGE_TAG.fullmatch(value) or value[:2] not in LANGUAGES:
        raise Fault(f"must be one of {', '.join(LANGUAGES)}, with a region (fr-BE) or without")
    return value


def is_links(document: dict[str, Any]) -> bool:
    """Tells whether a JSON object is links. One with any other name is a map by store."""
    return bool(document) and set(document) <= set(ShopLink)


def links(value: Any) -> Mapping[ShopLink, str]:
    """Returns the links in the order of `ShopLink`, however they were given."""
    if not isinstance(value, dict) or not is_links(value):
        raise Fault(f"must be a JSON object of {', '.join(ShopLink)}, each with an address")
    return {kind: _link(kind, value[kind]) for kind in ShopLink if kind in value}


def origins(value: str) -> tuple[str, ...]:
    """Reads a comma list of origins, as a browser writes them."""
    found = tuple(dict.fromkeys(_origin(each) for each in parsing.comma_list(value)))
    if len(found) > MOST_ANCESTORS:
        raise Fault(f"must be at most {MOST_ANCESTORS} origins")
    return found


def shop_origins(value: str) -> frozenset[str]:
    """Reads a comma list of origins whose order says nothing."""
    return frozenset(origins(value))


def _origin(value: str) -> str:
    parts = urlsplit(parsing.base_url(value))
    if parts.path:
        raise Fault("must be a comma list of origins, like https://shop.example.com, without a path")
    return parsing.origin_of(value)


def _link(kind: ShopLink, value: object) -> str:
    address = plain(value)
    if kind is ShopLink.CONTACT and address.startswith("mailto:"):
        return parsing.mail_url(address)
    return parsing.page_url(address)


@declares
class Branding:
    """Holds the branding of one shop.

    `language` is the language of a page for which nobody names one that pages exist in. `frame_ancestors` are
    the origins that may frame the shop's pages.
    """

    name: str | None = setting(
        "SHOP_NAME",
        shop_name,
        "name of the shop on the pages",
        otherwise="no name",
        by_store=MapRule.OPTIONAL,
        note="The looks of the pages (by store): name, logo, colours, legal pages; docs/configuration.md has the "
        "details",
        group=Group.PAGES,
    )
    logo: str | None = setting(
        "SHOP_LOGO",
        image_url,
        "its logo on the pages, the https address of an image; needs `SHOP_NAME`",
        otherwise="the name alone",
        by_store=MapRule.OPTIONAL,
        https=True,
        example="https://shop.example.com/logo.svg",
        note="",
        group=Group.PAGES,
    )
    colors: Colors | None = setting(
        "SHOP_COLORS",
        JsonReader(colors, is_value=is_colors),
        'colours of the pages: `{"accent": "#0b6e4f"}`, also `ground`, `surface`, `darkAccent`',
        otherwise="the bridge's own",
        by_store=MapRule.OPTIONAL,
        example='{"accent": "#0b6e4f"}',
        note="",
        group=Group.PAGES,
    )
    links: Mapping[ShopLink, str] = setting(
        "SHOP_LINKS",
        JsonReader(links, is_value=is_links),
        "legal pages of the shop: JSON by `terms`, `privacy`, `imprint`, `returns`, `contact`",
        otherwise="no links",
        factory=dict[ShopLink, str],
        by_store=MapRule.OPTIONAL,
        https=True,
        example='{"terms": "https://shop.example.com/terms", "contact": "mailto:help@shop.example.com"}',
        note="",
        group=Group.PAGES,
    )
    language: str | None = setting(
        "SHOP_LANGUAGE",
        page_language_tag,
        "language of the pages where neither `lang` nor the cart nor the browser asks for one of ours: "
        f"{', '.join(f'`{each}`' for each in LANGUAGES)}, with a region (`nl-BE`) or without",
        otherwise="English",
        by_store=MapRule.OPTIONAL,
        example="fr",
        note="Language of the pages where neither lang nor the cart nor the browser asks for one of ours",
        group=Group.PAGES,
    )
    frame_ancestors: tuple[str, ...] = setting(
        "FRAME_ANCESTORS",
        origins,
        "origins whose pages may frame the buyer's pages, comma list",
        otherwise="nobody",
        factory=tuple[str, ...],
        by_store=MapRule.OPTIONAL,
        https=True,
        example="https://shop.example.com",
        group=Group.PAGES,
    )


@dataclass(frozen=True, slots=True)
class BrandingByStore:
    """Holds the branding of each store that has one of its own, and what holds for every other one."""

    every: Branding
    by_key: Mapping[str, Branding]

    @property
    def may_be_framed(self) -> bool:
        """Tells whether some origin may frame the pages of some store."""
        return any(each.frame_ancestors for each in (self.every, *self.by_key.values()))

    def colors(self) -> frozenset[Colors]:
        """Returns the colours of all stores."""
        return frozenset(each.colors for each in (self.every, *self.by_key.values()) if each.colors)

    def store_keys(self) -> frozenset[str]:
        """Returns the stores that have a branding of their own."""
        return frozenset(self.by_key)

    def at(self, store_key: str | None) -> Branding:
        """Returns the branding of a store; for None, what holds for every store. There is no logo without a name."""
        return self.every if store_key is None else self.by_key.get(store_key, self.every)


def branding_by_store(readings: Readings) -> BrandingByStore:
    """Builds the branding of every store once, since each page asks for one. May only be called without a fault."""
    own = readings.only(each.name for each in declared_settings(Branding))
    return BrandingByStore(_branding(own, None), {key: _branding(own, key) for key in own.store_keys()})


def _branding(readings: Readings, store_key: str | None) -> Branding:
    found = build(Branding, readings, at=store_key)
    return found if found.name else replace(found, logo=None)
