"""What the controls are told, read from the request."""

from typing import Any, cast

from flask import request
from werkzeug.exceptions import BadRequest


def read_json() -> dict[str, Any]:
    """The JSON object of a control's request; no body is an empty one."""
    body = request.get_json(silent=True) if request.data else {}
    if not isinstance(body, dict):
        raise BadRequest("The body is not a JSON object.")
    return cast(dict[str, Any], body)


def number(body: dict[str, Any], *, name: str, default: float | None = None) -> float:
    """A number of a control's request. Raises BadRequest for anything else."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRequest(f"{name}: a number")
    return value
