"""Checks a request body against the table of limits; each fault names its field, as Monext's 400 does."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from sandbox.monext.limits import Field
from sandbox.monext.results import InvalidParam

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TYPES: dict[str, type[Any]] = {
    "integer": int,
    "boolean": bool,
    "object": dict,
    "string_map": dict,
    "array": list,
}


def faults_of(body: dict[str, Any], *, fields: Iterable[Field]) -> list[InvalidParam]:
    """Every fault of `body`, in the order of the table; empty when Monext would take it."""
    return [fault for field in fields for fault in _field_faults(body, field=field)]


def _field_faults(body: dict[str, Any], *, field: Field) -> Iterator[InvalidParam]:
    for name, present, value in _places(body, path=field.name):
        missing = "must not be null" if field.required else ""
        fault = _value_fault(value, field=field) if present else missing
        if fault:
            yield InvalidParam(name, fault, tuple(str(limit) for limit in _limits(field)))


def _limits(field: Field) -> list[int]:
    return [limit for limit in (field.max_length, field.minimum, field.maximum) if limit is not None]


def _places(holder: Any, *, path: str, prefix: str = "") -> Iterator[tuple[str, bool, Any]]:
    """(name, present, value) of each place in the body that `path` stands for; null counts as absent."""
    step, _, rest = path.partition(".")
    key = step.removesuffix("[]")
    if not isinstance(holder, dict):
        return
    found = [(f"{prefix}{key}", holder.get(key))]
    if step.endswith("[]"):
        members = found[0][1] if isinstance(found[0][1], list) else []
        found = [(f"{prefix}{key}[{index}]", member) for index, member in enumerate(members)]
    for name, value in found:
        if rest:
            yield from _places(value, path=rest, prefix=f"{name}.")
        else:
            yield name, value is not None, value


def _value_fault(value: Any, *, field: Field) -> str:
    if field.kind in _TYPES:
        return _typed_fault(value, field=field)
    if not isinstance(value, str):
        return "must be a string"
    return _text_fault(value, field=field)


def _typed_fault(value: Any, *, field: Field) -> str:
    expected = _TYPES[field.kind]
    if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
        return f"must be of type {field.kind.replace('string_map', 'object')}"
    if field.kind == "string_map" and not all(isinstance(member, str) for member in value.values()):
        return "the values must be strings"
    return _range_fault(value, field=field) if field.kind == "integer" else ""


def _range_fault(value: int, *, field: Field) -> str:
    if field.minimum is not None and value < field.minimum:
        return f"must be greater than or equal to {field.minimum}"
    if field.maximum is not None and value > field.maximum:
        return f"must be less than or equal to {field.maximum}"
    return ""


def _text_fault(value: str, *, field: Field) -> str:
    if field.max_length is not None and len(value) > field.max_length:
        return f"size must be between 0 and {field.max_length}"
    if field.enum is not None and value not in field.enum:
        return "unknown value"
    if field.pattern is not None and not field.pattern.fullmatch(value):
        return f'must match "{field.pattern.pattern}"'
    return _format_fault(value, kind=field.kind)


def _format_fault(value: str, *, kind: str) -> str:
    if kind == "date_time" and not _is_date(value, pattern=_DATE_TIME):
        return "must be a date: yyyy-MM-ddThh:mm:ssZ"
    if kind == "date" and not _is_date(value, pattern=_DATE):
        return "must be a date: yyyy-MM-dd"
    return "must be an absolute http(s) URL" if kind == "url" and not _is_url(value) else ""


def _is_date(value: str, *, pattern: re.Pattern[str]) -> bool:
    try:
        date.fromisoformat(value[:10])
        return bool(pattern.fullmatch(value)) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", value)
    except ValueError:
        return False
