"""Reads the `result` that every answer of Monext carries, wherever it stands in the body."""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.domain.record import on_one_line
from monext_bridge.mapping.json_object import JsonObject
from monext_bridge.mapping.text import cut

LONGEST_TITLE, LONGEST_CODE, LONGEST_DETAIL = 50, 20, 255
"""Characters. What goes on into a record is bounded, whatever an answer holds.

They are those of Monext's OpenAPI description (`Result`), but for the code, which has 5 there: no longer one may be
cut to one that means something.
"""


@dataclass(frozen=True, slots=True)
class Result:
    """Holds a result. `title` is in capitals, and empty where the body has no readable result."""

    title: str = ""
    code: str = ""
    detail: str = ""


def read_result(body: object) -> Result:
    """Reads `body.result`, else the body itself, as errors have it. Raises nothing, whatever the body is."""
    whole = JsonObject.of(body, what="answer")
    nested = whole.part("result")
    found = nested if nested.text("title") else whole
    return Result(
        title=_bounded((found.text("title") or "").upper(), longest=LONGEST_TITLE),
        code=_bounded(found.text("code") or "", longest=LONGEST_CODE),
        detail=_bounded(found.text("detail") or "", longest=LONGEST_DETAIL),
    )


def _bounded(text: str, *, longest: int) -> str:
    return cut(on_one_line(text).strip(), longest=longest)
