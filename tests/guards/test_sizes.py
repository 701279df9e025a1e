"""Files and functions stay small enough to be read at a glance."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
SOURCES = sorted(
    [*(ROOT / "monext_bridge").rglob("*.py"), *(ROOT / "sandbox").rglob("*.py"), ROOT / "app.py"]
)


def _functions(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_and_no_function_is_too_long(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= LONGEST_FILE
    nested = ("controls",)  # a factory of routes, each of them short
    too_long = [(n, size) for n, size in _functions(source) if size > LONGEST_FUNCTION and n not in nested]
    assert too_long == []
