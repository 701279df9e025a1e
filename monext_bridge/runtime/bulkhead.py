"""Lets only so many work at the same time, so that what hangs never takes all of a process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Lock

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
    """Hands out a fixed number of slots. Thread-safe.

    A semaphore would look for somebody to wake each time a slot is left, which mostly nobody waits for.
    """

    def __init__(
        self, slots: int, *, longest_wait: float = LONGEST_WAIT, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._free, self._waiting, self._change = slots, 0, Condition(Lock())
        self._longest_wait, self._clock = longest_wait, clock
        self._last_change_at = clock()

    def enter(self) -> bool:
        """Takes a slot, which the caller must leave again. Returns False where there is none to be had.

        A caller waits for a slot only as long as somebody entered or left within the last `longest_wait`
        seconds. Where all slots hang, it would wait for nothing.
        """
        if self._take() or self._wait():
            self._last_change_at = self._clock()
            return True
        return False

    def leave(self) -> None:
        self._last_change_at = self._clock()
        with self._change:
            self._free += 1
            if self._waiting:
                self._change.notify()

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
        if longest_wait <= 0:
            return False
        with self._change:
            self._waiting += 1
            try:
                free = self._change.wait_for(lambda: self._free > 0, timeout=longest_wait)
            finally:
                self._waiting -= 1
            self._free -= int(free)
            return free

    def _take(self) -> bool:
        with self._change:
            free = self._free > 0
            self._free -= int(free)
            return free
