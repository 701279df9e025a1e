"""Log lines in JSON, as a person reads them."""

import json
from collections.abc import Mapping
from typing import Any

_TIMES = ("time", "timestamp", "ts", "asctime", "@timestamp")
_LEVELS = ("level", "levelname", "severity")
_MESSAGES = ("message", "event", "msg")


def readable(line: str) -> str:
    """A line of JSON as `12:34:56 INFO message name=value …`; any other line as it is.

    Members that are null or name the logger are left out.
    """
    try:
        record = json.loads(line)
    except ValueError:
        return line
    if not isinstance(record, dict):
        return line
    at, level, message = (_first(record, names) for names in (_TIMES, _LEVELS, _MESSAGES))
    known = {*_TIMES, *_LEVELS, *_MESSAGES, "logger"}
    told = {name: value for name, value in record.items() if name not in known and value is not None}
    rest = [f"{name}={_short(value)}" for name, value in told.items()]
    return " ".join(part for part in (_clock(at), level.upper().ljust(7), message, *rest) if part)


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(record[name]) for name in names if name in record), "")


def _clock(at: str) -> str:
    """The time of day of an ISO timestamp; anything else whole."""
    _, separator, time = at.partition("T")
    return time[:8] if separator else at


def _short(value: object) -> str:
    plain = isinstance(value, str) and value and value.isprintable() and not any(map(str.isspace, value))
    return str(value) if plain else json.dumps(value)
