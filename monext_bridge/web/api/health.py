"""Answers whether the process serves, and whether its remotes do."""

from __future__ import annotations

from flask import Blueprint

from monext_bridge.web.http import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> dict[str, str]:
    """Answer 200 as long as the process serves. Calls no remote."""
    return {"status": "OK"}


@blueprint.get("/ready")
def ready() -> tuple[dict[str, str], int]:
    """Answer 200 when both remotes answer, else 503. The body says it for each remote, and nothing else."""
    remotes = services().readiness.remotes()
    return {name: "UP" if up else "DOWN" for name, up in remotes.items()}, 200 if all(
        remotes.values()
    ) else 503
