"""Serves files that others look for at well-known addresses, which are at the root of the host (RFC 8615)."""

from __future__ import annotations

from flask import Blueprint, Response

from monext_bridge.web.endpoints import UNLIMITED, Answers, Endpoint, Principal
from monext_bridge.web.http import services

blueprint = Blueprint("well_known", __name__)


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
