"""Enforces declared rate limits with Flask-Limiter, which counts in Redis for all processes, else in this one.

A window begins with the first request of a rate limit key and lasts as long as the limit says, so nobody waits longer
than that. While Redis is away, Flask-Limiter counts in this process and tries Redis again after 1, 2, 4 … 32 seconds.
A request waits at most 0.2 s for Redis, and never fails because of it.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Collection, Mapping
from itertools import chain
from threading import Lock
from typing import Any

import redis
from flask import Flask, Response, request
from flask_limiter import ApplicationLimit, Limiter, RequestLimit
from pydantic import SecretStr

from monext_bridge.errors import TooMany, Unauthenticated
from monext_bridge.gateways.redis import PREFIX, connect_redis
from monext_bridge.logs import event
from monext_bridge.services.access import Principals
from monext_bridge.web.access.authenticate import bearer
from monext_bridge.web.access.rate_limit_keys import RateLimitKeys
from monext_bridge.web.endpoints import Endpoints, RateLimit

log = logging.getLogger(__name__)

TOO_MANY = "too much was asked for in a short time; Retry-After says how many seconds to wait"
REFUSED = (401, 403)
MOST_TOLD = 1000

Refuse = Callable[[Exception], Response]


def as_declared(limit: RateLimit) -> RateLimit:
    return limit


def init_rate_limits(
    app: Flask,
    *,
    secret: SecretStr,
    redis_url: SecretStr | None,
    principals: Principals,
    refuse: Refuse,
    endpoints: Endpoints,
    adjust: Callable[[RateLimit], RateLimit] = as_declared,
) -> None:
    """Make `app` refuse what exceeds its rate limit before a principal is proved or a remote is asked.

    Must run after the set-up of what answers a HEAD or a prefetch, which count against no limit, and before
    that of the principals. `secret` makes the rate limit keys; `refuse` makes the answer of an error; `adjust` may
    set other figures than the declared ones.
    """
    table = {name: tuple(map(adjust, endpoint.limits)) for name, endpoint in endpoints.items()}
    bare = {name for name, endpoint in endpoints.items() if endpoint.bare_503_when_limited}
    limits = _Limits(table, bare=bare, keys=RateLimitKeys(secret), principals=principals, refuse=refuse)
    limiter = Limiter(
        lambda: "",
        application_limits=[limits.of(limit) for limit in dict.fromkeys(chain(*table.values()))],
        strategy="fixed-window",
        swallow_errors=True,  # else a count that fails after an answer makes a 500 of it
        **_storage(redis_url),
    )
    limiter.logger.setLevel(logging.ERROR)  # lower levels show keys, and log each limited request
    limiter.logger.addFilter(_is_no_outage)
    limiter.request_filter(lambda: not table.get(request.endpoint or ""))
    limiter.init_app(app)
    if redis_url is not None:
        app.before_request(_RedisWatch(limiter).check)


class _Limits:
    """Makes Flask-Limiter's limits of a table, and answers a request that exceeds one."""

    def __init__(
        self,
        table: Mapping[str, tuple[RateLimit, ...]],
        *,
        bare: Collection[str],
        keys: RateLimitKeys,
        principals: Principals,
        refuse: Refuse,
    ) -> None:
        self._table, self._bare, self._keys = table, bare, keys
        self._principals, self._refuse = principals, refuse
        self._logged = _LoggedKeys()

    def of(self, limit: RateLimit) -> ApplicationLimit:
        """Make the limit. Its text is empty for requests to which it does not apply."""
        text = f"{limit.amount} per {limit.seconds} second"
        return ApplicationLimit(
            limit_provider=lambda: text if self._applies(limit) else "",
            key_function=lambda: self._keys.name(limit.key) or "",
            scope=limit.name,
            deduct_when=_was_refused if limit.refusals_only else None,
            on_breach=lambda exceeded: self._answer(limit, exceeded),
        )

    def _applies(self, limit: RateLimit) -> bool:
        if limit not in self._table.get(request.endpoint or "", ()):
            return False
        if self._keys.name(limit.key) is None:
            return False
        return not (limit.refusals_only and self._is_known())

    def _is_known(self) -> bool:
        """Tell whether this is a back office that is let in: what others at its address try must not limit it."""
        try:
            return self._principals.knows_back_office(bearer(request.headers.get("Authorization")))
        except Unauthenticated:
            return False

    def _answer(self, limit: RateLimit, exceeded: RequestLimit) -> Response:
        """Answer 429, or a bare 503 at endpoints that declare it."""
        seconds = _seconds_to_wait(exceeded, at_most=limit.seconds)
        if self._logged.is_news(exceeded.key, for_seconds=seconds):
            then = f"told to come again in {seconds} s"
            event(
                log,
                "rate_limited",
                level=logging.WARNING,
                endpoint=request.endpoint,
                limit=limit.name,
                then=then,
            )
        bare = request.endpoint in self._bare
        response = Response(status=503) if bare else self._refuse(TooMany(TOO_MANY))
        response.headers["Retry-After"] = str(seconds)
        return response


class _LoggedKeys:
    """Remembers which keys were logged, so that a flood is one line a window and not one a request."""

    def __init__(self) -> None:
        self._lock, self._until = Lock(), dict[str, float]()

    def is_news(self, key: str, *, for_seconds: float) -> bool:
        now = time.monotonic()
        with self._lock:
            if self._until.get(key, now) > now:
                return False
            if len(self._until) >= MOST_TOLD:
                self._until.clear()
            self._until[key] = now + for_seconds
            return True


class _RedisWatch:
    """Logs when Redis goes away and when it is back, once each."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter, self._lock, self._away = limiter, Lock(), False

    def check(self) -> None:
        """Compare with the last state. Runs after Flask-Limiter has checked the limits of a request."""
        away = self._limiter.limiter.storage is not self._limiter.storage
        with self._lock:
            if away is self._away:
                return
            self._away = away
        if away:
            then = "each process counts for itself until it is back"
            event(log, "redis_away", level=logging.WARNING, used_for="limits", then=then)
        else:
            event(log, "redis_back", used_for="limits")


def _storage(redis_url: SecretStr | None) -> dict[str, Any]:
    """Return Flask-Limiter's storage. It gets a pool of connections, not the URL, which may hold a password."""
    if redis_url is None:
        return {"storage_uri": "memory://"}
    options = {"connection_pool": connect_redis(redis_url).connection_pool, "key_prefix": f"{PREFIX}limits"}
    return {
        "storage_uri": "redis://",
        "storage_options": options,
        "in_memory_fallback_enabled": True,
    }


def _was_refused(response: Response) -> bool:
    return response.status_code in REFUSED


def _seconds_to_wait(exceeded: RequestLimit, *, at_most: int) -> int:
    """Return the seconds until the window ends. Where Redis has just gone away, that is the whole window."""
    try:
        left = math.ceil(exceeded.reset_at - time.time())
    except redis.RedisError:
        return at_most
    return max(1, min(left, at_most))


def _is_no_outage(record: logging.LogRecord) -> bool:
    """Filter out what Flask-Limiter logs of an outage of Redis, which `redis_away` tells already."""
    return not (record.exc_info and isinstance(record.exc_info[1], redis.RedisError))
