"""Scenes of requests, commands and settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from monext_bridge.services.doctor.examination import Examination, examine_all
from monext_bridge.services.doctor.findings import Diagnosis
from monext_bridge.web import create_app
from tests.alarms.stage import Scene, Stage
from tests.bridges import Buyer
from tests.web.limited_endpoints import with_one_tight_limit


def with_a_fault(stage: Stage, **broken: Any) -> Any:
    """A bridge of which a part is missing, which stands for any fault of ours."""
    services: Any = replace(stage.bridge.services, **broken)
    return create_app(stage.bridge.settings, services=services)


def browser_reports_a_violation(stage: Stage) -> None:
    report = {"csp-report": {"effective-directive": "script-src", "blocked-uri": "https://evil.example/x"}}
    stage.other_bridge().call("POST", "/csp-reports", json=report)


def check_of_the_doctor_breaks(stage: Stage) -> None:
    def broken() -> Iterator[Diagnosis]:
        raise AttributeError("of this scene")
        yield

    examine_all([Examination("the scene", broken)])


def monext_opens_no_session(stage: Stage) -> str:
    stage.world.fault("monext", action="status", code=500, method="POST", path="/sessions$", times=0)
    stage.buyer.checkout(cart := stage.world.cart())
    return stage.id_of(cart)


def bridge_has_a_fault(stage: Stage) -> None:
    app = with_a_fault(stage, buyer_events=None)
    _, page = stage.begun()
    app.test_client().get(f"/result/{page.ref}")


def command_has_a_fault(stage: Stage) -> None:
    app = with_a_fault(stage, accounts=None)
    app.test_cli_runner().invoke(args=["payment", "show", stage.recorded().id])


def client_asks_too_often(stage: Stage) -> None:
    buyer = Buyer(stage.other_bridge(limits=with_one_tight_limit("known_from")))
    cart = stage.world.cart()
    for _ in range(2):
        buyer.checkout(cart)


def policy_is_tried_out(stage: Stage) -> None:
    stage.other_bridge(CSP_REPORT_ONLY="on")


def redis_is_elsewhere_without_tls(stage: Stage) -> None:
    stage.other_bridge(REDIS_URL="redis://redis.example.com:6379/0")


SCENES: dict[str, Scene] = {
    "policy_violated": browser_reports_a_violation,
    "doctor_check_failed": check_of_the_doctor_breaks,
    "request_failed": monext_opens_no_session,
    "unexpected error at": bridge_has_a_fault,
    "command_failed": command_has_a_fault,
    "rate_limited": client_asks_too_often,
    "policy_report_only": policy_is_tried_out,
    "redis_unencrypted": redis_is_elsewhere_without_tls,
}
