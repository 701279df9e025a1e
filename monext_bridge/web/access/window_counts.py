"""Keeps the counts of rate limits in this process: as many as `most`, and at a cost that their number does not raise.

The storage in memory that comes with `limits` looks at all of its keys every ten milliseconds in which something is
counted. With the addresses of a busy minute that was a fifth of the CPU of a notification, and who writes from many
addresses could have made it all of it. Here each new key takes at most two old ones away.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from limits.storage import Storage

MOST_KEYS = 50_000
"""About 15 MB. Beyond it the oldest window of the same length is forgotten, so its key begins to count anew."""


class WindowCounts(Storage):
    """Counts in fixed windows. Thread-safe. `clock` is in Unix seconds, as `limits` tells the end of a window.

    It follows "Custom storage backends" of the documents of limits. Windows of one length end in the order in which
    they began: so those that are over stand at the beginning of their dict.
    """

    STORAGE_SCHEME = None
    base_exceptions = ()

    def __init__(self, *, clock: Callable[[], float] = time.time, most: int = MOST_KEYS) -> None:
        super().__init__()
        self._clock, self._most, self._lock = clock, most, Lock()
        self._by_length = dict[int, dict[str, tuple[float, int]]]()
        self._length = dict[str, int]()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add `amount` to the window of `key`, which lasts `expiry` seconds, and return what it has then."""
        now = self._clock()
        with self._lock:
            windows = self._by_length.setdefault(expiry, {})
            ends, count = windows.get(key, (0.0, 0))
            if ends <= now:
                windows.pop(key, None)
                self._make_room(windows, now=now)
                ends, count = now + expiry, 0
            windows[key] = ends, count + amount
            self._length[key] = expiry
            return count + amount

    def get(self, key: str) -> int:
        """Return what the present window of `key` has, 0 where there is none."""
        ends, count = self._window(key)
        return count if ends > self._clock() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window of `key` ends, in Unix seconds: now where there is none."""
        return max(self._window(key)[0], self._clock())

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        """Forget all, and return how many keys there were."""
        with self._lock:
            known = len(self._length)
            self._by_length.clear()
            self._length.clear()
        return known

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._lock:
            windows = self._by_length.get(self._length.pop(key, 0), {})
            windows.pop(key, None)

    def __len__(self) -> int:
        return len(self._length)

    def _window(self, key: str) -> tuple[float, int]:
        return self._by_length.get(self._length.get(key, 0), {}).get(key, (0.0, 0))

    def _make_room(self, windows: dict[str, tuple[float, int]], *, now: float) -> None:
        """Take away the two oldest where they are over; the oldest in any case where there are too many."""
        for _ in range(2):
            oldest = next(iter(windows), None)
            if oldest is None or (windows[oldest][0] > now and len(self._length) < self._most):
                return
            del windows[oldest]
            self._length.pop(oldest, None)
