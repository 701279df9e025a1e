"""Decides whether a remote is worth a call: after enough failures in a row it is left alone for a while."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from threading import Lock

from monext_bridge import observed
from monext_bridge.logs import event

log = logging.getLogger(__name__)

FAILURES = 5
"""Failures in a row, with no answer between them, that open the breaker."""

TROUBLE = 1.0
"""Seconds that must have passed since the first of them began: a burst that fails within an instant proves
nothing yet."""

OPEN_FOR = 5.0
"""Seconds for which nothing is sent; then one call may try."""


class Verdict(Enum):
    """Says what a call tells about its remote."""

    ALIVE = "an answer other than 5xx, be it a refusal"
    FAILED = "no connection, a broken one, no answer in time, or 5xx"
    NOTHING = (
        "cut short by its caller's deadline, before the remote could be called late, or too large to be read"
    )


@dataclass(frozen=True, slots=True)
class Admission:
    """Lets one call through. `at` is when it began; `is_probe` says that the breaker waits for just this one."""

    at: float
    is_probe: bool


class Breaker:
    """Is closed, open, or half open while one call tries. Each remote host has one. Thread-safe.

    Its state is that of one process. It only saves waiting, and every process learns the same within seconds.
    """

    def __init__(self, *, remote: str, host: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._remote, self._host, self._clock = remote, host, clock
        self._lock = Lock()
        self._failures, self._first_failed_at = 0, 0.0
        self._opened_at: float | None = None
        self._probe_at, self._probing = 0.0, False
        self._closed_at = float("-inf")
        observed.breaker_is(remote, host=host, is_open=False)

    def admit(self) -> Admission | None:
        """Returns None where no call may be made. An admission must be given back with `tell`, whatever happened."""
        now = self._clock()
        with self._lock:
            if self._opened_at is None:
                return Admission(now, is_probe=False)
            if self._probing or now < self._probe_at:
                return None
            self._probing = True
            return Admission(now, is_probe=True)

    def tell(self, admission: Admission, verdict: Verdict) -> None:
        """Takes in what became of a call. While open, only the probe counts: the other calls began before."""
        now = self._clock()
        with self._lock:
            if admission.is_probe:
                self._end_probe(verdict, now=now)
            elif self._opened_at is None:
                self._count(admission, verdict, now=now)

    def _count(self, admission: Admission, verdict: Verdict, *, now: float) -> None:
        """Counts the call.

        A failure of a call that began before the last outage ended belongs to that outage and does not count.
        """
        if verdict is Verdict.ALIVE:
            self._failures = 0
        elif verdict is Verdict.FAILED and admission.at >= self._closed_at:
            first = self._first_failed_at if self._failures else admission.at
            self._failures, self._first_failed_at = self._failures + 1, min(first, admission.at)
            if self._failures >= FAILURES and now - self._first_failed_at >= TROUBLE:
                self._open(now)

    def _open(self, now: float) -> None:
        self._opened_at, self._probe_at = now, now + OPEN_FOR
        observed.breaker_is(self._remote, host=self._host, is_open=True)
        event(
            log,
            "breaker_opened",
            level=logging.ERROR,
            remote=self._remote,
            host=self._host,
            failures=self._failures,
            then=f"nothing is sent there, but for one call every {OPEN_FOR:g} s that tries",
        )

    def _end_probe(self, verdict: Verdict, *, now: float) -> None:
        """Ends the probe. One that tells nothing leaves the try to the next call."""
        self._probing = False
        if verdict is Verdict.FAILED:
            self._probe_at = now + OPEN_FOR
        elif verdict is Verdict.ALIVE and self._opened_at is not None:
            seconds = round(now - self._opened_at)
            self._opened_at, self._failures, self._closed_at = None, 0, now
            observed.breaker_is(self._remote, host=self._host, is_open=False)
            event(log, "breaker_closed", remote=self._remote, host=self._host, seconds=seconds)
