"""Replaces commercetools' time by a moment that a test chooses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class KnownClock:
    """A clock of the records (`runtime.RecordClock`) that has known the time from the start."""

    moment: Callable[[], datetime]
    is_known: bool = True

    def stamp(self) -> datetime:
        return self.moment()

    def now(self) -> datetime:
        return self.moment()
