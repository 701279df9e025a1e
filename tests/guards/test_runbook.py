"""The runbook has every alarm of the code, every need and ending of reconciliation, and no others."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from monext_bridge.alarms import ALARMS_OF_THE_LOG, runbook_entry
from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.services.reconciliation.report import FindingStatus
from monext_bridge.web import create_app
from monext_bridge.web.cli.commands import LateCommand
from tests.settings_environment import settings_with

ROOT = Path(__file__).resolve().parents[2]
RUNBOOK = ROOT / "docs" / "runbook.md"
SOURCES = sorted([*(ROOT / "monext_bridge").rglob("*.py"), ROOT / "app.py", ROOT / "gunicorn.conf.py"])
HEADING = re.compile(r"^(?P<marks>##+) (?P<words>.+)$", re.MULTILINE)
LABELS = ("Money", "By itself", "Look", "Do", "Wake")
FOUND, ENDINGS = "What reconciliation finds", re.compile(r"^\| `(\w+)` \|", re.MULTILINE)
QUIET = ("DEBUG", "INFO")
COMMAND = re.compile(r"`(?:REDIS_URL= )?(\.venv/bin/flask [^`]+)`|^(\.venv/bin/flask [^#\n]+)", re.MULTILINE)


def sections() -> Iterator[tuple[str, str, str]]:
    """Chapter, heading without its code marks, and text of all that stands under a third heading."""
    chapter, text = "", RUNBOOK.read_text()
    headings = list(HEADING.finditer(text))
    for n, found in enumerate(headings):
        words = found["words"].replace("`", "")
        if found["marks"] == "##":
            chapter = words
        else:
            end = headings[n + 1].start() if n + 1 < len(headings) else len(text)
            yield chapter, words, text[found.end() : end]


def alarms() -> dict[str, str]:
    """What the code logs at WARNING or above: the name, and the level as the code has it."""
    return {name: level for path in SOURCES for name, level in _alarms(ast.parse(path.read_text()))}


def _alarms(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and _called(node) == "event":
            level = next((word.value for word in node.keywords if word.arg == "level"), None)
            yield from (
                (name, said) for name, said in _named(node.args[1], level, module) if said not in QUIET
            )
        elif (
            isinstance(node, ast.Call)
            and _is_of_log(node)
            and _called(node) in ("error", "warning", "exception")
        ):
            words = node.args[0]
            assert isinstance(words, ast.Constant)
            yield str(words.value).partition(" %")[0], "WARNING" if _called(node) == "warning" else "ERROR"


def _named(name: ast.expr, level: ast.expr | None, module: ast.Module) -> Iterator[tuple[str, str]]:
    """Each name with its level; a name that is handed in, from all who hand it in."""
    if level is None:
        return
    if isinstance(name, ast.IfExp) and isinstance(level, ast.IfExp):
        assert ast.dump(name.test) == ast.dump(level.test)
        yield from _named(name.body, level.body, module)
        yield from _named(name.orelse, level.orelse, module)
    elif isinstance(level, ast.IfExp):
        said = {_level(level.body), _level(level.orelse)} - set(QUIET)
        yield from ((each, "/".join(sorted(said))) for each in _names(name, module))
    else:
        yield from ((each, _level(level)) for each in _names(name, module))


def _names(name: ast.expr, module: ast.Module) -> Iterator[str]:
    if isinstance(name, ast.Constant):
        yield str(name.value)
        return
    assert isinstance(name, ast.Name)
    takers = [f for f in ast.walk(module) if isinstance(f, ast.FunctionDef) and f.args.args]
    taker = next(f.name for f in takers if f.args.args[0].arg == name.id)
    for call in (c for c in ast.walk(module) if isinstance(c, ast.Call) and _called(c) == taker):
        assert isinstance(call.args[0], ast.Constant)
        yield str(call.args[0].value)


def _level(node: ast.expr) -> str:
    """`logging.ERROR` reads ERROR; a variable may be any level, and reads as what it is called."""
    return node.attr if isinstance(node, ast.Attribute) else ast.unparse(node)


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _is_of_log(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in (
        "log",
        "logger",
        "logging",
    )


def commands() -> list[str]:
    """What the runbook tells to type."""
    return [(inline or block).strip() for inline, block in COMMAND.findall(RUNBOOK.read_text())]


def test_the_runbook_has_every_alarm_of_the_code_and_no_other() -> None:
    told = [heading for chapter, heading, _ in sections() if chapter.startswith("Alarms")]
    assert sorted(told) == sorted(alarms())


def test_an_alarm_s_line_names_the_anchor_of_its_heading() -> None:
    told = {heading for chapter, heading, _ in sections() if chapter.startswith("Alarms") or chapter == FOUND}
    anchors = {
        f"docs/runbook.md#{re.sub(r'[^a-z0-9_ -]', '', each.lower()).replace(' ', '-')}" for each in told
    }
    assert {runbook_entry(each) for each in (*ALARMS_OF_THE_LOG, *FollowUp)} == anchors


def test_alarms_are_found_however_they_are_named() -> None:
    assert {"not_kept", "order_unread", "shipment_capture_refused", "unexpected error at"} <= set(alarms())
    assert {"settled", "shipment_captured", "breaker_closed"}.isdisjoint(alarms())


def test_every_alarm_is_told_with_its_level() -> None:
    told = {heading: text.lstrip() for chapter, heading, text in sections() if chapter.startswith("Alarms")}
    wrong = [
        f"{name}: {level}"
        for name, level in alarms().items()
        if not told[name].startswith(("ERROR", "WARNING") if level == "level" else level)
    ]
    assert wrong == []


def test_the_runbook_has_every_need_of_reconciliation_and_no_other() -> None:
    told = [heading for chapter, heading, _ in sections() if chapter == FOUND]
    assert told == [need.value for need in FollowUp]


def test_the_runbook_says_what_each_ending_asks_for() -> None:
    chapter = RUNBOOK.read_text().partition(f"## {FOUND}")[2].partition("###")[0]
    assert ENDINGS.findall(chapter) == [ending.value for ending in FindingStatus]


def test_each_heading_answers_the_same_questions() -> None:
    asked = [
        (heading, re.findall(r"^- \*\*(.+?):\*\*", text, re.MULTILINE)) for _, heading, text in sections()
    ]
    assert [(heading, labels) for heading, labels in asked if labels != list(LABELS)] == []


def test_each_heading_stands_once() -> None:
    headings = [(chapter, heading) for chapter, heading, _ in sections()]
    assert len(headings) == len(set(headings))


def test_each_command_of_the_runbook_exists() -> None:
    cli = create_app(settings_with()).cli
    assert [line for line in commands() if not _exists(line, root=cli)] == []


def _exists(line: str, *, root: click.Command) -> bool:
    words = shlex.split(line)[1:]
    command, ours = root, False
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command = command.commands[words.pop(0)]
        if isinstance(command, LateCommand):
            command, ours = command.load(), True
    known = {option for parameter in command.params for option in parameter.opts}
    return (
        ours
        and not isinstance(command, click.Group)
        and {word for word in words if word.startswith("--")} <= known
    )


def test_commands_are_found_at_all() -> None:
    assert len(commands()) > 20
