"""Nobody asks the machine for the time but its own clock, so that no record is stamped or judged by it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(ROOT / "monext_bridge").rglob("*.py"), ROOT / "app.py", ROOT / "gunicorn.conf.py"])
MOMENTS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"} | {
    f"time.{name}" for name in ("time", "time_ns", "localtime", "gmtime", "ctime", "strftime")
}
"""Calls that read the machine's clock. `time.monotonic` is no moment: it only measures."""

ALLOWED = {
    "monext_bridge/runtime/clocks.py": "it is the machine's clock",
    "monext_bridge/server/answers.py": "an answer has the machine's date, and no record has it",
    "monext_bridge/web/access/rate_counts.py": "a limit is counted by the machine's time, and no record has it",
}


def test_only_the_machines_clock_reads_the_machines_time() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if any(name in MOMENTS for name in _called(ast.parse(path.read_text())))
    }
    assert readers == set(ALLOWED)


def _called(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield ".".join(ast.unparse(node.func).split(".")[-2:])
