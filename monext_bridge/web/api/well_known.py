"""Serves files that others look for at well-known addresses, which are at the root of the host (RFC 8615)."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response

from monext_bridge.config import origin_of
from monext_bridge.web.endpoints import UNLIMITED, Answers, Endpoint, Principal
from monext_bridge.web.http import services

blueprint = Blueprint("well_known", __name__)

VALID_FOR = timedelta(days=180)
"""RFC 9116, 2.5.5 recommends less than a year."""


@blueprint.get("/.well-known/apple-developer-merchantid-domain-association")
@Endpoint(
    does="Apple's domain file, from `APPLE_PAY_DOMAIN_ASSOCIATION`; 404 without it",
    caller=Principal.ANYBODY,
    called_by="Apple",
    limits=UNLIMITED,  # a short text from memory, and nobody else is asked
    answers=Answers.PAGE,
    calls_remotes=False,
)
def apple_domain_file() -> Response:
    """Serve the file as Apple gave it, as plain text and without a redirect: Apple follows none."""
    content = services().settings.payment_page.apple_domain_file
    if content is None:
        return Response("there is no such file\n", status=404, mimetype="text/plain")
    return Response(content, mimetype="text/plain")


@blueprint.get("/.well-known/security.txt")
@Endpoint(
    does="whom to tell of a vulnerability, from `SECURITY_CONTACT`; 404 without it",
    caller=Principal.ANYBODY,
    limits=UNLIMITED,  # a short text from memory, and nobody else is asked
    answers=Answers.PAGE,
    calls_remotes=False,
)
def security_txt() -> Response:
    """Serve the file of RFC 9116. It is valid for half a year from today, for as long as the bridge serves it."""
    settings = services().settings
    if not settings.security_contacts:
        return Response("there is no such file\n", status=404, mimetype="text/plain")
    today = services().machine_clock().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        *(f"Contact: {contact}" for contact in settings.security_contacts),
        f"Expires: {(today + VALID_FOR).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        f"Canonical: {origin_of(settings.public_url)}/.well-known/security.txt",
        "Preferred-Languages: en, fr",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
