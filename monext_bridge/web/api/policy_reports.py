"""`POST /csp-reports` takes what browsers report against the policy of a page."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, current_app, request

from monext_bridge.mapping.inbound_json import read_json
from monext_bridge.web.endpoints import REPORTS, Answers, Endpoint, Principal
from monext_bridge.web.http import PolicyReports

EXTENSION = "monext_bridge.policy_reports"
LARGEST_REPORT = 4096
"""Bytes. A report has about one kilobyte."""

blueprint = Blueprint("policy_reports", __name__)


@blueprint.post("/csp-reports")
@Endpoint(
    does="counts what browsers report against the pages' policy",
    caller=Principal.ANYBODY,
    called_by="browsers",
    limits=(REPORTS,),
    answers=Answers.JSON,
    calls_remotes=False,
)
def receive() -> Response:
    """Count a report and answer 204, also where it is about something else. Nothing of it is kept but the count."""
    request.max_content_length = LARGEST_REPORT
    document = read_json(request.get_data(cache=False))
    cast(PolicyReports, current_app.extensions[EXTENSION]).take(document)
    return Response(status=204)
