"""Request bodies checked by their model, answers written by theirs."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest

from monext_bridge.errors import InvalidJson, Malformed, MissingField

M = TypeVar("M", bound=BaseModel)

REQUIRED = "missing"
NO_TAG, WRONG_TAG = "union_tag_not_found", "union_tag_invalid"
TAG = "action"
"""The member that tells what kind of object it is in; see `models.Action`."""

WORDS = {"model_type": "an object is needed", "model_attributes_type": "an object is needed"}
"""Where the validator's own words are those of a programming language."""

LONGEST_FIELD_NAME = 64
"""Characters of a member's name that an error repeats: who calls may have made it up."""


def read_body(model: type[M], *, optional: bool = False) -> M:
    """The body as its model. `optional`: none at all is as good as an empty object.

    Raises InvalidJson, MissingField or Malformed, which name the first field at fault and never its value.
    """
    raw = request.get_data(cache=True)
    if not raw and optional:
        return model()
    try:
        body = request.get_json(force=True)
    except (BadRequest, RecursionError) as error:
        raise InvalidJson("the body is not JSON") from error
    try:
        return model.model_validate(body, strict=None)
    except ValidationError as error:
        raise _first_fault(error, body) from error


def answer(model: BaseModel) -> dict[str, Any]:
    """The model as JSON, without what is not there."""
    return model.model_dump(mode="json", exclude_none=True)


def _first_fault(error: ValidationError, body: object) -> Malformed:
    fault = error.errors(include_url=False, include_input=False)[0]
    kind, place = fault["type"], fault["loc"]
    field = _path((*place, TAG) if kind in (NO_TAG, WRONG_TAG) else place, body) or "body"
    if kind in (REQUIRED, NO_TAG):
        return MissingField(f"{field} is required", field=field)
    if kind == WRONG_TAG:
        return Malformed(f"{field}: one of {fault['ctx']['expected_tags']}", field=field)
    return Malformed(f"{field}: {WORDS.get(kind, fault['msg'])}", field=field)


def _path(place: tuple[int | str, ...], body: object) -> str:
    """Where in the body, with dots. What the validator adds, the kind of an object, is not part of it."""
    names: list[str] = []
    for left, part in zip(range(len(place) - 1, -1, -1), place, strict=True):
        inside = _member(body, part)
        if inside is not None or left == 0:
            names.append(str(part)[:LONGEST_FIELD_NAME])
            body = inside
    return ".".join(names)


def _member(body: object, part: int | str) -> object:
    if isinstance(body, list) and isinstance(part, int):
        return body[part]
    return body.get(part) if isinstance(body, dict) else None
