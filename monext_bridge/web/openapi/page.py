"""Turns the OpenAPI document into sections of a page: one for each principal, with commands for a shell."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from monext_bridge.web.openapi.security import ACCESS

Json = Mapping[str, Any]

ARGUMENT = re.compile(r"{(\w+)}")
WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")

IDEMPOTENCY_KEY = {"$ref": "#/components/parameters/idempotencyKey"}


@dataclass(frozen=True, slots=True)
class Command:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Term:
    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ShownEndpoint:
    """One endpoint. `answer`: an example, as text. `query`: its parameters. `statuses`: all it may answer with."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    commands: tuple[Command, ...]
    answer: str | None
    query: tuple[Term, ...]
    statuses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The endpoints of one principal."""

    id: str
    name: str
    who: str
    endpoints: tuple[ShownEndpoint, ...]


def sections(document: Json) -> tuple[Section, ...]:
    """Return one section for each tag, in the order of the document."""
    endpoints = [
        (operation["tags"][0], _endpoint(document, method, path, operation))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return tuple(
        Section(
            id=tag["name"].lower().replace(" ", "-"),
            name=tag["name"],
            who=tag["description"],
            endpoints=tuple(endpoint for name, endpoint in endpoints if name == tag["name"]),
        )
        for tag in document["tags"]
    )


def token_command(document: Json) -> str:
    """Return the command by which an API client gets the token for the back office's endpoints."""
    scheme = document["components"]["securitySchemes"]["commercetools"]
    url = scheme["flows"]["clientCredentials"]["tokenUrl"]
    return (
        f'curl -u "$CLIENT_ID:$CLIENT_SECRET" {url} \\\n'
        '  -d grant_type=client_credentials -d "scope=manage_checkout_payment_intents:$PROJECT_KEY"'
    )


def _endpoint(document: Json, method: str, path: str, operation: Json) -> ShownEndpoint:
    query = [parameter for parameter in operation["parameters"] if parameter.get("in") == "query"]
    url = (
        document["servers"][0]["url"] + ARGUMENT.sub(lambda found: _variable(found[1]), path) + _query(query)
    )
    examples = _media(operation.get("requestBody", {})).get("examples", {}).values()
    bodies = [(example["summary"], example["value"]) for example in examples]
    answers = [_media(answer) for answer in operation["responses"].values()]
    example = next((media["example"] for media in answers if "example" in media), None)
    return ShownEndpoint(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation["description"],
        commands=tuple(
            Command(title, _curl(method.upper(), url, headers=_headers(operation, body), body=body))
            for title, body in bodies or [(operation["summary"], None)]
        ),
        answer=json.dumps(example, indent=2, ensure_ascii=False) if example else None,
        query=tuple(Term(parameter["name"], _meaning(parameter)) for parameter in query),
        statuses=tuple(operation["responses"]),
    )


def _variable(name: str) -> str:
    """Return the shell variable that stands for a parameter: `$ORDER_NUMBER` for `orderNumber`."""
    return f"${WORD.sub('_', name).upper()}"


def _query(parameters: Iterable[Json]) -> str:
    """Return the query of an example: what has to be there."""
    required = [parameter["name"] for parameter in parameters if parameter["required"]]
    return "?" + "&".join(f"{name}={_variable(name)}" for name in required) if required else ""


def _meaning(parameter: Json) -> str:
    return (
        parameter["description"] if parameter["required"] else f"{parameter['description']} May be left out."
    )


def _headers(operation: Json, body: Json | None) -> dict[str, str]:
    shown = next(access.shown_as for access in ACCESS.values() if access.tag == operation["tags"][0])
    headers = {shown[0]: shown[1]} if shown else {}
    if IDEMPOTENCY_KEY in operation["parameters"]:
        headers["Idempotency-Key"] = "$KEY"
    return headers | ({"Content-Type": "application/json"} if body is not None else {})


def _curl(method: str, url: str, *, headers: Mapping[str, str], body: Json | None) -> str:
    """Write a command for any POSIX shell, which replaces `$NAME` in the address and in headers itself."""
    words = [f'curl -X {method} "{url}"', *(f'-H "{name}: {value}"' for name, value in headers.items())]
    if body is not None:
        words.append(f"-d {shlex.quote(json.dumps(body, ensure_ascii=False))}")
    return " \\\n  ".join(words)


def _media(part: Json) -> Json:
    media: Json = part.get("content", {}).get("application/json", {})
    return media
