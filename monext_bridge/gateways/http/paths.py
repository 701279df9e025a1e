"""Quotes ids so that they can be parts of a URL path."""

from __future__ import annotations

from urllib.parse import quote

from monext_bridge.errors import Malformed


def segment(value: str) -> str:
    """Quotes the value so that it stays one part of a path, whatever it holds.

    Raises Malformed for what quoting can't protect: an empty value, and the dots that mean another folder.
    """
    if value in ("", ".", ".."):
        raise Malformed("an id that can't be part of a URL")
    return quote(value, safe="")
