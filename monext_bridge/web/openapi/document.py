"""Makes the OpenAPI 3.1 document from the routes, `access.PRINCIPALS`, `api.models` and `openapi.operations`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema
from werkzeug.routing import Rule

from monext_bridge import __version__
from monext_bridge.domain.operations import IDEMPOTENCY_KEY
from monext_bridge.web.access import PRINCIPALS
from monext_bridge.web.api import models
from monext_bridge.web.openapi.faults import FAULTS
from monext_bridge.web.openapi.operations import OPERATIONS, DescribedEndpoint
from monext_bridge.web.openapi.security import ACCESS, security_schemes

Json = dict[str, Any]

ABOUT = (
    "Payments of commercetools carts through Monext: what a back office, commercetools Checkout, a shop's "
    "page or a shipment asks of the bridge. Amounts are integers in minor units of their currency (24.99 EUR "
    "is 2499, 2499 JPY is 2499). Members that have no value are left out of answers. Every answer has an "
    "X-Correlation-ID."
)
IMPLICIT = {"HEAD", "OPTIONS"}
ARGUMENT = re.compile(r"<(\w+)>")
BETWEEN_WORDS = re.compile(r"\W+")
REFERENCE = "#/components/{kind}/{name}"
PARAMETERS: Json = {
    "payment_id": {
        "name": "payment_id",
        "in": "path",
        "required": True,
        "description": "The id of the commercetools Payment.",
        "schema": {"type": "string", "format": "uuid", "pattern": models.UUID_FORM},
    },
    "idempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Names this act of this payment. Without one, every call is an act of its own.",
        "schema": {"type": "string", "pattern": f"^{IDEMPOTENCY_KEY.pattern}$"},
    },
}
HEADERS: Json = {
    "CorrelationId": {
        "description": "To quote when something is looked up: the request's own, or a new one.",
        "required": True,
        "schema": {"type": "string"},
    },
    "RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
}
CORRELATION = {"X-Correlation-ID": {"$ref": "#/components/headers/CorrelationId"}}


class _Schemas(GenerateJsonSchema):
    """Leaves out titles that only repeat a name. In answers, what has no value is left out and never null."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        if self.mode == "serialization":
            return self.generate_inner(schema["schema"])
        return super().nullable_schema(schema)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        found = super().default_schema(schema)
        if found.get("default", ...) is None:
            del found["default"]
        return found


def describe(rules: Iterable[Rule], *, public_url: str, auth_url: str) -> Json:
    """Describe the routes that OPERATIONS names, in its order."""
    routes = {rule.endpoint: rule for rule in rules}
    paths: Json = {}
    for endpoint, operation in OPERATIONS.items():
        if endpoint in routes:
            rule = routes[endpoint]
            (method,) = (rule.methods or set()) - IMPLICIT
            path = ARGUMENT.sub(r"{\1}", rule.rule)
            paths.setdefault(path, {})[method.lower()] = _operation(endpoint, operation, rule=rule)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Monext bridge", "version": __version__, "description": ABOUT},
        "servers": [{"url": public_url}],
        "tags": [
            {"name": access.tag, "description": principal.value.removeprefix("open: ")}
            for principal, access in ACCESS.items()
        ],
        "paths": paths,
        "components": _components(auth_url=auth_url),
    }


def _operation(endpoint: str, operation: DescribedEndpoint, *, rule: Rule) -> Json:
    access = ACCESS[PRINCIPALS[endpoint]]
    described: Json = {
        "operationId": endpoint.replace(".", "_"),
        "tags": [access.tag],
        "summary": operation.summary,
        "description": operation.description,
        "security": list(access.security),
        "parameters": [_reference("parameters", name) for name in sorted(rule.arguments)],
        "responses": _responses(operation),
    }
    if operation.takes_key:
        described["parameters"].append(_reference("parameters", "idempotencyKey"))
    if operation.body or operation.examples:
        described["requestBody"] = _request_body(operation)
    return described


def _request_body(operation: DescribedEndpoint) -> Json:
    schema = _reference("schemas", operation.body.__name__) if operation.body else {}
    examples = {
        BETWEEN_WORDS.sub("-", title).strip("-").lower(): {"summary": title, "value": value}
        for title, value in operation.examples.items()
    }
    content = {"application/json": {"schema": schema, "examples": examples}}
    return {"required": operation.body_required, "content": content}


def _responses(operation: DescribedEndpoint) -> Json:
    answers: Json = {}
    for status, model in operation.answers.items():
        answer: Json = {"description": HTTPStatus(status).phrase, "headers": CORRELATION}
        if model:
            content: Json = {"schema": _reference("schemas", model.__name__)}
            if operation.answer and status < 300:
                content["example"] = operation.answer
            answer["content"] = {"application/json": content}
        answers[str(status)] = answer
    refusals = {str(status): _reference("responses", f"refused{status}") for status in operation.refusals}
    return answers | refusals


def _components(*, auth_url: str) -> Json:
    statuses = sorted({status for operation in OPERATIONS.values() for status in operation.refusals})
    return {
        "schemas": _schemas(),
        "parameters": PARAMETERS,
        "headers": HEADERS,
        "responses": {f"refused{status}": _refusal(status) for status in statuses},
        "securitySchemes": security_schemes(auth_url=auth_url),
    }


def _refusal(status: int) -> Json:
    """Describe all that a status can mean; the code tells which one is meant."""
    meanings = [f"{fault.code}: {fault.meaning}" for fault in FAULTS if fault.status == status]
    waits = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}} if status in (429, 503) else {}
    return {
        "description": " ".join(meanings),
        "headers": CORRELATION | waits,
        "content": {"application/json": {"schema": _reference("schemas", models.ErrorResponse.__name__)}},
    }


def _schemas() -> Json:
    bodies = {operation.body for operation in OPERATIONS.values() if operation.body}
    answers = {model for operation in OPERATIONS.values() for model in operation.answers.values() if model}
    described: list[tuple[type[BaseModel], JsonSchemaMode]] = [(body, "validation") for body in bodies]
    described += [(answer, "serialization") for answer in answers | {models.ErrorResponse}]
    _, found = models_json_schema(
        sorted(described, key=lambda pair: pair[0].__name__),
        ref_template=REFERENCE.format(kind="schemas", name="{model}"),
        schema_generator=_Schemas,
    )
    schemas: Json = found["$defs"]
    return schemas


def _reference(kind: str, name: str) -> Json:
    return {"$ref": REFERENCE.format(kind=kind, name=name)}
