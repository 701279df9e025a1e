"""The description of the JSON API: valid, complete, and true to what it is made of; and the page that shows it."""

from __future__ import annotations

import inspect
import json
import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from pydantic import BaseModel

from monext_bridge import errors
from monext_bridge.config import load_settings
from monext_bridge.services.operations.request import OperationOutcome
from monext_bridge.web import create_app
from monext_bridge.web.api import models
from monext_bridge.web.openapi.faults import ERROR_EXAMPLE, FAULTS, OUTCOMES
from monext_bridge.web.openapi.security import ACCESS
from monext_bridge.web.pages.error_pages import CODES
from tests.settings_environment import valid_environment
from tests.web.declared_endpoints import DESCRIPTIONS, ENDPOINTS

Json = dict[str, Any]

PUBLIC_URL = "https://pay.example.com"
NOT_DESCRIBED = {
    "notifications.notify",
    "events.handshake",
    "branding.theme",
    "openapi.docs",
    "static",
    "well_known.apple_domain_file",
    "well_known.security_txt",
    "policy_reports.receive",
}
"""Called by Monext, Event Grid's handshake, people and Apple; every page of the buyer is left out by its caller."""


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(
        load_settings(valid_environment(PUBLIC_URL=PUBLIC_URL, EVENTS_SECRET="events-secret-of-tests-1"))
    )


@pytest.fixture(scope="module")
def document(app: Flask) -> Json:
    return dict(app.test_client().get("/openapi.json").get_json())


@pytest.fixture(scope="module")
def page(app: Flask) -> BeautifulSoup:
    return BeautifulSoup(app.test_client().get("/docs").get_data(as_text=True), "html.parser")


def operations(document: Json) -> Iterator[Json]:
    for methods in document["paths"].values():
        yield from methods.values()


def accepts(document: Json, model: str, value: object) -> bool:
    schema = {"components": document["components"], "$ref": f"#/components/schemas/{model}"}
    return bool(OAS31Validator(schema).is_valid(value))


def test_the_description_is_valid_openapi(document: Json) -> None:
    validate(document)
    assert document["openapi"].startswith("3.1.")
    assert document["servers"] == [{"url": PUBLIC_URL}]


def test_exactly_the_json_endpoints_are_described(app: Flask, document: Json) -> None:
    served = {rule.endpoint for rule in app.url_map.iter_rules() if ENDPOINTS[rule.endpoint].caller in ACCESS}
    assert served - NOT_DESCRIBED == set(DESCRIPTIONS)
    assert {operation["operationId"] for operation in operations(document)} == {
        endpoint.replace(".", "_") for endpoint in DESCRIPTIONS
    }


def test_every_path_parameter_is_described(document: Json) -> None:
    for path, methods in document["paths"].items():
        named = {part.strip("{}") for part in path.split("/") if part.startswith("{")}
        for operation in methods.values():
            refs = [each["$ref"].rsplit("/", 1)[1] for each in operation["parameters"] if "$ref" in each]
            found = [document["components"]["parameters"][ref] for ref in refs]
            assert {p["name"] for p in found if p["in"] == "path"} == named


def test_every_model_is_used(document: Json) -> None:
    own = {
        name
        for name, model in inspect.getmembers(models, inspect.isclass)
        if issubclass(model, BaseModel) and model.__module__ == models.__name__
    }
    queries = {each.query.__name__ for each in DESCRIPTIONS.values() if each.query}
    used = set(document["components"]["schemas"]) | queries
    assert {name for name in own if "[" not in name} - {"Body", "Query"} <= used


