"""`GET /metrics` shows Prometheus what all processes of this machine have counted."""

from __future__ import annotations

from flask import Blueprint, Response

from monext_bridge.errors import NotFound, Unauthenticated
from monext_bridge.observed import exposed_metrics
from monext_bridge.web.access import is_operator
from monext_bridge.web.endpoints import REFUSALS, Answers, Endpoint, Principal
from monext_bridge.web.http import services

blueprint = Blueprint("metrics", __name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""https://prometheus.io/docs/instrumenting/exposition_formats/"""


@blueprint.get("/metrics")
@Endpoint(
    does="what this machine's processes have counted, for Prometheus, with `METRICS_TOKEN` as a bearer token "
    "([metrics.md](metrics.md)); 404 without that setting",
    caller=Principal.OPERATOR,
    limits=(REFUSALS,),
    answers=Answers.JSON,
    calls_remotes=False,
    is_probe=True,
)
def metrics() -> Response:
    """Show all metrics. Raises NotFound where no token is set, Unauthenticated for another one or none."""
    tokens = services().settings.metrics_tokens
    if not tokens:
        raise NotFound("METRICS_TOKEN is not set")
    if not is_operator(tokens):
        raise Unauthenticated("METRICS_TOKEN is needed as a bearer token")
    return Response(exposed_metrics(), content_type=CONTENT_TYPE)
