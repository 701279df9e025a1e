"""Files and functions stay small enough to be read at a glance."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
SOURCES = sorted(
    [*(ROOT / "monext_bridge").rglob("*.py"), *(ROOT / "sandbox").rglob("*.py"), ROOT / "app.py"]
)
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))
NESTED = ("controls",)
"""A factory of routes, each of them short."""

SCRIPT_FUNCTION = re.compile(
    r"^(?P<indent> *)(?:export )?(?:"
    r"const (?P<const>\w+) = .*=>|"
    r"(?:async )?function (?P<function>\w+)\(.*\)|"
    r"(?:static |async |get )*(?!if|for|while|switch|catch)(?P<method>#?\w+)\(.*\)"
    r")(?: \{)?$"
)
"""The first line of a function; as our scripts are laid out, the next line that is not further in is its last."""


def _functions(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def _script_functions(source: str) -> Iterator[tuple[str, int]]:
    lines = source.splitlines()
    for place, line in enumerate(lines):
        if begin := SCRIPT_FUNCTION.match(line):
            outside = re.compile(rf" {{0,{len(begin['indent'])}}}\S")
            rest = range(place + 1, len(lines))
            end = next((after for after in rest if outside.match(lines[after])), len(lines) - 1)
            yield begin["const"] or begin["function"] or begin["method"], end - place + 1


def _too_long(functions: Iterator[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(name, size) for name, size in functions if size > LONGEST_FUNCTION and name not in NESTED]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_and_no_function_is_too_long(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= LONGEST_FILE
    assert _too_long(_functions(source)) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_script_and_no_function_in_it_is_too_long(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= LONGEST_FILE
    assert _too_long(_script_functions(source)) == []


def test_the_length_of_a_scripts_functions_is_seen() -> None:
    source = "const a = (b) => {\n  if (b) {\n  }\n};\n\nclass C {\n  async #d(e) {\n    e();\n  }\n}\n"
    assert list(_script_functions(source)) == [("a", 4), ("#d", 3)]
