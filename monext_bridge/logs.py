"""Writes the log as JSON lines on stderr: one event a line, scalars only, and nothing that identifies a buyer.

An event's name is fixed text, and its details are scalars beside it, so that a log can be searched by them.
Whatever comes in is cleaned here, once, for our own events and for the loggers of the libraries alike. What remains
has no query strings, no credentials, no email addresses, no values of keys that hold secrets or personal data, and no
references or session tokens in paths. Each line says what it is about, as far as that is known (`concerning`).
"""

from __future__ import annotations

import json
import logging
import sys
from collections import deque
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from traceback import walk_tb
from types import TracebackType

from monext_bridge.alarms import entry_of_line
from monext_bridge.cleaning import REDACTED, cleaned_for_log, without_reference
from monext_bridge.concerns import concerning, present_concerns

Scalar = str | int | float | bool | None

correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)
"""Names one incoming request in every line that it causes, here and at the remotes."""

ENCODER = json.JSONEncoder(ensure_ascii=False)

LINE_BREAKS = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029)}
"""Characters that JSON leaves as they are, and that end a line or steer a terminal where a log is read."""

STACK = 8
MOST_NAMES = 1024
WIDEST = 64
"""Bits of the widest integer that is shown. The text of a huge one costs more than it tells, or can't be had."""

SECRET_WORDS = frozenset(
    (
        *("authorization", "credential", "credentials", "token", "secret", "password", "key", "signature"),
        *("cookie", "email", "mail", "name", "firstname", "lastname", "address", "street", "city", "zip"),
        *("postcode", "phone", "mobile", "birthdate", "card", "pan", "cvv"),
    )
)
HARMLESS = frozenset({"store_key", "payment_key", "operation_key", "client_address"})
"""Names that have one of those words in them and hold nothing secret."""

QUIET = ("urllib3", "werkzeug", "requests")
"""Libraries that put whole URLs into their lines below WARNING. The bridge itself logs each call already."""

HANDLER = "monext_bridge"

NOWHERE = "(unknown file)"
"""Stands for the file that logs an event, as in logging itself where it can't be told. Finding it takes longer than
all the rest of a line, which does not show it."""

AUDIT = "monext_bridge.audit"
"""The logger of who moved money. Its lines are written whatever LOG_LEVEL says."""


class Shortened(str):
    """Holds the beginning of a session token: enough to find it in another log, and not enough to use it."""

    __slots__ = ()


def shortened(token: str) -> Shortened:
    """Returns the first 6 characters, which may be logged under any name."""
    return Shortened(f"{token[:6]}…")


def event(logger: logging.Logger, name: str, /, *, level: int = logging.INFO, **scalars: Scalar) -> None:
    """Logs one event. An exception that is being handled is not added; `logger.exception` adds it."""
    if logger.isEnabledFor(level):
        logger.handle(
            logger.makeRecord(logger.name, level, NOWHERE, 0, name, (), None, extra={"scalars": scalars})
        )


def access(
    logger: logging.Logger,
    *,
    method: str,
    path: str,
    status: int | None,
    ms: int,
    headers: Iterable[tuple[str, str]],
    concerns: Mapping[str, str] | None = None,
) -> None:
    """Logs one line for a request that the server answered with `headers`, and that was found to be about `concerns`.

    Its reference stays out of the log.
    """
    answered = {name.lower(): value for name, value in headers}
    with concerning(**(concerns or {})):
        event(
            logger,
            "access",
            method=method,
            path=without_reference(path),
            status=status,
            ms=ms,
            correlation_id=answered.get("x-correlation-id"),
        )


def configure(level: str) -> None:
    """Sends every logger's lines of at least `level` to stderr in this form. May be repeated."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if handler.get_name() == HANDLER or type(handler) is logging.StreamHandler:
            root.removeHandler(handler)
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name(HANDLER)
    handler.setFormatter(JsonFormatter())
    root.addHandler(handler)
    logging.getLogger(AUDIT).setLevel(logging.INFO)
    logging.captureWarnings(True)
    log_from(level)
    _collect_only_what_is_shown()


def log_from(level: str) -> None:
    """Writes lines of at least `level` from now on. Does nothing where `configure` has set nothing up."""
    root = logging.getLogger()
    if not any(handler.get_name() == HANDLER for handler in root.handlers):
        return
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _collect_only_what_is_shown() -> None:
    """Spares each record to be told its thread and process (https://docs.python.org/3/howto/logging.html#optimization)."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON of bounded length. Never raises on what a record holds."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Scalar] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": _name(_text(record.levelname)),
            "logger": _name(_text(record.name)),
            **entry_of_line(record.msg, level=record.levelname),
            **_content(record),
        }
        if correlation := correlation_id.get():
            line.setdefault("correlation_id", cleaned_for_log(correlation))
        for name, value in present_concerns().items():
            if line.get(name) is None:
                line[name] = cleaned_for_log(value)
        if record.exc_info and record.exc_info[1]:
            line |= _failure(record.exc_info[1])
        text = ENCODER.encode(line)
        return text if text.isascii() else text.translate(LINE_BREAKS)


def _content(record: logging.LogRecord) -> dict[str, Scalar]:
    scalars = getattr(record, "scalars", None)
    if isinstance(scalars, dict):
        return {
            "event": _shown(record.msg),
            **{_name(key): _value(key, value) for key, value in scalars.items()},
        }
    return {"event": "message", "message": cleaned_for_log(_message(record))}


@lru_cache(maxsize=MOST_NAMES)
def _name(key: str) -> str:
    """Returns a name, of a scalar or a logger, as a line has it. There are some hundreds, each in many lines."""
    return cleaned_for_log(key)


@lru_cache(maxsize=MOST_NAMES)
def _is_secret(key: str) -> bool:
    return key not in HARMLESS and not SECRET_WORDS.isdisjoint(key.lower().split("_"))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:
        return _text(record.msg)


def _shown(value: object) -> str:
    return cleaned_for_log(_text(value))


def _text(value: object) -> str:
    """Returns what a library's object says of itself. Asking it may fail in any way."""
    try:
        return str(value)
    except Exception:
        return _refused(value)


def _value(name: str, value: object) -> Scalar:
    if isinstance(value, Shortened) or value is None or isinstance(value, bool):
        return value
    if _is_secret(name):
        return REDACTED
    if isinstance(value, str):
        return cleaned_for_log(value)
    if isinstance(value, int) and value.bit_length() <= WIDEST:
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    return _refused(value)


def _refused(value: object) -> str:
    return cleaned_for_log(f"[{type(value).__name__} refused]")


def _failure(error: BaseException) -> dict[str, Scalar]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    found: dict[str, Scalar] = {
        "error_type": cleaned_for_log(type(error).__name__),
        "error": _shown(error),
        "stack": _stack(error.__traceback__),
    }
    return found | {"cause": cleaned_for_log(type(cause).__name__)} if cause else found


def _stack(trace: TracebackType | None) -> str:
    """Lists functions and lines, never their locals, the innermost last."""
    frames = deque(walk_tb(trace), maxlen=STACK)
    codes = ((frame.f_code, line) for frame, line in frames)
    return " > ".join(
        cleaned_for_log(f"{_short(code.co_filename)}:{line} {code.co_name}") for code, line in codes
    )


def _short(filename: str) -> str:
    return "/".join(filename.rsplit("/", 2)[-2:])
