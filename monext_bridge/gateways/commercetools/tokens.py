"""Keeps the OAuth token of this process, which is fetched once, however many threads want it."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from threading import Lock

from monext_bridge.errors import BridgeError, RemoteUnreachable
from monext_bridge.logs import event
from monext_bridge.runtime import SLOTS_PER_REMOTE, Bulkhead, time_out, within

log = logging.getLogger(__name__)

EARLY = 300.0
"""Seconds before its end at which a token is replaced while it can still be used; at most a fifth of its life."""

EARLY_PATIENCE = 3.0
"""Seconds for an early refresh, since the request that makes it could go on with the old token."""

RETRY = 10.0
"""Seconds until an early refresh that failed is tried again."""

MARGIN = 5.0
"""Seconds before its end from which a token is not used any more; at most a twentieth of its life."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Holds what the authorisation server gave: a token, and its life in seconds from when it was asked for."""

    token: str = field(repr=False)
    expires_in: float


@dataclass(frozen=True, slots=True)
class _Held:
    token: str = field(repr=False)
    refresh_at: float
    expires_at: float


class Tokens:
    """Hands out one token until it is near its end.

    One thread fetches the first token, and a new one after the old one ended or was refused. All other
    threads wait for it and share its result or its error. Before the end, one thread refreshes the token
    while the others go on with the old one. Nobody waits past their own deadline, and an early refresh takes
    EARLY_PATIENCE at most.
    """

    def __init__(self, fetch: Callable[[], Grant], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._bulkhead = Bulkhead(SLOTS_PER_REMOTE)
        self._lock = Lock()
        self._held: _Held | None = None
        self._under_way: Future[str] | None = None

    def current(self) -> str:
        """Returns a token to send.

        Raises what `fetch` raises where there is none that can still be used.
        """
        with self._lock:
            now = self._clock()
            held = self._held if self._held and now < self._held.expires_at else None
            if held and (now < held.refresh_at or self._under_way):
                return held.token
            waiting = self._under_way
            mine: Future[str] = Future()
            if waiting is None:
                self._under_way = mine
        if waiting is not None:
            return self._wait(waiting)
        with within(EARLY_PATIENCE if held else math.inf):
            return self._fetch_for_all(mine, serving=held)

    def _wait(self, flight: Future[str]) -> str:
        """Waits for another thread's fetch.

        A thread that waits takes a slot of this remote, as one that calls it does.
        """
        with self._bulkhead.slot() as entered:
            try:
                return flight.result(time_out() if entered else 0)
            except TimeoutError as error:
                raise RemoteUnreachable("no token came in time", remote="commercetools") from error

    def invalidate(self, token: str) -> None:
        """Forgets this token, which the remote refused. Nothing happens where it has been replaced meanwhile."""
        with self._lock:
            if self._held and self._held.token == token:
                self._held = None

    def _fetch_for_all(self, flight: Future[str], *, serving: _Held | None) -> str:
        asked_at = self._clock()
        try:
            grant = self._fetch()
        except BaseException as error:
            self._postpone(serving)
            flight.set_exception(error)
            if serving is None or not isinstance(error, BridgeError):
                raise
            event(
                log, "token_refresh_failed", level=logging.WARNING, why=str(error), then="the old one serves"
            )
            return serving.token
        with self._lock:
            self._under_way, self._held = None, _held(grant, asked_at=asked_at)
        flight.set_result(grant.token)
        return grant.token

    def _postpone(self, serving: _Held | None) -> None:
        """Puts off the refresh of the old token, unless it was refused meanwhile.

        The old token serves on, and the next calls do not all try again.
        """
        with self._lock:
            self._under_way = None
            if serving and self._held is serving:
                self._held = replace(serving, refresh_at=self._clock() + RETRY)


def _held(grant: Grant, *, asked_at: float) -> _Held:
    life = grant.expires_in
    return _Held(
        grant.token,
        refresh_at=asked_at + life - min(EARLY, life / 5),
        expires_at=asked_at + life - min(MARGIN, life / 20),
    )
