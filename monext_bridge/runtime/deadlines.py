"""Limits how long work may still take: there is one deadline for an incoming request and all that it calls.

Sockets know time-outs only for a single read, so a remote that sends a byte now and then is never late for
them. The deadline is a context variable: it reaches every call of the request, and goes with the context into
the threads of a hop. Where nobody has set one, as on the command line, there is none.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LEAST = 0.5
"""Seconds below which no call is begun: it would more likely leave a doubt than bring an answer."""

_end: ContextVar[float] = ContextVar("deadline", default=math.inf)
"""On the clock of `time.monotonic`, which all threads of a process share."""


def begin(seconds: float) -> None:
    """Gives this context so many seconds from now on. A request begins with it."""
    _end.set(time.monotonic() + seconds)


def clear() -> None:
    """Removes the deadline: what this context does from now on belongs to no request."""
    _end.set(math.inf)


def seconds_left() -> float:
    """Returns the seconds to the deadline: never negative, and infinite where there is no deadline."""
    return max(_end.get() - time.monotonic(), 0.0)


def time_out() -> float | None:
    """Returns the seconds that are left, for waiting on another thread; None where there is no deadline."""
    seconds = seconds_left()
    return None if seconds == math.inf else seconds


def limit(seconds: float | None) -> float:
    """Returns the shorter of `seconds` and what is left, for a socket. Raises TimeoutError where nothing is left."""
    allowed = min(math.inf if seconds is None else seconds, seconds_left())
    if allowed <= 0:
        raise TimeoutError("the deadline has passed")
    return allowed


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Limits the time inside: the deadline is at most so far away, and an earlier one stays."""
    token = _end.set(min(_end.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _end.reset(token)


@contextmanager
def leaving(seconds: float) -> Iterator[None]:
    """Makes the deadline come so much earlier inside, which leaves time for what has to be done afterwards."""
    token = _end.set(_end.get() - seconds)
    try:
        yield
    finally:
        _end.reset(token)
