"""Request bodies checked by their model, answers written by theirs."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest

from monext_bridge.errors import InvalidJson, Malformed, MissingField

M = TypeVar("M", bound=BaseModel)

REQUIRED = "missing"


def read_body(model: type[M], *, optional: bool = False) -> M:
    """The body as its model. `optional`: none at all is as good as an empty object.

    Raises InvalidJson, MissingField or Malformed, which name the first field at fault and never its value.
    """
    raw = request.get_data(cache=True)
    if not raw and optional:
        return model()
    try:
        body = request.get_json(force=True)
    except BadRequest as error:
        raise InvalidJson("the body is not JSON") from error
    try:
        return model.model_validate(body, strict=None)
    except ValidationError as error:
        raise _first_fault(error) from error


def answer(model: BaseModel) -> dict[str, Any]:
    """The model as JSON, without what is not there."""
    return model.model_dump(mode="json", exclude_none=True)


def _first_fault(error: ValidationError) -> Malformed:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in fault["loc"]) or "body"
    if fault["type"] == REQUIRED:
        return MissingField(f"{field} is required", field=field)
    return Malformed(f"{field}: {fault['msg']}", field=field)
