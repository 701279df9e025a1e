"""Sends one request and reads its whole answer, or says why there is none."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from monext_bridge.gateways.http.answers import BrokenAnswer
from monext_bridge.gateways.http.bodies import LARGEST_ANSWER, TooLarge
from monext_bridge.gateways.http.connections import Connections, NotConnected
from monext_bridge.gateways.http.messages import Request, request_bytes
from monext_bridge.gateways.http.retry import Failure, read_retry_after
from monext_bridge.runtime import seconds_with_suspend, within

WIDEST_EXPONENT = 400
"""A number whose exponent is beyond this counts as absent: JSON's numbers are doubles, whose exponents end at 308."""

SURROGATES = ("\\ud", "\\uD")
"""Begin the escape of half a surrogate pair in JSON."""


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

    `body` is the parsed JSON, its fractions as Decimal; it is None where there is no body or it is not JSON.
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


@dataclass(frozen=True, slots=True)
class Content:
    """Holds an answer whose body nobody has looked into."""

    status: int
    content: bytes
    headers: Mapping[str, str]
    round_trip: RoundTrip


class Wire:
    """Holds the connections to one remote. Thread-safe. It opens nothing before its first exchange.

    It takes no proxies and no credentials from the environment, checks certificates, follows no redirects and
    keeps no cookies.
    """

    def __init__(self, base_url: str, *, connect_timeout: float, pool_size: int) -> None:
        self._connections = Connections(base_url, connect_timeout=connect_timeout, pool_size=pool_size)
        self._base_path = urlsplit(base_url).path

    def exchange(
        self, method: str, path: str, *, read_timeout: float, request: Request
    ) -> HttpAnswer | Failure:
        """Returns the answer, or why there is none, as `fetch` does."""
        answer = self.fetch(method, path, read_timeout=read_timeout, request=request)
        if isinstance(answer, Failure):
            return answer
        return HttpAnswer(answer.status, parsed(answer.content), answer.headers, answer.round_trip)

    def fetch(
        self, method: str, path: str, *, read_timeout: float, request: Request, largest: int = LARGEST_ANSWER
    ) -> Content | Failure:
        """Returns the answer, or why there is none. Whatever is not certain counts as sent.

        A connection stands within the connect time-out, and the answer is complete within `read_timeout` from then
        on; both before the deadline. A content above `largest` bytes is TOO_LARGE. One that is packed in a way that
        was not asked for counts as none.
        """
        sent = seconds_with_suspend()
        try:
            message = request_bytes(request, method, self._base_path + path, host=self._connections.host)
            connection = self._connections.take()
        except (NotConnected, ValueError):
            return Failure.NOT_CONNECTED
        try:
            with within(read_timeout):
                answer = connection.ask(message, method=method, largest=largest)
        except BaseException as error:
            connection.close()
            return _failure(error)
        self._connections.give_back(connection, after=answer)
        return Content(
            answer.status, answer.content, Headers(answer.fields), RoundTrip(sent, answer.head_came)
        )


def _failure(error: BaseException) -> Failure:
    """Returns which failure of a request that was sent it was. Raises what is none."""
    if isinstance(error, TimeoutError):
        return Failure.TIMED_OUT
    if isinstance(error, TooLarge):
        return Failure.TOO_LARGE
    if isinstance(error, OSError | BrokenAnswer | zlib.error):
        return Failure.BROKEN
    raise error


class Headers(Mapping[str, str]):
    """Holds headers, which are found in any case. Those that come several times are one, as RFC 9110, 5.3 has it."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in fields:
            key = name.lower()
            self._values[key] = f"{self._values[key]}, {value}" if key in self._values else value

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def parsed(content: bytes) -> Any | None:
    """Returns the JSON of an answer, None where it is none. Every text in it can be written as UTF-8."""
    try:
        text = content.decode(json.detect_encoding(content))
        found = DECODER.decode(text)
        return _writable(found) if any(each in text for each in SURROGATES) else found
    except (ValueError, RecursionError):
        return None


def _fraction(written: str) -> Decimal | None:
    """Returns a number with a fraction or an exponent, None where no double could hold it."""
    try:
        number = Decimal(written)
    except InvalidOperation:
        return None
    return number if abs(number.adjusted()) <= WIDEST_EXPONENT else None


def _writable(found: Any) -> Any:
    """Returns the same, but U+FFFD for halves of surrogate pairs, which no page and no URL can hold."""
    match found:
        case str():
            return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        case list():
            return [_writable(each) for each in found]
        case dict():
            return {_writable(name): _writable(value) for name, value in found.items()}
        case _:
            return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(parse_float=_fraction, parse_constant=_no_number)
