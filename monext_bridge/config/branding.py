"""Reads how the pages of each shop look.

The settings are SHOP_NAME, SHOP_LOGO, SHOP_COLORS, SHOP_LINKS, SHOP_LANGUAGE and FRAME_ANCESTORS. They are
all optional. A store that one of their maps does not name has no value of it, which is no error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from monext_bridge.config import parsing
from monext_bridge.config.colors import Colors, colors, is_colors
from monext_bridge.config.parsing import Fault, plain
from monext_bridge.config.reading import ByStore, Environment
from monext_bridge.domain.languages import LANGUAGES

T = TypeVar("T")

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


@dataclass(frozen=True, slots=True)
class Branding:
    """Holds the branding of one shop.

    `language` is the language of a page for which nobody names one that pages exist in. `frame_ancestors` are
    the origins that may frame the shop's pages.
    """

    name: str | None = None
    logo: str | None = None
    colors: Colors | None = None
    links: Mapping[ShopLink, str] = field(default_factory=dict)
    language: str | None = None
    frame_ancestors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BrandingByStore:
    name: ByStore[str]
    logo: ByStore[str]
    colors: ByStore[Colors]
    links: ByStore[Mapping[ShopLink, str]]
    language: ByStore[str]
    frame_ancestors: ByStore[tuple[str, ...]]

    def at(self, store_key: str | None) -> Branding:
        """Returns the branding of a store; for None, what holds for every store. There is no logo without a name."""
        name = self.name.at(store_key)
        return Branding(
            name=name,
            logo=self.logo.at(store_key) if name else None,
            colors=self.colors.at(store_key),
            links=self.links.at(store_key) or {},
            language=self.language.at(store_key),
            frame_ancestors=self.frame_ancestors.at(store_key) or (),
        )


def read_branding(environment: Environment) -> BrandingByStore:
    def by_store(name: str, parse: Callable[[str], T]) -> ByStore[T]:
        return environment.read_by_store(name, lambda value: parse(plain(value)))

    return BrandingByStore(
        name=by_store("SHOP_NAME", shop_name),
        logo=by_store("SHOP_LOGO", image_url),
        colors=environment.read_by_store("SHOP_COLORS", colors, is_value=is_colors),
        links=environment.read_by_store("SHOP_LINKS", links, is_value=is_links),
        language=by_store("SHOP_LANGUAGE", page_language_tag),
        frame_ancestors=by_store("FRAME_ANCESTORS", origins),
    )


def check_branding(branding: BrandingByStore, environment: Environment, *, production: bool) -> None:
    """Notes what can't be right: a logo without a name, and, in production, addresses without TLS."""
    for key in sorted(branding.logo.keys or ()):
        if not branding.name.at(key):
            environment.fault("SHOP_NAME", f'is needed by SHOP_LOGO["{key}"]')
    if branding.logo.every and not branding.name.values():
        environment.fault("SHOP_NAME", "is needed by SHOP_LOGO")
    if not production:
        return
    for name, urls in _addresses(branding):
        if any(url.startswith("http:") for url in urls):
            environment.fault(name, parsing.HTTPS_WANTED)


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


def _addresses(branding: BrandingByStore) -> tuple[tuple[str, list[str]], ...]:
    return (
        ("SHOP_LOGO", list(branding.logo.values())),
        ("SHOP_LINKS", [url for each in branding.links.values() for url in each.values()]),
        ("FRAME_ANCESTORS", [origin for each in branding.frame_ancestors.values() for origin in each]),
    )
