"""Each folder of the package is a room with a face: it says what is decided there; others import from it alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "monext_bridge"
LAYERS = ("domain", "gateways", "mapping", "services", "web")
"""Their groups are the rooms; modules that stand beside these are imported as they are."""

MOST_FILES = 14
FULLER: dict[str, str] = {
    "monext_bridge.web.cli": "one file a command, found by its name, beside what all of them print and end with",
    "monext_bridge.config": "each file reads settings of one subject, and is found by the name of the setting",
}
"""Rooms with more files than that, each with the reason for which it is better whole."""

REGISTERS = ("blueprint.", "payment_group.", "click.")
ROOMS = sorted(
    path.parent
    for path in PACKAGE.rglob("__init__.py")
    if path.parent != PACKAGE and path.parent.name not in LAYERS
)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports names from."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def room_of(module: str) -> str | None:
    return next((name for name in map(module_of, ROOMS) if module.startswith(f"{name}.")), None)


def test_a_room_says_what_is_decided_in_it() -> None:
    said = {
        module_of(room): ast.get_docstring(ast.parse((room / "__init__.py").read_text())) for room in ROOMS
    }
    assert [room for room, text in said.items() if not text or text.split("\n")[0][-1] not in ".;,"] == []


def test_a_room_has_few_enough_files_to_be_known_or_a_reason() -> None:
    files = {module_of(room): len(list(room.glob("*.py"))) - 1 for room in ROOMS}
    too_full = {room: number for room, number in files.items() if number > MOST_FILES}
    assert {room: number for room, number in too_full.items() if room not in FULLER} == {}
    assert sorted(set(FULLER) - set(too_full)) == [], "no longer too full: take it from the table"
    assert all(reason.strip() for reason in FULLER.values())


def test_others_import_from_a_room_s_face_and_not_from_its_inside() -> None:
    around = [*PACKAGE.rglob("*.py"), *(ROOT / "tools").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    found = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in [*around, ROOT / "app.py", ROOT / "gunicorn.conf.py"]
        for module in imports(path)
        if (room := room_of(module)) and not f"{module_of(path)}.".startswith(f"{room}.")
    ]
    assert found == []


def test_a_public_name_has_one_home() -> None:
    """Classes and functions: what two modules define under one name would be two things, or one thing twice.

    Routes and commands are named after what they are at their address.
    """
    homes: dict[str, list[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if _is_public_definition(node):
                homes.setdefault(node.name, []).append(module_of(path))
    assert {name: found for name, found in homes.items() if len(set(found)) > 1} == {}


def _is_public_definition(node: ast.stmt) -> TypeGuard[ast.ClassDef | ast.FunctionDef]:
    if isinstance(node, ast.ClassDef):
        return not node.name.startswith("_")
    if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
        return False
    return not any(ast.unparse(each).startswith(REGISTERS) for each in node.decorator_list)
