"""Reference expansion: https://docs.commercetools.com/api/general-concepts#reference-expansion"""

import re
from collections.abc import Sequence
from typing import Any

from sandbox.commercetools.errors import invalid_input
from sandbox.commercetools.state import Project
from sandbox.commercetools.wire import Json, copied

_STEP = re.compile(r"([A-Za-z-]+)(?:\[(\*|\d+)\])?")


def expand(project: Project, document: Json, *, paths: Sequence[str]) -> Json:
    """The document with `obj` in every reference that a path names; paths that lead nowhere do nothing.

    Raises InvalidInput for a malformed path.
    """
    if not paths:
        return document
    answer = copied(document)
    for path in paths:
        _walk(project, answer, _steps(path))
    return answer


def _steps(path: str) -> list[tuple[str, str | None]]:
    steps = []
    for part in path.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            raise invalid_input(f"Malformed parameter: expand: Syntax error while parsing '{path}'.")
        steps.append((match.group(1), match.group(2)))
    return steps


def _walk(project: Project, value: Any, steps: list[tuple[str, str | None]]) -> None:
    if not isinstance(value, dict):
        return
    if "typeId" in value and "id" in value:
        _fill(project, value)
        value = value.get("obj", {})
    if not steps:
        return
    (name, index), rest = steps[0], steps[1:]
    member = value.get(name)
    for element in _chosen(member, index):
        _walk(project, element, rest)


def _chosen(member: Any, index: str | None) -> list[Any]:
    if index is None:
        return [member]
    elements = member if isinstance(member, list) else []
    if index == "*":
        return elements
    return elements[int(index) : int(index) + 1]


def _fill(project: Project, reference: Json) -> None:
    found = project.get(reference["typeId"], reference["id"])
    if found is not None and "obj" not in reference:
        reference["obj"] = copied(found)
