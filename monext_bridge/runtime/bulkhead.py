"""Lets only so many work at the same time, so that what hangs never takes all of a process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from monext_bridge.runtime.deadlines import seconds_left

SLOTS_PER_REMOTE = 240
SLOTS_IN_ALL = 320
"""A request costs a core about 15 ms, so 320 of them are what one process computes within five seconds. Who comes
beyond them would wait too long. A remote that hangs leaves eighty of these slots to requests that do without it."""

LONGEST_WAIT = 1.0
"""Seconds to wait for a slot at a remote. A remote that takes that long for each of a crowd of calls is slow,
and does not hang yet."""

LONGEST_WAIT_IN_ALL = 2.0
"""Seconds to wait for a request's slot. A crowd that comes at once is served in waves of whole requests."""


class Bulkhead:
    """Hands out a fixed number of slots. Thread-safe."""

    def __init__(
        self, slots: int, *, longest_wait: float = LONGEST_WAIT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._free = BoundedSemaphore(slots)
        self._longest_wait, self._clock = longest_wait, clock
        self._last_change_at = clock()

    def enter(self) -> bool:
        """Takes a slot, which the caller must leave again. Returns False where there is none to be had.

        A caller waits for a slot only as long as somebody entered or left within the last `longest_wait`
        seconds. Where all slots hang, it would wait for nothing.
        """
        if self._free.acquire(blocking=False) or self._wait():
            self._last_change_at = self._clock()
            return True
        return False

    def leave(self) -> None:
        self._last_change_at = self._clock()
        self._free.release()

    @contextmanager
    def slot(self) -> Iterator[bool]:
        """Yields whether there was a slot, which is held while the context lasts."""
        entered = self.enter()
        try:
            yield entered
        finally:
            if entered:
                self.leave()

    def _wait(self) -> bool:
        longest_wait = min(self._last_change_at + self._longest_wait - self._clock(), seconds_left())
        return longest_wait > 0 and self._free.acquire(timeout=longest_wait)
