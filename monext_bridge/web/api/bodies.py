"""Checks request bodies and queries by their models, and writes answers from theirs."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monext_bridge.errors import Malformed, MissingField
from monext_bridge.mapping.inbound_json import read_json

M = TypeVar("M", bound=BaseModel)

REQUIRED = "missing"
NO_TAG, WRONG_TAG = "union_tag_not_found", "union_tag_invalid"
TAG = "action"
"""The member that names the kind of its object; see `models.Action`."""

UNKNOWN = "extra_forbidden"

WORDS = {
    "model_type": "an object is needed",
    "model_attributes_type": "an object is needed",
    UNKNOWN: "no member of this name is known",
}
"""Replaces messages of the validator that speak of a programming language."""

MOST_FAULTS = 10
"""Faults that one answer names. The caller may have made up any number."""

LONGEST_FIELD_NAME = 64
"""Characters of a member's name that an error repeats. The caller may have made the name up."""


def read_body(model: type[M], *, optional: bool = False) -> M:
    """Return the body as its model. With `optional`, no body at all is as good as an empty object.

    Raises InvalidJson, MissingField or Malformed, which name the fields at fault and never their values.
    """
    raw = request.get_data(cache=True)
    if not raw and optional:
        return model()
    body = read_json(raw)
    try:
        return model.model_validate(body, strict=None)
    except ValidationError as error:
        raise _faults(error, body) from error


def read_query(model: type[M]) -> M:
    """Return the query as its model, the one that the endpoint's description has. Other parameters are ignored.

    Raises MissingField, or Malformed also where a parameter is given more than once; both name the parameter.
    """
    given: dict[str, str] = {}
    for name in model.model_fields:
        values = request.args.getlist(name)
        if len(values) > 1:
            raise Malformed(f"{name}: one value is needed", field=name)
        if values:
            given[name] = values[0]
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _faults(error, given) from error


def answer(model: BaseModel) -> dict[str, Any]:
    """Return the model as JSON, without members that have no value."""
    return model.model_dump(mode="json", exclude_none=True)


def _faults(error: ValidationError, body: object) -> Malformed:
    """Return the first fault, with the others: a misspelt member is told beside the one that is missing for it."""
    by_field: dict[str | None, Malformed] = {}
    for detail in error.errors(include_url=False, include_input=False):
        fault = _fault(detail, body)
        by_field.setdefault(fault.field, fault)
    first, *others = list(by_field.values())[:MOST_FAULTS]
    first.others = tuple(others)
    return first


def _fault(fault: ErrorDetails, body: object) -> Malformed:
    kind, location = fault["type"], fault["loc"]
    field = _path((*location, TAG) if kind in (NO_TAG, WRONG_TAG) else location, body) or "body"
    if kind in (REQUIRED, NO_TAG):
        return MissingField(f"{field} is required", field=field)
    if kind == WRONG_TAG:
        return Malformed(f"{field}: one of {fault['ctx']['expected_tags']}", field=field)
    return Malformed(f"{field}: {WORDS.get(kind, fault['msg'])}", field=field)


def _path(location: tuple[int | str, ...], body: object) -> str:
    """Write a location in the body with dots, without the kind of an object, which the validator adds."""
    names: list[str] = []
    for left, part in zip(range(len(location) - 1, -1, -1), location, strict=True):
        inside = _member(body, part)
        if inside is not None or left == 0:
            names.append(str(part)[:LONGEST_FIELD_NAME])
            body = inside
    return ".".join(names)


def _member(body: object, part: int | str) -> object:
    if isinstance(body, list) and isinstance(part, int):
        return body[part]
    return body.get(part) if isinstance(body, dict) else None
