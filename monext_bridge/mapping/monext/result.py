"""Reads the `result` that every answer of Monext carries, wherever it stands in the body."""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.mapping.json_object import JsonObject


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
        title=(found.text("title") or "").strip().upper(),
        code=found.text("code") or "",
        detail=found.text("detail") or "",
    )
