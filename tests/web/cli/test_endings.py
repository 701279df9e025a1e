"""How commands end: an exit code for every error, and nothing on the terminal that could command it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from monext_bridge.errors import (
    BridgeError,
    CartNotPayable,
    Conflict,
    KeyReused,
    Malformed,
    NotFound,
    OperationUnknown,
    RemoteError,
    RemoteUnreachable,
    SchedulerBusy,
    SettingsError,
    StoreNotConfigured,
)
from monext_bridge.web.cli.endings import ExitCode, end, exit_code, failures, printable
from tests.log_lines import captured_logs

TERMINAL = Path(__file__).resolve().parents[3] / "docs" / "terminal.md"
NOT_FOUND = {NotFound}
NOT_ALLOWED = {Conflict, CartNotPayable, KeyReused}


def kinds(root: type[BridgeError] = BridgeError) -> Iterator[type[BridgeError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from kinds(kind)


def wanted(kind: type[BridgeError]) -> ExitCode:
    if issubclass(kind, RemoteError) or kind is SchedulerBusy:
        return ExitCode.UNKNOWN
    if kind in NOT_FOUND:
        return ExitCode.NOT_FOUND
    return ExitCode.NOT_ALLOWED if kind in NOT_ALLOWED else ExitCode.UNUSABLE


@pytest.mark.parametrize("kind", sorted(set(kinds()), key=str))
def test_every_error_of_the_bridge_has_its_exit_code(kind: type[BridgeError]) -> None:
    assert exit_code(kind.__new__(kind)) is wanted(kind)


def test_the_document_tells_every_exit_code() -> None:
    told = re.findall(r"^\| (\d) \|", TERMINAL.read_text(), re.MULTILINE)
    assert [int(code) for code in told] == [code.value for code in ExitCode]


def ended(error: BaseException, *, as_json: bool = False) -> int:
    """The exit code with which a command ends that raises this after it was begun."""
    with (
        pytest.raises(click.exceptions.Exit) as exited,
        failures(as_json=as_json, key="k", hint="\nAgain: x"),
    ):
        raise error
    return exited.value.exit_code


@pytest.mark.parametrize(
    "error",
    [
        OperationUnknown("not known", remote="monext"),
        RemoteUnreachable("down", remote="monext"),
        KeyboardInterrupt(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_not_known_comes_with_what_to_do(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(error) == ExitCode.UNKNOWN
    assert capsys.readouterr().err.endswith("\nAgain: x\n")


def test_what_was_not_done_needs_no_finding_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(Conflict("too much")) == ExitCode.NOT_ALLOWED
    assert capsys.readouterr() == ("", "Error: too much\n")


def test_a_fault_of_ours_is_unknown_and_logged(capsys: pytest.CaptureFixture[str]) -> None:
    with captured_logs() as lines:
        assert ended(ValueError("secret detail")) == ExitCode.UNKNOWN
    assert "secret detail" not in capsys.readouterr().err
    assert "command_failed" in lines.text


def test_an_error_in_json_has_the_shape_of_the_operations_api(capsys: pytest.CaptureFixture[str]) -> None:
    ended(Malformed("no", field="amount"), as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "message": "no",
        "statusCode": 400,
        "errors": [{"code": "InvalidField", "message": "no", "field": "amount"}],
        "key": "k",
    }


@pytest.mark.parametrize(
    "error", [SettingsError(["X: is missing"]), StoreNotConfigured(store_key=None, setting="MONEXT_API_KEY")]
)
def test_missing_settings_say_that_nothing_was_done(error: BridgeError) -> None:
    assert ended(error) == ExitCode.UNUSABLE


def test_clicks_own_endings_pass() -> None:
    with pytest.raises(click.UsageError), failures(as_json=False):
        raise click.UsageError("no such option")


@pytest.mark.parametrize("text", ["\x1b[2J", "a\rb", "\x07", "\u202eabc", "a\nb"])
def test_no_remote_commands_the_terminal(text: str) -> None:
    assert printable(text).isprintable()


def test_what_people_write_is_left_as_it_is() -> None:
    assert printable("Größe 🙂 12,34 €") == "Größe 🙂 12,34 €"


def test_an_error_keeps_its_lines_and_nothing_else_that_steers_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    end("payments were left out: \x1b[2Jp-1\nWhat was written is not complete.", code=ExitCode.UNKNOWN)
    assert capsys.readouterr().err.splitlines() == [
        "Error: payments were left out: \N{REPLACEMENT CHARACTER}[2Jp-1",
        "What was written is not complete.",
    ]
