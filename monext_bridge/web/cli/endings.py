"""Ends a command: says why it failed, and chooses its exit code."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

import click

from monext_bridge.concerns import concerning
from monext_bridge.errors import (
    BridgeError,
    Conflict,
    KeyReused,
    NotFound,
    PageNotFetched,
    RemoteError,
    RequestError,
    SchedulerBusy,
    SettingsError,
    StoreNotConfigured,
)
from monext_bridge.web.api import ErrorDetail, ErrorResponse, answer
from monext_bridge.web.pages import code_of, status_of

log = logging.getLogger(__name__)


class ExitCode(IntEnum):
    """Tells a script how a command ended. DONE: the operation was approved or received.

    With UNUSABLE, NOT_ALLOWED and NOT_FOUND nothing was done. UNKNOWN: a remote failed, or it is not known yet
    whether Monext carried out the operation; the same key finds out. STUCK, only of reconciliation, and DIFFERENT,
    only of the check of the payment page: somebody has to look. NOT_FETCHED: that check could not see everything.
    """

    DONE = 0
    REJECTED = 1
    UNUSABLE = 2
    NOT_ALLOWED = 3
    NOT_FOUND = 4
    UNKNOWN = 5
    STUCK = 1
    DIFFERENT = 1
    NOT_FETCHED = 2


EXIT_CODES: tuple[tuple[type[BaseException], ExitCode], ...] = (
    (NotFound, ExitCode.NOT_FOUND),
    (Conflict, ExitCode.NOT_ALLOWED),
    (KeyReused, ExitCode.NOT_ALLOWED),
    (RequestError, ExitCode.UNUSABLE),
    (PageNotFetched, ExitCode.NOT_FETCHED),
    (StoreNotConfigured, ExitCode.UNUSABLE),
    (SettingsError, ExitCode.UNUSABLE),
    (SchedulerBusy, ExitCode.UNKNOWN),
    (RemoteError, ExitCode.UNKNOWN),
)
"""The first match wins. Any other error is a fault of ours, perhaps after the operation was sent: UNKNOWN."""


def end(message: str, *, code: ExitCode, body: Mapping[str, Any] | None = None) -> click.exceptions.Exit:
    """Print the message on stderr, and the body, if any, on stdout; return the exit that the caller raises.

    The message may hold a remote's words: each of its lines is printed without control characters.
    """
    lines = "\n".join(printable(line) for line in message.split("\n"))
    click.echo(f"Error: {lines}", err=True)
    if body is not None:
        print_json(body)
    return click.exceptions.Exit(code)


def exit_code(error: BaseException) -> ExitCode:
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), ExitCode.UNKNOWN)


@contextmanager
def failures(*, as_json: bool, key: str | None = None, hint: str = "") -> Iterator[None]:
    """End the command where something goes wrong inside. `hint` says what to do where the outcome is unknown.

    After Ctrl-C it is unknown too: Ctrl-C does not undo what has been sent to Monext.
    """
    try:
        with concerning():
            yield
    except BridgeError as error:
        raise _ended(error, as_json=as_json, key=key, hint=hint) from error
    except KeyboardInterrupt as error:
        raise end(f"interrupted{hint}", code=ExitCode.UNKNOWN) from error
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except Exception as error:
        log.exception("command_failed")
        message = f"{type(error).__name__}: a fault of the bridge, which the log describes{hint}"
        raise end(message, code=ExitCode.UNKNOWN) from error


def print_json(body: Mapping[str, Any]) -> None:
    """Print JSON in ASCII, so that no terminal's encoding and no control character gets in the way."""
    click.echo(json.dumps(body, indent=2))


def printable(text: str) -> str:
    """Return the text without control characters, by which a remote's words could command the terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _ended(error: BridgeError, *, as_json: bool, key: str | None, hint: str) -> click.exceptions.Exit:
    code = exit_code(error)
    words = "\n".join(printable(line) for line in str(error).split("\n"))
    message = f"{words}{hint}" if code is ExitCode.UNKNOWN else words
    return end(message, code=code, body=_body(error, words, key) if as_json else None)


def _body(error: BridgeError, message: str, key: str | None) -> dict[str, Any]:
    """Return the error body of the operations API, with the key."""
    status = status_of(error)
    field = error.field if isinstance(error, RequestError) else None
    detail = ErrorDetail(code=code_of(error, status), message=message, field=field)
    body = answer(ErrorResponse(message=message, statusCode=status, errors=[detail]))
    return body | {"key": key} if key else body
