"""Every command line of the documents works as it is written: in a fresh shell, in the folder they name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from monext_bridge.web import create_app, create_routes
from tests.document_blocks import ROOT, blocks
from tests.document_commands import (
    DOCUMENTS,
    FLASK,
    NOT_RUN,
    RUN_ELSEWHERE,
    Command,
    all_commands,
    who_runs,
)
from tests.settings_environment import settings_with, valid_environment

ADDRESS = re.compile(r'curl [^\n]*?(?:"\$PUBLIC_URL|http://localhost:8000)(/[^\s"]*)')
COMMANDS = all_commands()
LINES = [each.line for each in COMMANDS]


def flask_lines() -> list[str]:
    return [line for line in LINES if line.startswith(FLASK)]


def test_every_block_is_a_script_that_a_shell_can_read() -> None:
    scripts = [text for document in DOCUMENTS for text in blocks(document, "sh")]
    bad = [text for text in scripts if subprocess.run(["sh", "-n"], input=text.encode()).returncode]
    assert bad == []


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_each_command_is_run_by_a_test_or_has_a_reason(command: Command) -> None:
    """A new one is run where `RUN_HERE` has its beginning; any other is listed in tests/document_commands.py."""
    assert who_runs(command)


def test_a_command_is_listed_once_and_stands_in_a_document() -> None:
    listed = [*RUN_ELSEWHERE, *NOT_RUN]
    assert [begin for begin in listed if not any(each.begins(begin) for each in COMMANDS)] == []
    assert len(set(listed)) == len(listed)


def test_who_is_said_to_run_a_command_is_there() -> None:
    assert [path for path in RUN_ELSEWHERE.values() if not (ROOT / path).exists()] == []


def test_make_runs_what_documents_have_it_run() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {line.split()[1] for line in LINES if line.startswith("make ")} <= targets


def test_each_flask_command_takes_the_options_that_documents_give_it(tmp_path: Path) -> None:
    """With `--help` they have to exist, and the command only tells what they are."""
    cli = click.Group(commands=create_app(settings_with()).cli.commands)
    called = calls_of_the_shell(flask_lines(), tmp_path)
    assert {words[0] for words in called} >= {"payment", "reconcile", "setup", "export"}
    assert [words for words in called if CliRunner().invoke(cli, [*words, "--help"]).exit_code] == []


def calls_of_the_shell(lines: list[str], folder: Path) -> list[list[str]]:
    """The words that a shell gives to `flask` in each of the lines."""
    told, program = folder / "told", folder / FLASK.strip()
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" . >>{told}\n')
    program.chmod(0o755)
    variables = [f"{name}={name}" for name in sorted(set(re.findall(r"\$(\w+)", "".join(lines))))]
    done = in_fresh_shell("\n".join(["set -eu", *variables, *lines]), folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    calls = [call.splitlines() for call in told.read_text().removesuffix(".\n").split("\n.\n")]
    assert len(calls) == len(lines)
    return calls


def test_curl_asks_addresses_that_there_are() -> None:
    routes = create_routes().url_map.bind("localhost")
    asked = [path for line in LINES for path in ADDRESS.findall(line)]
    paths = [re.sub(r"\$\w+", "20354d7a-e4fe-47af-8ff6-187bca92f3f9", path) for path in asked]
    missing = [path for path in paths if not routes.allowed_methods(path)]
    assert paths
    assert missing == []


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder as an installed bridge is one: the code, its environment, and its settings in a file."""
    folder = tmp_path / "srv" / "bridge"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "app.py", folder)
    for name in ("monext_bridge", "static", "templates", "translations"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv").symlink_to(sys.prefix)
    settings = "".join(f"{name}='{value}'\n" for name, value in valid_environment().items())
    (folder / ".env").write_text(settings)
    return folder


def in_fresh_shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    bare = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        ["sh", "-c", line], cwd=folder, env=bare, capture_output=True, text=True, timeout=300
    )


def test_a_command_finds_the_bridge_and_its_settings_in_a_fresh_shell(checkout: Path) -> None:
    done = in_fresh_shell(f"{FLASK}reconcile --help", checkout)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--ledger" in done.stdout


def test_the_short_name_works_in_another_folder_and_reads_the_bridges_own_settings(
    checkout: Path, tmp_path: Path
) -> None:
    (export,) = [line for line in LINES if line.startswith("export PATH")]
    (elsewhere := tmp_path / "elsewhere").mkdir()
    (elsewhere / ".env").write_text("MONEXT_ENVIRONMENT=NONSENSE\n")
    short = export.replace("/srv/bridge", str(checkout))
    done = in_fresh_shell(f"{short}\nflask payment find --help", elsewhere)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--email" in done.stdout


def test_settings_that_can_t_be_used_are_named_on_stderr_and_end_a_command_with_2(checkout: Path) -> None:
    (checkout / ".env").write_text("MONEXT_ENVIRONMENT=NONSENSE\n")
    done = in_fresh_shell(f"{FLASK}payment show ORDER-1042", checkout)
    assert (done.returncode, done.stdout) == (2, "")
    assert "MONEXT_ENVIRONMENT" in done.stderr
