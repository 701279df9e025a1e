"""Whether the process serves, and whether its remotes do."""

from __future__ import annotations

from flask import Blueprint

from monext_bridge.web.http import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> dict[str, str]:
    """200 as long as the process serves; calls nobody."""
    return {"status": "OK"}


@blueprint.get("/ready")
def ready() -> tuple[dict[str, str], int]:
    """200 when both remotes answer, else 503; by remote, and no more than that."""
    remotes = services().readiness.remotes()
    return {name: "UP" if up else "DOWN" for name, up in remotes.items()}, 200 if all(
        remotes.values()
    ) else 503
