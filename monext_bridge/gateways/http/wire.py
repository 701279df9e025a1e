"""One request on the wire, and its whole answer or the reason why there is none."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3

from monext_bridge.gateways.http.connections import RemoteAdapter
from monext_bridge.gateways.http.retry import Failure, read_retry_after
from monext_bridge.runtime import seconds_left, within


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """`body` is the parsed JSON, its fractions as Decimal; None where there is none or it is not JSON.

    The names in `headers` are found in any case.
    """

    status: int
    body: Any | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def retry_after(self) -> float | None:
        """Seconds after which the remote wants to be asked again, where it says so."""
        return read_retry_after(self.headers.get("Retry-After"))


class Wire:
    """The connections to one remote, shared by all threads; each thread has its own session on them.

    No proxies or credentials are taken from the environment, certificates are checked, redirects are not
    followed, cookies are not kept. Opens nothing before its first exchange.
    """

    def __init__(self, *, connect_timeout: float, pool_size: int) -> None:
        self._connect_timeout = connect_timeout
        self._adapter = RemoteAdapter(pool_size=pool_size)
        self._threads = threading.local()

    def exchange(
        self, method: str, url: str, *, read_timeout: float, request: Mapping[str, Any]
    ) -> HttpAnswer | Failure:
        """The answer, complete within the connect time-out and `read_timeout`, and before the deadline.

        `request` holds `headers`, and `params`, `json` or `data` as requests takes them.
        """
        try:
            with (
                within(self._connect_timeout + read_timeout),
                self._open(method, url, read_timeout=read_timeout, request=request) as response,
            ):
                content = response.raw.read(decode_content=True)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            return _failure(error)
        return HttpAnswer(response.status_code, _parse(content), response.headers)

    def _open(
        self, method: str, url: str, *, read_timeout: float, request: Mapping[str, Any]
    ) -> requests.Response:
        return self._session().request(
            method,
            url,
            timeout=(min(self._connect_timeout, seconds_left()), min(read_timeout, seconds_left())),
            allow_redirects=False,
            stream=True,
            **request,
        )

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = _Session()
            session.trust_env = False
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            session.mount("https://", self._adapter)
            session.mount("http://", self._adapter)
            self._threads.session = session
        return session


class _Session(requests.Session):
    """Never looks where a redirect leads: requests would read it even where it is not to be followed."""

    def get_redirect_target(self, resp: requests.Response) -> None:  # noqa: ARG002
        return None


def _failure(error: Exception) -> Failure:
    """Which of the three it was; whatever is not certain counts as sent.

    A ValueError is what requests raises for an address or a header that can't be sent at all.
    """
    causes = _causes(error)
    unconnected = any(isinstance(each, urllib3.exceptions.NewConnectionError) for each in causes)
    if unconnected or isinstance(error, ValueError):
        return Failure.NOT_CONNECTED
    late = (requests.ReadTimeout, urllib3.exceptions.ReadTimeoutError)
    return Failure.TIMED_OUT if any(isinstance(each, late) for each in causes) else Failure.BROKEN


def _causes(error: Exception) -> tuple[object, ...]:
    """requests wraps urllib3's exception in its first argument, which wraps its own in `reason`."""
    wrapped = error.args[0] if error.args else None
    return (error, wrapped, getattr(wrapped, "reason", None))


def _parse(content: bytes) -> Any | None:
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
