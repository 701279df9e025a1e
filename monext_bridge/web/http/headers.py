"""Sets the headers of every answer: what a page may load, who may frame it, what may be cached."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from monext_bridge.config import MonextEnvironment, origin_of

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_NONE = "'none'"
ANY_BANK = "https:"
"""Every bank's host, over HTTPS. For 3-D Secure the widget posts a form to the bank's page, in a hidden frame or in
place of our page, and nobody can list the hosts of all banks."""

HSTS = "max-age=31536000"
FAIL_OVER_HOSTS = {
    MonextEnvironment.HOMOLOGATION: (
        "https://homologation-payment.payline.com",
        "https://homologation-payment-2.payline.com",
    ),
    MonextEnvironment.PRODUCTION: ("https://payment.payline.com", "https://payment-2.payline.com"),
}
"""Hosts that Monext's widget uses besides the one it is loaded from. The second is its fail-over site."""

FONT_HOST = "https://maxcdn.bootstrapcdn.com"
"""Host from which Monext's own shop extensions let the widget fetch its icon font, and nothing else."""


def init_headers(app: Flask) -> None:
    app.after_request(_add_headers)


def nonce() -> str:
    """Return the request's nonce for scripts, the same at every call."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    return str(g.csp_nonce)


def allow_widget(widget_url: str, environment: MonextEnvironment) -> None:
    """Let this answer load Monext's widget: its script, style, images, fonts and calls.

    Its frames and forms may also go to banks.
    """
    parts = urlsplit(widget_url)
    own = f"{parts.scheme}://{parts.netloc}"
    monext = FAIL_OVER_HOSTS[environment] if parts.netloc.endswith(".payline.com") else ()
    g.widget_hosts = (own, *monext)
    g.font_hosts = (*g.widget_hosts, FONT_HOST) if monext else g.widget_hosts


def allow_image(url: str | None) -> None:
    """Let this answer show its shop's logo, an image of another host."""
    g.image_host = origin_of(url) if url else None


def allow_framing(origins: Sequence[str]) -> None:
    """Let pages of these origins frame this answer. Without any origin, nobody may frame it."""
    g.frame_ancestors = tuple(origins)


def content_security_policy() -> str:
    hosts = " ".join(g.get("widget_hosts", ()))
    image = f" {found}" if (found := g.get("image_host")) else ""
    widget, banks = (f" {hosts}", f" {hosts} {ANY_BANK}") if hosts else ("", "")
    script = f"'self' 'nonce-{nonce()}'" if hosts else "'self'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {script}{widget}",
            f"style-src 'self'{widget}",
            f"img-src 'self' data:{image}{widget}",
            " ".join(("font-src 'self'", *g.get("font_hosts", ()))),
            f"connect-src 'self'{widget}",
            f"frame-src{banks or f' {_NONE}'}",
            "base-uri 'none'",
            f"form-action 'self'{banks}",
            f"frame-ancestors {' '.join(g.get('frame_ancestors', ())) or _NONE}",
        )
    )


def _add_headers(response: Response) -> Response:
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if not g.get("frame_ancestors"):
        # The older header can't name an origin. Where some origins may frame, only the policy says so.
        response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Content-Security-Policy", content_security_policy())
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    return response
