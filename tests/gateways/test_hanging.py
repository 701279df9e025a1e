"""However a remote hangs: a call ends, with and without a deadline, says how much is known, and leaves nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace

import pytest

from monext_bridge.errors import RemoteTimeout, RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.http.breaker import FAILURES, TROUBLE, Breaker
from monext_bridge.gateways.http.client import HttpClient, Timeouts
from monext_bridge.runtime.bulkhead import Bulkhead
from monext_bridge.runtime.deadlines import seconds_left, within
from tests.fault_proxy import FaultProxy, ProxyMode
from tests.gateways.remotes import AMPLE_TIMEOUTS, SHORT_TIMEOUTS, SOON, client, listening
from tests.manual_clock import ManualClock
from tests.world import wait_for

UNCONNECTED = replace(AMPLE_TIMEOUTS, connect=0.5)
"""For a remote that nobody gets through to, so that it is the connection's time-out that ends the call."""

GENEROUS = AMPLE_TIMEOUTS.read / 2
"""Seconds, far above the short time-outs and the deadlines here, and far below the ample ones."""

TLS_RECORD = b"\x16\x03\x03\x40\x00"
"""The beginning of one of 16 KiB."""


@dataclass(frozen=True, slots=True)
class Way:
    """`says`: at once, and then a byte now and then; None: nothing at all. `known`: what the caller may rely on."""

    says: bytes | None
    known: type[RemoteUnavailable] = RemoteTimeout
    scheme: str = "http"

    @property
    def timeouts(self) -> Timeouts:
        """Short for what hangs, and ample for what comes before it."""
        return SHORT_TIMEOUTS if self.known is RemoteTimeout else UNCONNECTED


WAYS: Mapping[str, Way] = {
    "silent": Way(None),
    "status line drips": Way(b"HTTP/1.1 200 "),
    "header drips": Way(b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "body drips": Way(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"),
    "chunks drip": Way(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n99999\r\n"),
    "handshake stops": Way(None, RemoteUnreachable, "https"),
    "handshake drips": Way(TLS_RECORD, RemoteUnreachable, "https"),
}
EVERY_WAY = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


@dataclass(slots=True)
class Hung:
    """A remote that hangs; how many of its connections were closed on it."""

    url: str = ""
    closed: list[bool] = field(default_factory=list)


@contextmanager
def hung(way: Way) -> Iterator[Hung]:
    remote = Hung()

    def handle(connection: socket.socket) -> None:
        try:
            _say(connection, way.says)
        finally:
            remote.closed.append(True)

    with listening(handle) as port:
        remote.url = f"{way.scheme}://127.0.0.1:{port}"
        yield remote


def _say(connection: socket.socket, words: bytes | None) -> None:
    while words is None:
        if not connection.recv(65536):
            return
    connection.recv(65536)
    connection.sendall(words)
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


@contextmanager
def in_time() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < GENEROUS


def post(sender: HttpClient) -> None:
    sender.send("POST", "/a", route="/a", json={})


def ends(sender: HttpClient) -> type[Exception]:
    """How a call that is not answered ended."""
    with pytest.raises(RemoteUnavailable) as raised:
        post(sender)
    return raised.type


@EVERY_WAY
def test_a_call_without_a_deadline_ends_by_its_time_outs(way: Way) -> None:
    """As on the command line; by that for the connection, or that for the whole answer."""
    with hung(way) as remote, in_time():
        assert ends(client(remote.url, timeouts=way.timeouts)) is way.known


@EVERY_WAY
def test_a_call_ends_at_its_deadline(way: Way) -> None:
    with hung(way) as remote, in_time(), within(SOON):
        assert ends(client(remote.url)) is way.known
        assert seconds_left() == 0


@EVERY_WAY
def test_it_closes_its_connection_and_leaves_its_place(way: Way) -> None:
    place = Bulkhead(1, longest_wait=0.01)
    with hung(way) as remote:
        ends(client(remote.url, timeouts=way.timeouts, bulkhead=place))
        wait_for(lambda: remote.closed == [True])
    assert place.enter()


@EVERY_WAY
def test_in_a_row_it_opens_the_breaker(way: Way) -> None:
    clock = ManualClock()
    breaker = Breaker(remote="monext", host="hung.example.com", clock=clock)
    with hung(way) as remote:
        sender = client(remote.url, timeouts=way.timeouts, breaker=breaker)
        for _ in range(FAILURES):
            ends(sender)
            clock.advance(TROUBLE)
    assert breaker.admit() is None


class TestWhereNobodyAccepts:
    """The connection itself hangs: its time-out is for all addresses of a host together."""

    @pytest.fixture
    def unreachable_remote(self) -> Iterator[FaultProxy]:
        with FaultProxy("http://127.0.0.1:9") as proxy:
            proxy.set_mode(ProxyMode.UNREACHABLE)
            yield proxy

    @pytest.mark.parametrize(
        ("timeouts", "bound"),
        [(UNCONNECTED, lambda: within(GENEROUS)), (AMPLE_TIMEOUTS, lambda: within(SOON))],
        ids=["time-out", "deadline"],
    )
    def test_a_call_ends_and_nothing_was_sent(
        self,
        timeouts: Timeouts,
        bound: Callable[[], AbstractContextManager[None]],
        unreachable_remote: FaultProxy,
    ) -> None:
        with in_time(), bound():
            assert ends(client(unreachable_remote.url, timeouts=timeouts)) is RemoteUnreachable

    def test_a_read_that_is_tried_again_ends_too(self, unreachable_remote: FaultProxy) -> None:
        with in_time(), pytest.raises(RemoteUnreachable):
            client(unreachable_remote.url, timeouts=UNCONNECTED).send("GET", "/a", route="/a")


def test_many_that_call_without_a_deadline_all_end_and_leave_no_thread() -> None:
    before = threading.active_count()
    with hung(WAYS["silent"]) as remote, in_time():
        sender = client(
            remote.url, timeouts=replace(AMPLE_TIMEOUTS, read=1.0), bulkhead=Bulkhead(4, longest_wait=0.05)
        )
        with ThreadPoolExecutor(16) as pool:
            found = list(pool.map(lambda _: ends(sender), range(16)))
    assert set(found) == {RemoteTimeout, RemoteUnreachable}
    wait_for(lambda: threading.active_count() <= before)