def test_every_component_is_referred_to(document: Json) -> None:
    written = json.dumps(document)
    for kind in ("schemas", "responses", "parameters", "headers"):
        for name in document["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in written
    used = {name for o in operations(document) for way in o["security"] for name in way}
    assert used == set(document["components"]["securitySchemes"])


def test_every_endpoint_names_the_proof_of_its_caller(document: Json) -> None:
    by_id = {operation["operationId"]: operation for operation in operations(document)}
    for endpoint, description in DESCRIPTIONS.items():
        access = ACCESS[ENDPOINTS[endpoint].caller]
        assert by_id[endpoint.replace(".", "_")]["security"] == list(access.security)
        assert {401} & set(description.refusals) == ({401} if access.security else set())


@pytest.mark.parametrize("endpoint", [name for name, d in DESCRIPTIONS.items() if d.body])
def test_every_example_of_a_request_is_accepted_by_schema_and_model(endpoint: str, document: Json) -> None:
    description = DESCRIPTIONS[endpoint]
    assert description.body
    assert description.examples
    for example in description.examples.values():
        description.body.model_validate(example)
        assert accepts(document, description.body.__name__, example)


@pytest.mark.parametrize("endpoint", [name for name, d in DESCRIPTIONS.items() if d.answer])
def test_every_example_of_an_answer_is_accepted_by_schema_and_model(endpoint: str, document: Json) -> None:
    description = DESCRIPTIONS[endpoint]
    model = next(iter(description.answers.values()))
    assert model
    model.model_validate(description.answer)
    assert accepts(document, model.__name__, description.answer)
    assert not accepts(document, model.__name__, {"nothing": "of the kind"})


def test_every_action_has_an_example() -> None:
    shown = {body["actions"][0]["action"] for body in DESCRIPTIONS["operations.modify"].examples.values()}
    assert shown == {"capturePayment", "refundPayment", "cancelPayment", "reversePayment"}


@pytest.mark.parametrize(
    "amount",
    [0, -1, 10.5, "1000", 10**18 + 1, None, True],
    ids=["0", "-1", "10.5", "text", "huge", "null", "true"],
)
def test_the_schema_forbids_what_the_endpoint_refuses(amount: object, document: Json) -> None:
    money = {"centAmount": amount, "currencyCode": "EUR"}
    body = {"actions": [{"action": "capturePayment", "amount": money}]}
    assert not accepts(document, "PaymentIntentUpdate", body)


def test_answers_leave_out_what_they_do_not_have(document: Json) -> None:
    result = "PaymentIntentResult"
    assert accepts(document, result, {"outcome": "rejected"})
    assert not accepts(document, result, {"outcome": "rejected", "interfaceId": None})


def test_the_words_on_errors_tell_every_status_and_code() -> None:
    told = {(fault.status, fault.code) for fault in FAULTS}
    raised = {
        (kind.status, kind.code)
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.RequestError) and kind is not errors.RequestError
    }
    assert raised <= told
    assert {(status, code) for status, code in CODES.items() if status != 415} <= told
    assert {status for d in DESCRIPTIONS.values() for status in d.refusals} <= {status for status, _ in told}
    assert {code for _, code in told} <= set(models.ERROR_CODES)


def test_the_words_on_outcomes_tell_every_outcome() -> None:
    assert set(OUTCOMES) == {outcome.value for outcome in OperationOutcome}
    models.ErrorResponse.model_validate(ERROR_EXAMPLE)


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_who_has_it_is_not_sent_it_again(path: str, app: Flask) -> None:
    first = app.test_client().get(path)
    again = app.test_client().get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.get_data()) == (304, b"")


def test_the_page_shows_every_endpoint_with_a_command(document: Json, page: BeautifulSoup) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            article = page.find("article", {"aria-labelledby": operation["operationId"]})
            assert article
            assert article.h3
            assert article.h3.get_text() == f"{method.upper()} {path}"
            assert f"curl -X {method.upper()}" in article.get_text()


def commands(page: BeautifulSoup) -> Iterator[list[str]]:
    """The words of every command, as a shell reads them."""
    for block in page.select("article pre code"):
        if block.get_text().startswith("curl"):
            yield shlex.split(block.get_text())


def test_every_command_of_an_act_carries_a_body_that_the_bridge_accepts(page: BeautifulSoup) -> None:
    bodies = [
        words[words.index("-d") + 1]
        for words in commands(page)
        if "/payment-intents/" in words[3] and "-d" in words
    ]
    assert len(bodies) == len(DESCRIPTIONS["operations.modify"].examples)
    for body in bodies:
        models.PaymentIntentUpdate.model_validate(json.loads(body))


def test_every_command_calls_a_route_of_the_bridge(app: Flask, page: BeautifulSoup) -> None:
    routes = app.url_map.bind("pay.example.com")
    called = [
        routes.match(urlsplit(words[3]).path, method=words[2])[0]
        for words in commands(page)
        if words[3].startswith(PUBLIC_URL)
    ]
    assert set(called) == set(DESCRIPTIONS)


def test_the_page_shows_every_error_and_outcome(page: BeautifulSoup) -> None:
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in page.select("tbody tr")]
    assert rows == [[str(f.status), f.code, f.meaning, f.remedy] for f in FAULTS]
    words = page.get_text()
    assert all(outcome in words and meaning in words for outcome, meaning in OUTCOMES.items())


def test_the_page_has_no_script_and_loads_nothing_from_elsewhere(page: BeautifulSoup) -> None:
    assert page.find_all(["script", "style", "iframe", "img"]) == []
    assert page.select("[style], [onclick]") == []
    assert {str(link["href"]) for link in page.select("link")} == {
        "/static/icon.svg",
        "/static/bridge.css",
        "/static/docs.css",
    }


def test_every_link_in_the_page_leads_somewhere(app: Flask, page: BeautifulSoup) -> None:
    ids = {str(tag["id"]) for tag in page.select("[id]")}
    targets = [str(link["href"]) for link in page.select("a")]
    assert len(ids) == len(page.select("[id]"))
    assert {target[1:] for target in targets if target.startswith("#")} <= ids
    for target in targets:
        if not target.startswith("#"):
            assert app.test_client().get(target).status_code == 200


def test_neither_tells_a_secret(app: Flask) -> None:
    for path in ("/openapi.json", "/docs"):
        text = app.test_client().get(path).get_data(as_text=True)
        for name in ("CTP_CLIENT_SECRET", "CTP_CLIENT_ID", "MONEXT_API_KEY", "SECRET_KEY"):
            assert valid_environment()[name] not in text or name == "CTP_CLIENT_ID"
        assert "events-secret-of-tests-1" not in text
