"""Files and functions stay small enough to be read at a glance, or say why they are not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
SOURCES = sorted(
    [*(ROOT / "monext_bridge").rglob("*.py"), *(ROOT / "sandbox").rglob("*.py"), ROOT / "app.py"]
)
SCRIPTS = sorted((ROOT / "static").rglob("*.js"))
LONGER: dict[str, str] = {
    "monext_bridge/domain/outcome/decide.py": "it is one decision, from what was read to what is written",
    "monext_bridge/config/values.py": "it is the table of settings, one declaration after the other",
    "monext_bridge/services/__init__.py::build_services": "it wires one service a line, and decides nothing",
}
"""What is longer than that, each with the reason for which it is better whole: `file` or `file::function`."""

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


def _sizes() -> Iterator[tuple[str, int, int]]:
    """Every file and function with its lines and the most that it may have without a reason."""
    for path in SOURCES + SCRIPTS:
        name, source = path.relative_to(ROOT).as_posix(), path.read_text()
        yield name, len(source.splitlines()), LONGEST_FILE
        functions = _functions(source) if path.suffix == ".py" else _script_functions(source)
        yield from ((f"{name}::{function}", lines, LONGEST_FUNCTION) for function, lines in functions)


def test_what_is_too_long_has_a_reason_and_nothing_else_has_one() -> None:
    too_long = {name: lines for name, lines, most in _sizes() if lines > most}
    assert {name: lines for name, lines in too_long.items() if name not in LONGER} == {}
    assert sorted(set(LONGER) - set(too_long)) == [], "no longer too long: take it from the table"
    assert all(reason.strip() for reason in LONGER.values())


def test_the_length_of_a_scripts_functions_is_seen() -> None:
    source = "const a = (b) => {\n  if (b) {\n  }\n};\n\nclass C {\n  async #d(e) {\n    e();\n  }\n}\n"
    assert list(_script_functions(source)) == [("a", 4), ("#d", 3)]
