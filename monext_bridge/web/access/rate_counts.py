"""Counts requests in fixed windows: in Redis for all processes, else in this one.

A window begins with the first request of a rate limit key and lasts as long as the limit says, so nobody waits longer
than that. While Redis is away, this process counts for itself and tries Redis again after 1, 2, 4 … 32 seconds. A
request waits at most 0.2 s for Redis, and never fails because of it.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import TypeVar

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.strategies import FixedWindowRateLimiter
from pydantic import SecretStr

from monext_bridge.logs import event
from monext_bridge.web.access.window_counts import WindowCounts
from monext_bridge.web.endpoints import RateLimit

log = logging.getLogger(__name__)

LONGEST_PAUSE = 32.0
"""Seconds for which Redis is left alone at most after it has failed again and again."""

MOST_LIMITS = 256

T = TypeVar("T")


class RateCounts:
    """Holds the counts of all limits. Thread-safe, and never raises for Redis. `monotonic` is in seconds."""

    def __init__(
        self, redis_url: SecretStr | None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._own = FixedWindowRateLimiter(WindowCounts())
        self._shared: FixedWindowRateLimiter | None = None
        self._away_errors: tuple[type[Exception], ...] = ()
        if redis_url:
            self._shared, self._away_errors = _in_redis(redis_url)
        self._monotonic, self._lock = monotonic, Lock()
        self._pause, self._try_again_at = 0.0, float("-inf")

    def add(self, limit: RateLimit, key: str) -> int | None:
        """Count one more. Returns None where the limit allows it, else the seconds until its window ends."""
        return self._wait(limit, key, allowed=FixedWindowRateLimiter.hit)

    def look(self, limit: RateLimit, key: str) -> int | None:
        """Return the same as `add`, and count nothing."""
        return self._wait(limit, key, allowed=FixedWindowRateLimiter.test)

    def _wait(self, limit: RateLimit, key: str, *, allowed: Callable[..., bool]) -> int | None:
        item = _item(limit.amount, limit.seconds)

        def wait(counts: FixedWindowRateLimiter) -> int | None:
            return None if allowed(counts, item, key, limit.name) else _left(counts, item, key, limit)

        return self._counted(wait)

    def _counted(self, act: Callable[[FixedWindowRateLimiter], T]) -> T:
        """Do it in Redis, or in this process where there is none, or none that answers."""
        if self._shared is not None and self._may_try():
            try:
                answer = act(self._shared)
            except self._away_errors:
                self._note_away()
            else:
                self._note_back()
                return answer
        return act(self._own)

    def _may_try(self) -> bool:
        """Tell whether Redis may be asked. After a failure one request at a time tries it."""
        with self._lock:
            now = self._monotonic()
            if self._pause and now < self._try_again_at:
                return False
            self._try_again_at = now + self._pause
            return True

    def _note_away(self) -> None:
        with self._lock:
            news = not self._pause
            self._pause = min(2 * self._pause or 1.0, LONGEST_PAUSE)
            self._try_again_at = self._monotonic() + self._pause
        if news:
            then = "each process counts for itself until it is back"
            event(log, "redis_away", level=logging.WARNING, used_for="limits", then=then)

    def _note_back(self) -> None:
        with self._lock:
            news, self._pause = bool(self._pause), 0.0
        if news:
            event(log, "redis_back", used_for="limits")


@lru_cache(maxsize=MOST_LIMITS)
def _item(amount: int, seconds: int) -> RateLimitItem:
    return RateLimitItemPerSecond(amount, seconds)


def _in_redis(url: SecretStr) -> tuple[FixedWindowRateLimiter, tuple[type[Exception], ...]]:
    """Return counts over a pool of connections, and the errors that say that Redis is away.

    Storage is not given the URL, which may hold a password. Where there is no Redis, nothing of it is loaded.
    """
    from limits.storage import RedisStorage
    from redis import RedisError

    from monext_bridge.gateways.redis import PREFIX, connect_redis

    pool = connect_redis(url).connection_pool
    storage = RedisStorage("redis://", connection_pool=pool, key_prefix=f"{PREFIX}limits")
    return FixedWindowRateLimiter(storage), (RedisError,)


def _left(counts: FixedWindowRateLimiter, item: RateLimitItem, key: str, limit: RateLimit) -> int:
    ends_at = counts.get_window_stats(item, key, limit.name).reset_time
    return max(1, min(math.ceil(ends_at - time.time()), limit.seconds))
