"""Decides which pictures of products a page shows: anybody who writes products may name any address as one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from monext_bridge.config import origin_of
from monext_bridge.domain.record import CartLine
from monext_bridge.web.pages.shortening import LONGEST_PICTURE

AS_IT_TRAVELS = re.compile(r"[!#-\[\]-~]+")
"""Visible ASCII without quotes and backslashes; all other characters are percent-encoded in a URL."""


def shown_pictures(lines: Iterable[CartLine], *, origins: Collection[str]) -> tuple[str | None, ...]:
    """Return the picture of each line, None where it has none of these origins.

    The policy names the same origins: what is shown is what a browser may load.
    """
    if not origins:
        return tuple(None for _ in lines)
    return tuple(line.picture if _is_of(line.picture, origins) else None for line in lines)


def _is_of(url: str | None, origins: Collection[str]) -> bool:
    if url is None or len(url) > LONGEST_PICTURE or not AS_IT_TRAVELS.fullmatch(url):
        return False
    try:
        return "@" not in urlsplit(url).netloc and origin_of(url) in origins
    except ValueError:
        return False
