"""Programs read JSON, errors at unknown addresses included; people read pages."""

from __future__ import annotations

import pytest

from monext_bridge.web.endpoints import Answers
from monext_bridge.web.http.request_lifecycle import json_requests
from tests.web.declared_endpoints import ENDPOINTS, ROUTES

PAGES = [
    rule.rule for rule in ROUTES.url_map.iter_rules() if ENDPOINTS[rule.endpoint].answers is not Answers.JSON
]
is_json = json_requests(ROUTES, endpoints=ENDPOINTS)


def read_as_json(path: str, *, method: str = "GET", accept: str = "*/*") -> bool:
    with ROUTES.test_request_context(path, method=method, headers={"Accept": accept}) as context:
        return is_json(context.request)


@pytest.mark.parametrize(
    "path",
    [
        "/payment",
        "/operations/config",
        "/operations/nothing",
        "/events/",
        "/events/elsewhere",
        "/notification/abc/def",
        "/health",
        "/healthy",
        "/ready",
        "/openapi.json",
    ],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_address_that_begins_like_one_for_programs_is_read_by_one(path: str, method: str) -> None:
    assert read_as_json(path, method=method)


@pytest.mark.parametrize("path", [*PAGES, "/", "/operations", "/event", "/notification", "/nothing"])
def test_everything_else_is_read_by_people(path: str) -> None:
    assert not read_as_json(path, accept="text/html")


def test_only_an_endpoint_for_either_looks_at_what_is_accepted() -> None:
    assert read_as_json("/result/abc", accept="application/json")
    assert not read_as_json("/return/abc", accept="application/json")
