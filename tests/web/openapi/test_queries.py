"""A query is declared by its model: the description tells it, the page shows it, and the view reads it."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from openapi_spec_validator import validate
from pydantic import BaseModel, Field
from schemathesis import Case

from monext_bridge.web.api import models
from monext_bridge.web.api.bodies import answer, read_query
from monext_bridge.web.endpoints import (
    UNLIMITED,
    Answers,
    Description,
    Endpoint,
    Principal,
    declared_endpoints,
)
from monext_bridge.web.http import init_request_lifecycle
from monext_bridge.web.openapi.document import describe
from monext_bridge.web.openapi.page import sections
from monext_bridge.web.pages import init_error_pages
from tests.web.rendered_pages import page_app

Json = dict[str, Any]

GENERATED = {"generation": {"deterministic": True, "database": "none"}}


class OrdersQuery(models.Query):
    """By number; at most so many."""

    orderNumber: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9_-]{2,36}$", description="The number of the order.")
    ]
    limit: Annotated[int, Field(ge=1, le=50, description="How many: 10 where left out.")] = 10
    state: Annotated[Literal["Paid", "Pending"] | None, Field(description="Only those in this state.")] = None


class Orders(BaseModel):
    number: str
    limit: int
    state: str | None = None


open_to_anybody = Endpoint(does="answers", caller=Principal.ANYBODY, limits=UNLIMITED, answers=Answers.JSON)


def an_app() -> Flask:
    """An application of one JSON endpoint with a query, and of its description."""
    app = page_app()
    open_to_anybody(app.view_functions["static"])

    @app.get("/orders")
    @Endpoint(
        does="finds orders",
        caller=Principal.ANYBODY,
        limits=UNLIMITED,
        answers=Answers.JSON,
        description=Description(
            "Find orders", "By their number.", answers={200: Orders}, refusals=(400,), query=OrdersQuery
        ),
    )
    def orders() -> Json:
        query = read_query(OrdersQuery)
        return answer(Orders(number=query.orderNumber, limit=query.limit, state=query.state))

    @app.get("/openapi.json")
    @open_to_anybody
    def description() -> Json:
        return document_of(app)

    init_request_lifecycle(app, endpoints=declared_endpoints(app))
    init_error_pages(app, is_json=lambda _: True, endpoints=declared_endpoints(app))
    return app


def document_of(app: Flask) -> Json:
    return describe(
        app.url_map.iter_rules(),
        endpoints=declared_endpoints(app),
        public_url="http://localhost",
        auth_url="http://localhost",
    )


APP = an_app()
api = schemathesis.openapi.from_wsgi("/openapi.json", APP, config=schemathesis.Config.from_dict(GENERATED))


@pytest.fixture
def app() -> Flask:
    return APP


def asked(app: Flask, query: str) -> tuple[int, Json]:
    found = app.test_client().get(f"/orders?{query}")
    return found.status_code, found.get_json()


def test_the_description_tells_name_meaning_form_and_whether_it_is_needed(app: Flask) -> None:
    document = document_of(app)
    validate(json.loads(json.dumps(document)))
    assert document["paths"]["/orders"]["get"]["parameters"] == [
        {
            "name": "orderNumber",
            "in": "query",
            "required": True,
            "description": "The number of the order.",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{2,36}$"},
        },
        {
            "name": "limit",
            "in": "query",
            "required": False,
            "description": "How many: 10 where left out.",
            "schema": {"type": "integer", "minimum": 1, "maximum": 50},
        },
        {
            "name": "state",
            "in": "query",
            "required": False,
            "description": "Only those in this state.",
            "schema": {"type": "string", "enum": ["Paid", "Pending"]},
        },
    ]


def test_the_page_shows_the_parameters_and_a_command_with_those_that_are_needed(app: Flask) -> None:
    shown = {each.path: each for section in sections(document_of(app)) for each in section.endpoints}
    assert (
        shown["/orders"].commands[0].text == 'curl -X GET "http://localhost/orders?orderNumber=$ORDER_NUMBER"'
    )
    assert [(term.name, term.meaning) for term in shown["/orders"].query] == [
        ("orderNumber", "The number of the order."),
        ("limit", "How many: 10 where left out. May be left out."),
        ("state", "Only those in this state. May be left out."),
    ]


def test_the_view_reads_what_is_given_and_what_holds_without_it(app: Flask) -> None:
    assert asked(app, "orderNumber=M4C7") == (200, {"number": "M4C7", "limit": 10})
    everything = {"number": "M4C7", "limit": 3, "state": "Paid"}
    assert asked(app, "orderNumber=M4C7&limit=3&state=Paid") == (200, everything)


def test_a_parameter_that_nobody_declared_changes_nothing(app: Flask) -> None:
    assert asked(app, "orderNumber=M4C7&utm=1")[0] == 200


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("", "orderNumber", "RequiredField"),
        ("orderNumber=", "orderNumber", "InvalidField"),
        ("orderNumber=a%20b", "orderNumber", "InvalidField"),
        ("orderNumber=M4C7&orderNumber=M4C8", "orderNumber", "InvalidField"),
        ("orderNumber=M4C7&limit=0", "limit", "InvalidField"),
        ("orderNumber=M4C7&limit=many", "limit", "InvalidField"),
        ("orderNumber=M4C7&state=Lost", "state", "InvalidField"),
    ],
)
def test_a_query_that_is_not_as_declared_is_refused_by_name(
    query: str, field: str, code: str, app: Flask
) -> None:
    status, body = asked(app, query)
    assert status == 400
    assert (body["errors"][0]["field"], body["errors"][0]["code"]) == (field, code)


@api.parametrize()
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_view_takes_and_refuses_what_the_description_does(case: Case[Any]) -> None:
    case.call_and_validate(app=APP)
