"""Sends requests to one remote: with deadlines, a bulkhead, a breaker, a pool, and retries of reads.

A call ends in an answer, whatever its status, or in one of four errors that tell how much is known:
RemoteUnreachable (certainly not sent), RemoteTimeout (sent, and not answered in time), RemoteTooLarge (sent, and
answered with more than anybody reads), RemoteUnavailable (sent, and the connection broke). Each attempt of a call is
one line in the log.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from monext_bridge import observed
from monext_bridge.errors import (
    RemoteName,
    RemoteTimeout,
    RemoteTooLarge,
    RemoteUnavailable,
    RemoteUnreachable,
)
from monext_bridge.gateways.http.breaker import OPEN_FOR, Breaker, Verdict
from monext_bridge.gateways.http.messages import Request
from monext_bridge.gateways.http.outcomes import OUTCOME_OF_FAILURE, outcome_of_status
from monext_bridge.gateways.http.retry import Failure, read_timeout, retry_wait
from monext_bridge.gateways.http.wire import HttpAnswer, Wire
from monext_bridge.logs import Scalar, correlation_id, event
from monext_bridge.runtime import (
    LEAST,
    SLOTS_PER_REMOTE,
    Bulkhead,
    RetryAfterPause,
    retry_budget,
    seconds_left,
    together,
    together_or_errors,
)

__all__ = ["HttpAnswer", "HttpClient", "Timeouts", "together", "together_or_errors"]

log = logging.getLogger(__name__)

ERRORS: dict[Failure, tuple[type[RemoteUnavailable], str]] = {
    Failure.NOT_CONNECTED: (RemoteUnreachable, "could not be reached, so nothing was sent"),
    Failure.TIMED_OUT: (RemoteTimeout, "did not answer in time"),
    Failure.TOO_LARGE: (RemoteTooLarge, "gave an answer that is too large to be read"),
    Failure.BROKEN: (RemoteUnavailable, "broke the connection before its answer was complete"),
    Failure.GIVEN_UP: (RemoteUnreachable, "failed too often just now, so nothing was sent"),
    Failure.NO_SLOT: (RemoteUnreachable, "has too many calls under way, so nothing was sent"),
    Failure.NO_TIME: (
        RemoteUnreachable,
        "could not have answered within the request's time: nothing was sent",
    ),
}
RETRY_AFTER = {Failure.GIVEN_UP: OPEN_FOR}

BUSY = frozenset({429, 503})
"""Statuses whose `Retry-After` asks all calls to wait, not only the one that got it."""

TROUBLED = frozenset({401, 403, 429})
"""Statuses below 500 that are logged as warnings, so that nobody has to search for them: a key or a scope is
refused, or there are too many calls."""

PATIENT = 5.0
"""Seconds that a call must have waited before a missing answer counts against the remote. Where the caller's
deadline came earlier, the silence tells nothing: a remote that takes three seconds for each call of a page
has two left for the last one, and is alive."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Gives the seconds to connect, and the seconds from then on until the answer is complete."""

    connect: float = 3.0
    read: float = 8.0


@dataclass(frozen=True, slots=True)
class _Call:
    """Holds one call as its caller asked for it.

    `route` and `ids` are for the log: a template, and what fills it. `store` is for metrics.
    """

    method: str
    path: str
    route: str
    ids: Mapping[str, Scalar]
    attempts: int | None
    read_timeout: float
    request: Request
    store: str | None


