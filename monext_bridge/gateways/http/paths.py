"""Ids as parts of a URL path."""

from __future__ import annotations

from urllib.parse import quote

from monext_bridge.errors import Malformed


def segment(value: str) -> str:
    """The value quoted so that it stays one part of a path, whatever it holds.

    Raises Malformed for what no quoting protects: nothing at all, and the dots that mean another folder.
    """
    if value in ("", ".", ".."):
        raise Malformed("an id that can't be part of a URL")
    return quote(value, safe="")
