"""`GET /notification/<ref>`: Monext says that something happened; what, we ask ourselves."""

from __future__ import annotations

from flask import Blueprint, Response, request

from monext_bridge.web import parameters
from monext_bridge.web.context import services

blueprint = Blueprint("notifications", __name__)

WEB_TRANSACTION = "WEBTRS"
SEND_AGAIN_IN = "60"
"""Seconds; Monext repeats every minute for two hours."""


@blueprint.get("/notification/<ref>")
def notify(ref: str) -> Response:
    """200 with an empty body (204 does not count at Monext), or 503 so that Monext sends it again."""
    reference = services().references.read(ref)
    if request.args.get("notificationType", WEB_TRANSACTION).upper() != WEB_TRANSACTION:
        return Response(status=200)
    token = parameters.token(request.args, names=("token", *parameters.RETURN_TOKENS))
    settled = services().following.notified(reference, token)
    if settled.complete:
        return Response(status=200)
    return Response(status=503, headers={"Retry-After": SEND_AGAIN_IN})