class HttpClient:
    """Talks to one remote under `base_url`. Thread-safe. Opens nothing before its first call."""

    def __init__(
        self,
        *,
        remote: RemoteName,
        base_url: str,
        timeouts: Timeouts | None = None,
        pool_size: int = SLOTS_PER_REMOTE,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        bulkhead: Bulkhead | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        self._remote: RemoteName = remote
        self._timeouts = timeouts or Timeouts()
        self._wire = Wire(base_url.rstrip("/"), connect_timeout=self._timeouts.connect, pool_size=pool_size)
        self._bulkhead = bulkhead or Bulkhead(SLOTS_PER_REMOTE)
        self._breaker = breaker or Breaker(remote=remote, host=urlsplit(base_url).netloc)
        self._sleep, self._clock, self._jitter = sleep, clock, jitter
        self._pause = RetryAfterPause(clock=clock, sleep=sleep)

    def send(
        self,
        method: str,
        path: str,
        *,
        route: str,
        ids: Mapping[str, Scalar] | None = None,
        params: Mapping[str, str | Sequence[str]] | None = None,
        json: object | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        attempts: int | None = None,
        read_timeout: float | None = None,
        store: str | None = None,
    ) -> HttpAnswer:
        """Returns the answer, whatever its status. Only GET and HEAD are ever repeated (see `retry.retry_wait`).

        `path` starts with a slash, and its ids are already quoted. `read_timeout` is in seconds, for calls
        that may take longer than usual or must not take as long. `store` is the store that it is for, where one is.
        Raises RemoteUnavailable and its subclasses.
        """
        sent_headers = {"Accept": "application/json", **(headers or {}), **_correlation()}
        request = Request(params=params, json=json, form=form, headers=sent_headers)
        call = _Call(
            method=method,
            path=path,
            route=route,
            ids=ids or {},
            attempts=attempts,
            read_timeout=read_timeout or self._timeouts.read,
            request=request,
            store=store,
        )
        answer = self._through_breaker(call)
        if isinstance(answer, HttpAnswer):
            return answer
        error, what = ERRORS[answer]
        message = f"{self._remote} {what}: {method} {route}"
        raise error(message, remote=self._remote, retry_after=RETRY_AFTER.get(answer))

    def _through_breaker(self, call: _Call) -> HttpAnswer | Failure:
        """Makes the call where the breaker admits it.

        The breaker is told a verdict in any case, or it would wait for its probe for ever.
        """
        admission = self._breaker.admit()
        if admission is None:
            self._report(call, Failure.GIVEN_UP, seconds=0.0, attempt=1)
            return Failure.GIVEN_UP
        began, verdict = self._clock(), Verdict.NOTHING
        try:
            answer = self._with_retries(call)
            elapsed = self._clock() - began
            verdict = _verdict(answer, elapsed=elapsed, read_timeout=call.read_timeout)
            return answer
        finally:
            self._breaker.tell(admission, verdict)

    def _with_retries(self, call: _Call) -> HttpAnswer | Failure:
        began = self._clock()
        attempt = 1
        while True:
            answer = self._attempt(call, attempt=attempt, elapsed=self._clock() - began)
            wait = retry_wait(
                method=call.method,
                attempt=attempt,
                attempts=call.attempts,
                elapsed=self._clock() - began,
                jitter=self._jitter(),
                status=None if isinstance(answer, Failure) else answer.status,
                failure=answer if isinstance(answer, Failure) else None,
                retry_after=None if isinstance(answer, Failure) else answer.retry_after,
                left=seconds_left(),
                retry_budget=retry_budget(),
            )
            if wait is None:
                return answer
            self._sleep(wait)
            attempt += 1

    def _attempt(self, call: _Call, *, attempt: int, elapsed: float) -> HttpAnswer | Failure:
        self._pause.keep()
        began = self._clock()
        usual = call.read_timeout
        answer = self._through_bulkhead(
            call,
            read_timeout=read_timeout(usual, attempt=attempt, elapsed=elapsed, retry_budget=retry_budget()),
        )
        if isinstance(answer, HttpAnswer) and answer.status in BUSY and answer.retry_after:
            self._pause.wished(answer.retry_after)
        self._report(call, answer, seconds=self._clock() - began, attempt=attempt)
        return answer

    def _through_bulkhead(self, call: _Call, *, read_timeout: float) -> HttpAnswer | Failure:
        """Sends the request only where there is a slot at the remote, and time enough."""
        if not self._bulkhead.enter():
            return Failure.NO_TIME if seconds_left() < LEAST else Failure.NO_SLOT
        observed.slot_entered(self._remote)
        try:
            if seconds_left() < LEAST:
                return Failure.NO_TIME
            return self._wire.exchange(
                call.method, call.path, read_timeout=read_timeout, request=call.request
            )
        finally:
            observed.slot_left(self._remote)
            self._bulkhead.leave()

    def _report(self, call: _Call, answer: HttpAnswer | Failure, *, seconds: float, attempt: int) -> None:
        failure = answer if isinstance(answer, Failure) else None
        status = answer.status if isinstance(answer, HttpAnswer) else None
        observed.remote_answered(
            self._remote,
            operation=f"{call.method} {call.route}",
            store=call.store,
            outcome=OUTCOME_OF_FAILURE[answer]
            if isinstance(answer, Failure)
            else outcome_of_status(answer.status),
            seconds=seconds,
        )
        troubled = status is None or status >= 500 or status in TROUBLED
        event(
            log,
            "remote_call",
            level=logging.WARNING if troubled else logging.INFO,
            remote=self._remote,
            method=call.method,
            route=call.route,
            status=status,
            failure=failure,
            ms=round(seconds * 1000),
            attempt=attempt,
            **call.ids,
        )


def _verdict(answer: HttpAnswer | Failure, *, elapsed: float, read_timeout: float) -> Verdict:
    """Returns what a call, with all its attempts, tells about the remote.

    One whose answer is too large tells nothing: a single huge cart must not keep the others from being paid.
    """
    if isinstance(answer, HttpAnswer):
        return Verdict.FAILED if answer.status >= 500 else Verdict.ALIVE
    cut_short = seconds_left() <= 0 and elapsed < min(read_timeout, PATIENT)
    silent = answer in (Failure.NO_SLOT, Failure.NO_TIME, Failure.TOO_LARGE)
    return Verdict.NOTHING if cut_short or silent else Verdict.FAILED


def _correlation() -> dict[str, str]:
    current = correlation_id.get()
    return {"X-Correlation-ID": current} if current else {}
