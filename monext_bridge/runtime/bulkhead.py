"""Lets only so many work at the same time, so that what hangs never takes all of a process.

Where the process itself has too much to compute, whoever comes waits behind those who came before, and who would have
to wait for too long is told at once. Otherwise all would get slower together, and nobody would be served in time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Lock

from monext_bridge.runtime.deadlines import seconds_left

SLOTS_PER_REMOTE = 240
SLOTS_IN_ALL = 320
"""They bound what may hang at a time. A remote that hangs leaves eighty of these slots to requests that do without
it."""

ALWAYS = 32
"""Requests that are let in however busy the process is. Those that wait for remotes leave the core to others."""

LONGEST_WAIT = 1.0
"""Seconds to wait for a slot at a remote. A remote that takes that long for each of a crowd of calls is slow,
and does not hang yet."""

LONGEST_WAIT_IN_ALL = 2.0
"""Seconds to wait for a request's slot while nobody enters or leaves. A crowd is served in turn."""

LONGEST_QUEUE = 6.0
"""Seconds after which somebody who waits must be expected to have a slot. Pages have twelve for all they do."""

LOOKS_AGAIN = 1.0
"""Seconds after which somebody who waits looks by himself: nobody leaves where a crowd has ended and all hang."""

USUAL_PACE = 0.02
"""Seconds between two slots that become free, as long as nobody who waited has shown it."""

STEADY = 0.9
"""Share that the past has in the pace. Some ten slots that become free make it another."""


def never() -> bool:
    return False


class Bulkhead:
    """Hands out a fixed number of slots, in the order in which they are asked for. Thread-safe.

    A semaphore would look for somebody to wake each time a slot is left, which mostly nobody waits for.
    """

    def __init__(
        self,
        slots: int,
        *,
        longest_wait: float = LONGEST_WAIT,
        longest_queue: float | None = None,
        is_crowded: Callable[[], bool] = never,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nobody waits for longer than `longest_queue` seconds (as `longest_wait`).

        While `is_crowded`, nobody enters where `ALWAYS` slots are taken.
        """
        self._slots = self._free = slots
        self._waiting, self._change = 0, Condition(Lock())
        self._longest_wait, self._is_crowded, self._clock = longest_wait, is_crowded, clock
        self._longest_queue = longest_wait if longest_queue is None else longest_queue
        self._last_change_at = self._last_left_at = clock()
        self._pace = USUAL_PACE

    def enter(self) -> bool:
        """Takes a slot, which the caller must leave again. Returns False where there is none to be had.

        A caller waits for a slot only as long as somebody entered or left within the last `longest_wait`
        seconds: where all slots hang, it would wait for nothing. Nor does it begin to wait behind so many others that
        it would take longer than `longest_queue`.
        """
        with self._change:
            if (self._waiting or not self._has_room()) and not self._wait():
                return False
            self._free -= 1
            self._last_change_at = self._clock()
            self._wake_next()
            return True

    @property
    def waiting(self) -> int:
        """Returns how many wait for a slot."""
        return self._waiting

    def leave(self) -> None:
        with self._change:
            now = self._clock()
            if self._waiting:
                self._pace = STEADY * self._pace + (1 - STEADY) * (now - self._last_left_at)
            self._last_change_at = self._last_left_at = now
            self._free += 1
            self._wake_next()

    @contextmanager
    def slot(self) -> Iterator[bool]:
        """Yields whether there was a slot, which is held while the context lasts."""
        entered = self.enter()
        try:
            yield entered
        finally:
            if entered:
                self.leave()

    def _has_room(self) -> bool:
        taken = self._slots - self._free
        return self._free > 0 and (taken < ALWAYS or not self._is_crowded())

    def _wake_next(self) -> None:
        """Has who has waited longest look again. The lock is held."""
        if self._waiting and self._has_room():
            self._change.notify()

    def _wait(self) -> bool:
        """Waits until there is room. Returns False where that takes too long. The lock is held before and after."""
        began = self._clock()
        if not self._waiting:
            self._last_left_at = began
        elif (self._waiting + 1) * self._pace > self._longest_queue:
            return False
        self._waiting += 1
        try:
            while not self._has_room():
                ends = min(self._last_change_at + self._longest_wait, began + self._longest_queue)
                left = min(ends - self._clock(), seconds_left())
                if left <= 0:
                    return False
                self._change.wait(min(left, LOOKS_AGAIN))
            return True
        finally:
            self._waiting -= 1
