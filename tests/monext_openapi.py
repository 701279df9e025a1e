"""Checks the requests to Monext against Monext's OpenAPI description, where a copy of it is at hand.

Set `MONEXT_OPENAPI` to the path of Monext's Checkout API description (JSON) to have the requests checked
against it; without it, the tests marked `needs_openapi` are skipped and say so.

The description is of OpenAPI 3.0: `nullable`, `allOf` around `$ref`, patterns in the language of ECMAScript
(searched for, not matched from the start). Lengths are counted in UTF-16 units, as Monext's platform (Java)
does, which is stricter than counting characters.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import FormatChecker, ValidationError
from jsonschema.validators import extend
from openapi_schema_validator import OAS30Validator, oas30_format_checker

VARIABLE = "MONEXT_OPENAPI"

needs_openapi = pytest.mark.skipif(
    not os.environ.get(VARIABLE), reason=f"{VARIABLE} does not name Monext's OpenAPI description"
)

Json = dict[str, Any]


def request_errors(body: object, schema: str = "SessionRequest") -> list[str]:
    """Give the faults of a body, one line each with the field's path; empty where the body is valid."""
    found = sorted(_validator(schema).iter_errors(body), key=lambda e: e.json_path)
    return [f"{e.json_path}: {e.message}" for e in found]


def unknown_members(body: Mapping[str, Any], schema: str = "SessionRequest") -> list[str]:
    """Give the paths in a body that the description does not know: Monext would silently ignore them."""
    known = published_fields(schema)
    free = {path for path, field in known.items() if field.get("additionalProperties")}
    return [p for p in paths_of(body) if p not in known and p.rpartition(".")[0] not in free]


@cache
def published_fields(schema: str = "SessionRequest") -> dict[str, Json]:
    """Give every field of a schema by its dotted path (`order.items[].price`), with `$ref` and `allOf` resolved."""
    return dict(_fields(_resolved(description()["components"]["schemas"][schema]), prefix=""))


def paths_of(body: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Give the dotted path of every member of a document."""
    for name, value in body.items():
        path = f"{prefix}{name}"
        yield path
        for element in value if isinstance(value, list) else [value]:
            if isinstance(element, dict):
                yield from paths_of(element, f"{path}[]." if isinstance(value, list) else f"{path}.")


@cache
def description() -> Json:
    read: Json = json.loads(Path(os.environ[VARIABLE]).read_text("utf-8"))
    return read


@cache
def _validator(schema: str) -> Any:
    strict = extend(OAS30Validator, {"pattern": _pattern, "maxLength": _max_length})
    whole = {"$ref": f"#/components/schemas/{schema}", "components": description()["components"]}
    checker = FormatChecker(formats=())
    checker.checkers = {**FormatChecker.checkers, **oas30_format_checker.checkers}
    return strict(whole, format_checker=checker)


def _pattern(_validator: Any, pattern: str, instance: object, _schema: Json) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not ecma(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern}")


def _max_length(_validator: Any, longest: int, instance: object, _schema: Json) -> Iterator[ValidationError]:
    if isinstance(instance, str) and len(instance.encode("utf-16-le", "surrogatepass")) > 2 * longest:
        yield ValidationError(f"{instance!r} is longer than {longest} UTF-16 units")


@cache
def ecma(pattern: str) -> re.Pattern[str]:
    """Translate an ECMAScript pattern for Python: ASCII classes, `$` only at the very end, `[\\w-.]` allowed."""
    spelt = re.sub(r"(\\[wds])-", r"\1\\-", pattern)
    return re.compile(re.sub(r"\$$", r"\\Z", spelt), re.ASCII)


def _resolved(schema: Json) -> Json:
    """Follow the `$ref` and merge the `allOf` of one level of a schema."""
    if "$ref" in schema:
        found: Any = description()
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[int(step)] if isinstance(found, list) else found[step]
        return _resolved(found)
    merged = {name: value for name, value in schema.items() if name != "allOf"}
    for part in map(_resolved, schema.get("allOf", [])):
        properties = {**merged.get("properties", {}), **part.get("properties", {})}
        merged = {**part, **merged, **({"properties": properties} if properties else {})}
    return merged


def _fields(schema: Json, *, prefix: str) -> Iterator[tuple[str, Json]]:
    for name, raw in schema.get("properties", {}).items():
        path, field = f"{prefix}{name}", _resolved(raw)
        yield path, field
        if field.get("type") == "array":
            element = _resolved(field["items"])
            yield f"{path}[]", element
            yield from _fields(element, prefix=f"{path}[].")
        else:
            yield from _fields(field, prefix=f"{path}.")
