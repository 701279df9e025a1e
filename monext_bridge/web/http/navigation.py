"""Tells whether a browser was led to a page, or only loads its address for an image, a script or a foreign frame.

Browsers say it in `Sec-Fetch-*` (https://www.w3.org/TR/fetch-metadata/), which no page can set. Older ones, and
programs, say nothing: what they ask for is done.
"""

from __future__ import annotations

from flask import Request

from monext_bridge.web.endpoints import Navigated

FRAMES = ("iframe", "frame")


def is_navigated(request: Request, wanted: Navigated, *, framed: bool) -> bool:
    """Tell whether the browser came as wanted. `framed`: some origins may show our pages in a frame."""
    mode, destination = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest")
    if wanted is Navigated.ANYHOW:
        return True
    if mode not in (None, "navigate"):
        return False
    if destination in (None, "document"):
        return True
    from_our_page = request.headers.get("Sec-Fetch-Site") == "same-origin"
    return framed and destination in FRAMES and (from_our_page or wanted is Navigated.HERE_OR_IN_A_FRAME)


def is_fetched_ahead(request: Request) -> bool:
    """Tell whether a browser fetches the page before its user has asked for it."""
    purpose = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    return "prefetch" in purpose or "prerender" in purpose
