"""The runbook tells every alarm of the log and every need of reconciliation, and none that there is not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from monext_bridge.domain.needs import Need

ROOT = Path(__file__).resolve().parents[2]
RUNBOOK = ROOT / "docs" / "runbook.md"
ALARMS = ("WARNING", "ERROR", "CRITICAL")
BY_ARGUMENT = {"_again"}
"""Functions that log at ERROR under the name they are given."""


def alarms() -> set[str]:
    return {
        name
        for path in (ROOT / "monext_bridge").rglob("*.py")
        for name in _named(ast.parse(path.read_text()))
    }


def _named(tree: ast.AST) -> Iterator[str]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        called = ast.unparse(call.func)
        texts = [each for argument in call.args for each in _texts(argument)]
        level = next((ast.unparse(k.value) for k in call.keywords if k.arg == "level"), "")
        may_be_raised = level == "level" or any(alarm in level for alarm in ALARMS)
        if called == "event" and may_be_raised:
            yield from _raised(call, level)
        elif (called in BY_ARGUMENT or called in ("log.exception", "log.error", "log.warning")) and texts:
            yield texts[0]


def _raised(call: ast.Call, level: str) -> Iterator[str]:
    """The event's name; where name and level go together by a condition, the name of the alarm."""
    name = call.args[1]
    if isinstance(name, ast.IfExp) and " if " in level:
        name = name.body
    yield from _texts(name)


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def rows(section: str) -> list[str]:
    """The first cells of the tables in a section, without their code marks."""
    text = RUNBOOK.read_text().split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    cells = [line.strip("|").split(" | ")[0].strip() for line in text.splitlines() if line.startswith("| `")]
    return [cell.strip("`") for cell in cells]


def test_every_alarm_is_told_and_none_that_there_is_not() -> None:
    told = rows("Alarms")
    assert sorted(told) == sorted(alarms())


def test_alarms_are_found_at_all() -> None:
    assert {"breaker_opened", "reconcile_failed", "shipment_capture_refused", "order_unread"} <= alarms()


def test_every_need_that_can_be_stuck_is_told_in_its_order() -> None:
    assert rows("Stuck states") == [need.value for need in Need]
