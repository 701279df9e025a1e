"""Caches answers that many callers want at once: one of them asks, the others wait for the answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from monext_bridge.runtime import SLOTS_PER_REMOTE, Bulkhead, time_out

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CachedAnswer(Generic[T]):
    """An answer. From `until` on, by the cache's clock, it is asked for again."""

    answer: T
    until: float


class SingleFlightCache(Generic[T]):
    """Keeps at most `most` answers by key. Thread-safe.

    An error is raised to all that wait for the answer, and is not kept.

    A thread that waits is held up by a remote as much as the one that asks, so it needs a slot as well.
    """

    def __init__(self, *, most: int, monotonic: Callable[[], float], waiting: Bulkhead | None = None) -> None:
        self._most, self._monotonic = most, monotonic
        self._lock = Lock()
        self._kept: dict[bytes, CachedAnswer[T]] = {}
        self._under_way: dict[bytes, Future[T]] = {}
        self._waiting = waiting or Bulkhead(SLOTS_PER_REMOTE)

    def known(self, key: bytes) -> T | None:
        """Return the kept answer, None where there is none. Nobody is asked."""
        with self._lock:
            kept = self._kept.get(key)
            return kept.answer if kept is not None and self._monotonic() < kept.until else None

    def get(self, key: bytes, *, ask: Callable[[], CachedAnswer[T]]) -> T:
        """Return the kept answer, else that of `ask`, which only one thread at a time calls for a key.

        Raises what `ask` raises, and TimeoutError at the deadline or where too many wait already.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and self._monotonic() < kept.until:
                return kept.answer
            waiting = self._under_way.get(key)
            mine: Future[T] = Future()
            if waiting is None:
                self._under_way[key] = mine
        return self._ask_for_all(key, ask=ask, flight=mine) if waiting is None else self._wait(waiting)

    def _wait(self, flight: Future[T]) -> T:
        with self._waiting.slot() as entered:
            return flight.result(time_out() if entered else 0)

    def _ask_for_all(self, key: bytes, *, ask: Callable[[], CachedAnswer[T]], flight: Future[T]) -> T:
        try:
            kept = ask()
        except BaseException as error:
            with self._lock:
                del self._under_way[key]
            flight.set_exception(error)
            raise
        with self._lock:
            del self._under_way[key]
            self._keep(key, kept)
        flight.set_result(kept.answer)
        return kept.answer

    def _keep(self, key: bytes, kept: CachedAnswer[T]) -> None:
        """Keep an answer. Where there is no room, the answer that would end first is dropped."""
        self._kept.pop(key, None)
        if len(self._kept) >= self._most:
            del self._kept[min(self._kept, key=lambda each: self._kept[each].until)]
        self._kept[key] = kept
