"""Enforces declared rate limits: each where what it counts by is known.

What is proved is counted by who has proved it, before any work is done for it. What is refused is counted by the
client's address, once the answer is known; so is what a remote was asked about and does not know. Nothing that is
proved is ever limited by what was refused.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import NoReturn, cast

from flask import Flask, Response, abort, current_app, request
from pydantic import SecretStr

from monext_bridge import observed
from monext_bridge.errors import Forbidden, NotFound, TooMany, Unauthenticated
from monext_bridge.logs import event
from monext_bridge.services.access import ProofMemory
from monext_bridge.web.access.rate_counts import RateCounts
from monext_bridge.web.access.rate_limit_keys import RateLimitKeys, client_network
from monext_bridge.web.endpoints import Counted, Endpoints, RateLimit, RateLimitKey

log = logging.getLogger(__name__)

TOO_MANY = "too much was asked for in a short time; Retry-After says how many seconds to wait"
REFUSED = (401, 403)
MOST_TOLD = 1000
KEPT_AS = "monext_bridge.rate_limits"

Refuse = Callable[[Exception], Response]


def as_declared(limit: RateLimit) -> RateLimit:
    return limit


def init_rate_limits(
    app: Flask,
    *,
    secret: SecretStr,
    redis_url: SecretStr | None,
    refuse: Refuse,
    endpoints: Endpoints,
    adjust: Callable[[RateLimit], RateLimit] = as_declared,
) -> None:
    """Make `app` keep the counts of its limits, and count what it refuses.

    What is proved is counted by whoever proves it: see `RateLimits`. `secret` makes the rate limit keys; `refuse`
    makes the answer of an error; `adjust` may set other figures than the declared ones.
    """
    limits = RateLimits(
        {name: tuple(map(adjust, endpoint.limits)) for name, endpoint in endpoints.items()},
        endpoints=endpoints,
        counts=RateCounts(redis_url),
        keys=RateLimitKeys(secret),
        refuse=refuse,
    )
    app.extensions[KEPT_AS] = limits
    app.before_request(limits.count_every)
    app.after_request(limits.count_refusal)


def rate_limits() -> RateLimits:
    """Return the limits of the present application."""
    return cast(RateLimits, current_app.extensions[KEPT_AS])


class RateLimits:
    """Counts the present request by the limits that its endpoint declares.

    Whatever exceeds one is answered at once, with 429, or a bare 503 at endpoints that declare it.
    """

    def __init__(
        self,
        table: Mapping[str, tuple[RateLimit, ...]],
        *,
        endpoints: Endpoints,
        counts: RateCounts,
        keys: RateLimitKeys,
        refuse: Refuse,
    ) -> None:
        self._table, self._endpoints = table, endpoints
        self._counts, self._keys, self._refuse = counts, keys, refuse
        self._logged = _LoggedKeys()
        self.proofs = ProofMemory()

    def count_proved(self, key: RateLimitKey, name: str) -> None:
        """Count a request that is proved for `name`, and its address.

        Call it once a request, as soon as the proof is there and before any work. What the first limit refuses
        does not count against the next.
        """
        found = {key: name, RateLimitKey.ADDRESS: client_network()}
        if key is RateLimitKey.KNOWN_CART:
            found[RateLimitKey.KNOWN_CART_FROM] = f"{name} {client_network()}"
        for limit in self._declared(Counted.PROVED):
            if limit.key in found:
                self._stop_where_exceeded(limit, found[limit.key], count=self._counts.add)

    def count_every(self) -> None:
        """Count a request at an endpoint that anybody may call."""
        for limit in self._declared(Counted.EVERY):
            self._stop_where_exceeded(limit, client_network(), count=self._counts.add)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Enclose the question to a remote about a proof that is not known here.

        It is not asked where too many from this address were made up. One that is refused counts; where a remote is
        down nothing does.
        """
        self.check_look_ups()
        try:
            yield
        except (Unauthenticated, Forbidden, NotFound):
            self.count_look_up()
            raise

    def check_look_ups(self) -> None:
        """Stop here where too much that this address has brought was looked up and is not known."""
        for limit in self._declared(Counted.LOOKED_UP):
            self._stop_where_exceeded(limit, client_network(), count=self._counts.look)

    def count_look_up(self) -> None:
        """Count something that was looked up and is not known."""
        for limit in self._declared(Counted.LOOKED_UP):
            self._counts.add(limit, self._keys.name(limit.key, client_network()))

    def count_refusal(self, response: Response) -> Response:
        """Count an answer of 401 or 403, and return the answer of who gets too many of them."""
        if response.status_code not in REFUSED:
            return response
        for limit in self._declared(Counted.REFUSED):
            key = self._keys.name(limit.key, client_network())
            seconds = self._counts.add(limit, key)
            if seconds is not None:
                return self._answer(limit, key, seconds=seconds)
        return response

    def _declared(self, counted: Counted) -> Iterator[RateLimit]:
        return (limit for limit in self._table.get(request.endpoint or "", ()) if limit.counts is counted)

    def _stop_where_exceeded(
        self, limit: RateLimit, name: str, *, count: Callable[[RateLimit, str], int | None]
    ) -> None:
        key = self._keys.name(limit.key, name)
        seconds = count(limit, key)
        if seconds is not None:
            self._stop(self._answer(limit, key, seconds=seconds))

    def _stop(self, response: Response) -> NoReturn:
        abort(response)

    def _answer(self, limit: RateLimit, key: str, *, seconds: int) -> Response:
        """Answer 429, or a bare 503 at endpoints that declare it."""
        observed.rate_limit_exceeded(limit.name)
        if self._logged.is_news(f"{limit.name}:{key}", for_seconds=seconds):
            event(
                log,
                "rate_limited",
                level=logging.WARNING,
                endpoint=request.endpoint,
                limit=limit.name,
                then=f"told to come again in {seconds} s",
            )
        bare = self._endpoints[request.endpoint or ""].bare_503_when_limited
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
