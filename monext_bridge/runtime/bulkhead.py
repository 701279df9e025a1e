"""So many at once and no more, so that what hangs never takes all threads of a process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from monext_bridge.runtime.deadlines import seconds_left

SLOTS_PER_REMOTE = 40
SLOTS_IN_ALL = 56
"""Of the 64 threads of a gunicorn worker. A remote that hangs leaves sixteen of them to requests that do without
it; whatever those wait for, eight are left to tell the next ones to come again."""

LONGEST_WAIT = 1.0
"""Seconds for which a place at a remote is waited for: a remote that takes that long for each of a crowd of
calls is slow, and does not hang yet."""

LONGEST_WAIT_IN_ALL = 2.0
"""The same for a request's place: a crowd that comes at once is served in waves of whole requests."""


class Bulkhead:
    """A number of places. Thread-safe."""

    def __init__(
        self, slots: int, *, longest_wait: float = LONGEST_WAIT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._free = BoundedSemaphore(slots)
        self._longest_wait, self._clock = longest_wait, clock
        self._moved_at = clock()

    def enter(self) -> bool:
        """Take a place, which the caller leaves again; False where there is none to be had.

        A place is waited for only as long as somebody came or went within the last `patience` seconds: where
        all places hang, who waits would hold a thread for nothing.
        """
        if self._free.acquire(blocking=False) or self._wait():
            self._moved_at = self._clock()
            return True
        return False

    def leave(self) -> None:
        self._moved_at = self._clock()
        self._free.release()

    @contextmanager
    def slot(self) -> Iterator[bool]:
        """Whether there was a place; it is held while the context lasts."""
        entered = self.enter()
        try:
            yield entered
        finally:
            if entered:
                self.leave()

    def _wait(self) -> bool:
        longest_wait = min(self._moved_at + self._longest_wait - self._clock(), seconds_left())
        return longest_wait > 0 and self._free.acquire(timeout=longest_wait)
