"""The door of a request: a deadline for what it calls, and a place unless it calls nobody."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from flask import Flask, Response

from monext_bridge.runtime.bulkhead import LONGEST_WAIT_IN_ALL
from monext_bridge.runtime.deadlines import seconds_left
from monext_bridge.web.http.request_lifecycle import init_request_lifecycle
from tests.web.declared_endpoints import ENDPOINTS

HOST_GIVES_UP = 30
CALL_NO_REMOTE = {name for name, endpoint in ENDPOINTS.items() if not endpoint.calls_remotes}


def an_app(look: Callable[[], object], *, endpoint: str, slots: int = 28) -> Flask:
    """An application of one page, at `/`, that looks at something and says nothing."""
    app = Flask("door")
    init_request_lifecycle(app, endpoints=ENDPOINTS, slots=slots)

    def view() -> Response:
        look()
        return Response()

    app.add_url_rule("/", endpoint, view, methods=["GET"])
    return app


@pytest.mark.parametrize(
    ("endpoint", "seconds"),
    [
        ("checkout.start", 11),
        ("buyer.returned", 11),
        ("buyer.cancel", 11),
        ("buyer.result", 11),
        ("notifications.notify", 15),
        ("operations.modify", 19),
        ("events.receive", 19),
        ("payment.create", 10),
        ("operations.show", 10),
    ],
)
def test_a_request_has_the_seconds_of_its_kind(endpoint: str, seconds: float) -> None:
    seen: list[float] = []
    an_app(lambda: seen.append(seconds_left()), endpoint=endpoint).test_client().get("/")
    assert seconds - 1 < seen[0] <= seconds


def test_what_comes_after_a_request_has_no_deadline_of_it() -> None:
    an_app(seconds_left, endpoint="checkout.start").test_client().get("/")
    assert seconds_left() == math.inf


def test_every_deadline_ends_before_any_host_gives_up() -> None:
    seconds = [endpoint.seconds for endpoint in ENDPOINTS.values()]
    assert max(seconds) + LONGEST_WAIT_IN_ALL < HOST_GIVES_UP


def test_a_place_is_needed_by_all_but_those_that_call_no_remote() -> None:
    assert {
        "static",
        "branding.theme",
        "health.health",
        "openapi.description",
        "openapi.docs",
        "metrics.metrics",
        "policy_reports.receive",
        "well_known.apple_domain_file",
        "well_known.security_txt",
    } == CALL_NO_REMOTE


def test_a_request_without_a_place_is_told_to_come_again() -> None:
    app = an_app(seconds_left, endpoint="checkout.start", slots=0)
    answer = app.test_client().get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("endpoint", sorted(CALL_NO_REMOTE - {"static"}))
def test_what_calls_nobody_needs_no_place(endpoint: str) -> None:
    app = an_app(seconds_left, endpoint=endpoint, slots=0)
    assert app.test_client().get("/").status_code == 200


def test_a_request_leaves_its_place_whatever_becomes_of_it() -> None:
    app = an_app(lambda: 1 / 0, endpoint="checkout.start", slots=1)
    for _ in range(3):
        assert app.test_client().get("/").status_code == 500
