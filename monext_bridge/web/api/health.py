"""Answers whether the process serves, and whether its remotes do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request

from monext_bridge.services.doctor import answer_headers
from monext_bridge.services.setup import RemotesSeen, StoreReadiness
from monext_bridge.web.access import is_operator
from monext_bridge.web.api import models
from monext_bridge.web.api.bodies import answer
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
    does="200, or 503 while commercetools does not answer, or Monext for no store; asks at most every 5 seconds; "
    "tells it store by store to who presents `METRICS_TOKEN`",
    caller=Principal.ANYBODY,
    called_by="the host",
    limits=UNLIMITED,  # it asks the remotes at most once in five seconds, whoever calls
    answers=Answers.JSON,
    is_probe=True,
    description=Description(
        "Whether the remotes answer",
        "503 where commercetools does not answer, or Monext for no store. Kept for some seconds. With METRICS_TOKEN "
        "as a bearer token it also tells whether Monext takes the key of each store, and why a remote is of no use.",
        answers={200: models.RemotesReady, 503: models.RemotesReady},
        answer={"commercetools": "UP", "monext": "UP"},
    ),
)
def ready() -> tuple[dict[str, Any], int]:
    """Answer 200 while somebody can pay, else 503. Why not is for the operator: it would help an attacker."""
    if is_operator(services().settings.metrics_tokens):
        return _told(services().readiness.by_store())
    remotes = services().readiness.remotes()
    told = models.RemotesReady(commercetools=_word(remotes["commercetools"]), monext=_word(remotes["monext"]))
    return answer(told), _status(remotes)


def _told(seen: RemotesSeen) -> tuple[dict[str, Any], int]:
    told = models.RemotesReady(
        commercetools=_word(seen.up["commercetools"]),
        monext=_word(seen.up["monext"]),
        commercetoolsWhy=seen.commercetools.value if seen.commercetools else None,
        stores=[_store(store) for store in seen.stores],
    )
    return answer(told), _status(seen.up)


def _store(store: StoreReadiness) -> models.StoreReady:
    return models.StoreReady(
        store=store.store_key,
        environment=store.environment.value,
        monext=_word(store.trouble is None),
        key=store.key.value,
        why=store.trouble.value if store.trouble else None,
    )


def _word(up: bool) -> models.UpOrDown:
    return "UP" if up else "DOWN"


def _status(remotes: Mapping[str, bool]) -> int:
    return 200 if all(remotes.values()) else 503
