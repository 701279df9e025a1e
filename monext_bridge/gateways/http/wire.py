"""Sends one request and reads its whole answer, or says why there is none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3

from monext_bridge.gateways.http.bodies import ACCEPTED, LARGEST_ANSWER, TooLarge, Unasked, read_content
from monext_bridge.gateways.http.connections import RemoteAdapter
from monext_bridge.gateways.http.retry import Failure, read_retry_after
from monext_bridge.runtime import seconds_left, seconds_with_suspend, within


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """Holds at which of our seconds (`runtime.seconds_with_suspend`) a request went, and the head of its answer came.

    `sent` is before a connection was opened, where there was none.
    """

    sent: float
    received: float


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Holds an answer.

    `body` is the parsed JSON, its fractions as Decimal; it is None where there is no body, or it is not JSON, or is
    packed as nobody asked for.
    The names in `headers` are found in any case. An answer that no server gave has no `round_trip`.
    """

    status: int
    body: Any | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    round_trip: RoundTrip | None = None

    @property
    def retry_after(self) -> float | None:
        """Returns the seconds after which the remote wants to be asked again, where it says so."""
        return read_retry_after(self.headers.get("Retry-After"))


class Wire:
    """Holds the connections to one remote. All threads share them; a requests session serves one call at a time.

    It takes no proxies and no credentials from the environment, checks certificates, follows no redirects and
    keeps no cookies. It opens nothing before its first exchange.
    """

    def __init__(self, *, connect_timeout: float, pool_size: int) -> None:
        self._connect_timeout = connect_timeout
        self._adapter = RemoteAdapter(pool_size=pool_size)
        self._free: list[requests.Session] = []

    def exchange(
        self, method: str, url: str, *, read_timeout: float, request: Mapping[str, Any]
    ) -> HttpAnswer | Failure:
        """Returns the answer, or why there is none.

        The answer is complete within the connect time-out and `read_timeout` together, and before the
        deadline. `request` holds `headers`, and `params`, `json` or `data` as requests takes them.
        """
        sent = seconds_with_suspend()
        try:
            with (
                within(self._connect_timeout + read_timeout),
                self._session() as session,
                self._open(session, method, url, read_timeout=read_timeout, request=request) as response,
            ):
                trip = RoundTrip(sent, seconds_with_suspend())
                body = _parsed(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError, TooLarge) as error:
            return _failure(error)
        return HttpAnswer(response.status_code, body, response.headers, trip)

    def _open(
        self,
        session: requests.Session,
        method: str,
        url: str,
        *,
        read_timeout: float,
        request: Mapping[str, Any],
    ) -> requests.Response:
        return session.request(
            method,
            url,
            timeout=(min(self._connect_timeout, seconds_left()), min(read_timeout, seconds_left())),
            allow_redirects=False,
            stream=True,
            **request,
        )

    @contextmanager
    def _session(self) -> Iterator[requests.Session]:
        """Gives a session that nobody else uses meanwhile. Making one costs more than all the rest of a call."""
        try:
            session = self._free.pop()
        except IndexError:
            session = self._new_session()
        try:
            yield session
        finally:
            self._free.append(session)

    def _new_session(self) -> requests.Session:
        session = _Session()
        session.trust_env = False
        session.headers.update(ACCEPTED)
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.mount("https://", self._adapter)
        session.mount("http://", self._adapter)
        return session


class _Session(requests.Session):
    """Never looks where a redirect leads: requests would read it even where it is not to be followed."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        return None


def _failure(error: Exception) -> Failure:
    """Returns which of four failures it was. Whatever is not certain counts as sent.

    requests raises a ValueError for an address or a header that can't be sent at all.
    """
    causes = _causes(error)
    unconnected = any(isinstance(each, urllib3.exceptions.NewConnectionError) for each in causes)
    if unconnected or isinstance(error, ValueError):
        return Failure.NOT_CONNECTED
    if any(isinstance(each, TooLarge) for each in causes):
        return Failure.TOO_LARGE
    late = (requests.ReadTimeout, urllib3.exceptions.TimeoutError)
    return Failure.TIMED_OUT if any(isinstance(each, late) for each in causes) else Failure.BROKEN


def _causes(error: Exception) -> tuple[object, ...]:
    """Returns the error and the errors inside it.

    requests wraps urllib3's exception in its first argument, which wraps its own in `reason`, or in its second one.
    """
    wrapped = error.args[0] if error.args else None
    outer = wrapped if isinstance(wrapped, Exception) else error
    return (error, wrapped, getattr(wrapped, "reason", None), *outer.args[1:2])


def _parsed(response: requests.Response) -> Any | None:
    try:
        return _parse(read_content(response, largest=LARGEST_ANSWER))
    except Unasked:
        return None


def _parse(content: bytes) -> Any | None:
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
