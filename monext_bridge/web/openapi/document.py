"""Makes the OpenAPI 3.1 document from the routes and what their endpoints declare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from werkzeug.routing import Rule

from monext_bridge import __version__
from monext_bridge.web.api import models
from monext_bridge.web.endpoints import Description, Endpoint, Endpoints, Parameter, method_of
from monext_bridge.web.openapi.faults import FAULTS
from monext_bridge.web.openapi.schemas import body_schemas, query_parameters, query_schemas
from monext_bridge.web.openapi.security import ACCESS, security_schemes

Json = dict[str, Any]

ABOUT = (
    "Payments of commercetools carts through Monext: what a back office, commercetools Checkout, a shop's "
    "page or a shipment asks of the bridge. Amounts are integers in minor units of their currency (24.99 EUR "
    "is 2499, 2499 JPY is 2499). Members that have no value are left out of answers. Every answer has an "
    "X-Correlation-ID."
)
ARGUMENT = re.compile(r"<(\w+)>")
BETWEEN_WORDS = re.compile(r"\W+")
REFERENCE = "#/components/{kind}/{name}"
HEADERS: Json = {
    "CorrelationId": {
        "description": "To quote when something is looked up: the request's own, or a new one.",
        "required": True,
        "schema": {"type": "string"},
    },
    "RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
}
CORRELATION = {"X-Correlation-ID": {"$ref": "#/components/headers/CorrelationId"}}


def describe(rules: Iterable[Rule], *, endpoints: Endpoints, public_url: str, auth_url: str) -> Json:
    """Describe the routes whose endpoints declare a description, in the order of the routes."""
    described = [
        _Described(rule, endpoints[rule.endpoint], description)
        for rule in rules
        if (description := endpoints[rule.endpoint].description)
    ]
    paths: Json = {}
    for each in described:
        path = ARGUMENT.sub(r"{\1}", each.rule.rule)
        paths.setdefault(path, {})[method_of(each.rule).lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Monext bridge", "version": __version__, "description": ABOUT},
        "servers": [{"url": public_url}],
        "tags": [
            {"name": access.tag, "description": principal.value.removeprefix("open: ")}
            for principal, access in ACCESS.items()
        ],
        "paths": paths,
        "components": _components([each.description for each in described], auth_url=auth_url),
    }


@dataclass(frozen=True, slots=True)
class _Described:
    rule: Rule
    endpoint: Endpoint
    description: Description


def _operation(each: _Described) -> Json:
    access, description = ACCESS[each.endpoint.caller], each.description
    described: Json = {
        "operationId": each.rule.endpoint.replace(".", "_"),
        "tags": [access.tag],
        "summary": description.summary,
        "description": description.text,
        "security": list(access.security),
        "parameters": [_reference("parameters", one.component) for one in description.parameters],
        "responses": _responses(description),
    }
    if description.query:
        described["parameters"] += query_parameters(description.query)
    if description.body or description.examples:
        described["requestBody"] = _request_body(description)
    return described


def _request_body(description: Description) -> Json:
    schema = _reference("schemas", description.body.__name__) if description.body else {}
    examples = {
        BETWEEN_WORDS.sub("-", title).strip("-").lower(): {"summary": title, "value": value}
        for title, value in description.examples.items()
    }
    content = {"application/json": {"schema": schema, "examples": examples}}
    return {"required": description.body_required, "content": content}


def _responses(description: Description) -> Json:
    answers: Json = {}
    for status, model in description.answers.items():
        answer: Json = {"description": HTTPStatus(status).phrase, "headers": CORRELATION}
        if model:
            content: Json = {"schema": _reference("schemas", model.__name__)}
            if description.answer and status < 300:
                content["example"] = description.answer
            answer["content"] = {"application/json": content}
        answers[str(status)] = answer
    refusals = {str(status): _reference("responses", f"refused{status}") for status in description.refusals}
    return answers | refusals


def _components(descriptions: Sequence[Description], *, auth_url: str) -> Json:
    statuses = sorted({status for each in descriptions for status in each.refusals})
    parameters = {one.component: _parameter(one) for each in descriptions for one in each.parameters}
    return {
        "schemas": _schemas(descriptions),
        "parameters": parameters,
        "headers": HEADERS,
        "responses": {f"refused{status}": _refusal(status) for status in statuses},
        "securitySchemes": security_schemes(auth_url=auth_url),
    }


def _parameter(parameter: Parameter) -> Json:
    required = {"required": True} if parameter.place == "path" else {}
    return {
        "name": parameter.name,
        "in": parameter.place,
        **required,
        "description": parameter.meaning,
        "schema": parameter.schema,
    }


def _schemas(descriptions: Sequence[Description]) -> Json:
    bodies = {each.body for each in descriptions if each.body}
    answers = {model for each in descriptions for model in each.answers.values() if model}
    schemas = body_schemas(requests=bodies, answers=answers | {models.ErrorResponse})
    for each in descriptions:
        schemas |= query_schemas(each.query) if each.query else {}
    return schemas


def _refusal(status: int) -> Json:
    """Describe all that a status can mean; the code tells which one is meant."""
    meanings = [f"{fault.code}: {fault.meaning}" for fault in FAULTS if fault.status == status]
    waits = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}} if status in (429, 503) else {}
    return {
        "description": " ".join(meanings),
        "headers": CORRELATION | waits,
        "content": {"application/json": {"schema": _reference("schemas", models.ErrorResponse.__name__)}},
    }


def _reference(kind: str, name: str) -> Json:
    return {"$ref": REFERENCE.format(kind=kind, name=name)}
