"""A clock that moves only when a test advances it."""

from __future__ import annotations


class ManualClock:
    """Replaces `time.monotonic`: call it for the time in seconds."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds
