"""Captures what the bridge logs, so that a test can read the lines."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from monext_bridge.logs import JsonFormatter


class LogLines:
    """The captured log: as one text, and as the JSON of each line."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.all() if line["event"] == event]


@contextmanager
def captured_logs(level: int = logging.DEBUG) -> Iterator[LogLines]:
    """Capture everything that any logger writes inside the `with` block."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    try:
        yield LogLines(stream)
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
