"""Says for how long a call may be tried again: seconds where somebody waits, minutes where nobody does.

The budget is a context variable, as the deadline is: it reaches every call of a task, and goes with the
context into the threads of a hop.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class RetryBudget:
    """Allows so many attempts of a read, within `budget` seconds from the first one's start.

    `longest_wait` is the most seconds between two attempts.
    """

    attempts: int
    budget: float
    longest_wait: float


FOREGROUND = RetryBudget(attempts=3, budget=6.0, longest_wait=2.0)
BACKGROUND = RetryBudget(attempts=5, budget=120.0, longest_wait=60.0)

_retry_budget: ContextVar[RetryBudget] = ContextVar("retry_budget", default=FOREGROUND)


def retry_budget() -> RetryBudget:
    return _retry_budget.get()


@contextmanager
def background_retries() -> Iterator[None]:
    """Says that nobody waits inside: calls are tried again for longer, and a remote that asks for a pause gets it."""
    token = _retry_budget.set(BACKGROUND)
    try:
        yield
    finally:
        _retry_budget.reset(token)


class RetryAfterPause:
    """Knows until when a remote wants no calls, as its `Retry-After` said. Thread-safe. There is one for each client.

    Only background calls keep to it: a buyer who waits is better told at once.
    """

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._lock = Lock()
        self._until = float("-inf")

    def wished(self, seconds: float) -> None:
        """Notes that the remote has asked for so much time. It gets the longest wait of background calls at most."""
        with self._lock:
            self._until = max(self._until, self._clock() + min(seconds, BACKGROUND.longest_wait))

    def keep(self) -> None:
        """Waits until the remote may be called, if this call is made in the background.

        It waits once, so a minute at most. An announced operation must not be held up for longer: after five
        minutes it counts as never sent.
        """
        seconds = self._until - self._clock()
        if retry_budget() is BACKGROUND and seconds > 0:
            self._sleep(seconds)
