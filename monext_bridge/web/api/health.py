"""Answers whether the process serves, and whether its remotes do."""

from __future__ import annotations

from flask import Blueprint, request

from monext_bridge.services.doctor import answer_headers
from monext_bridge.web.api import models
from monext_bridge.web.endpoints import UNLIMITED, Answers, Description, Endpoint, Principal
from monext_bridge.web.http import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@Endpoint(
    does="200 as long as the process serves; calls nobody",
    caller=Principal.ANYBODY,
    called_by="the host",
    limits=UNLIMITED,  # the host restarts what does not answer its health check
    answers=Answers.JSON,
    calls_remotes=False,
    is_probe=True,
    description=Description(
        "Whether the process serves", "Calls nobody.", answers={200: models.Alive}, answer={"status": "OK"}
    ),
)
def health() -> tuple[dict[str, str], dict[str, str]]:
    """Answer 200 as long as the process serves. Calls no remote. `flask doctor` learns that it is this bridge."""
    told = answer_headers(dict(request.headers), services().settings.secret_keys, host=request.host)
    return {"status": "OK"}, told


@blueprint.get("/ready")
@Endpoint(
    does="200, or 503 while a remote does not answer; asks at most every 5 seconds",
    caller=Principal.ANYBODY,
    called_by="the host",
    limits=UNLIMITED,  # it asks the remotes at most once in five seconds, whoever calls
    answers=Answers.JSON,
    is_probe=True,
    description=Description(
        "Whether both remotes answer",
        "503 where one does not. Kept for some seconds.",
        answers={200: models.RemotesReady, 503: models.RemotesReady},
        answer={"commercetools": "UP", "monext": "UP"},
    ),
)
def ready() -> tuple[dict[str, str], int]:
    """Answer 200 when both remotes answer, else 503. The body says it for each remote, and nothing else."""
    remotes = services().readiness.remotes()
    return {name: "UP" if up else "DOWN" for name, up in remotes.items()}, 200 if all(
        remotes.values()
    ) else 503
