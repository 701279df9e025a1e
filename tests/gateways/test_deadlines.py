"""Whatever a remote does, a request's calls end at its deadline, and what is known then is told."""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from monext_bridge.config import MonextCredentials
from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import OperationKind
from monext_bridge.errors import RemoteTimeout, RemoteUnreachable
from monext_bridge.gateways.commercetools.tokens import Grant, Tokens
from monext_bridge.gateways.keys.clouds import fetch
from monext_bridge.gateways.monext import RESERVED_AFTER_OPERATION, MonextGateway
from monext_bridge.runtime.deadlines import LEAST, begin, clear, leaving, limit, seconds_left, within
from monext_bridge.runtime.parallel import together
from monext_bridge.runtime.retry_budget import FOREGROUND
from tests.gateways.remotes import AMPLE_TIMEOUTS, FOREVER, SOON, Remote, client, listening

GENEROUS = AMPLE_TIMEOUTS.read / 2
"""Seconds, far above the deadlines here and far below the time-outs."""


@contextmanager
def bounded() -> Iterator[None]:
    """The deadline comes soon, and is kept."""
    began = time.monotonic()
    with within(SOON):
        yield
    assert time.monotonic() - began < GENEROUS


def post(url: str) -> None:
    client(url).send("POST", "/a", route="/a", json={})


def dripping(head: bytes) -> Callable[[socket.socket], None]:
    def handle(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(head)
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)

    return handle


class TestTheEnd:
    def test_there_is_none_where_nobody_set_one(self) -> None:
        assert seconds_left() == math.inf
        assert limit(3.0) == 3.0

    def test_it_can_come_earlier_and_never_later(self) -> None:
        with within(10), within(5):
            with within(60):
                assert seconds_left() <= 5
            with leaving(3):
                assert seconds_left() <= 2
        assert seconds_left() == math.inf

    def test_a_request_begins_one_and_its_thread_is_rid_of_it_after(self) -> None:
        begin(10)
        assert 9 < seconds_left() <= 10
        clear()
        assert seconds_left() == math.inf

    def test_what_is_left_is_never_negative_and_no_time_out_of_a_socket(self) -> None:
        with within(-1):
            assert seconds_left() == 0
            with pytest.raises(TimeoutError):
                limit(3.0)

    def test_the_calls_of_a_hop_have_it_too(self) -> None:
        with within(5):
            assert max(together(seconds_left, seconds_left, seconds_left)) <= 5


class TestCalls:
    def test_the_next_address_of_a_host_is_tried(self) -> None:
        """`localhost` is ::1 as well on most machines, where nobody listens."""

        def answer(connection: socket.socket) -> None:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        with listening(answer) as port:
            assert client(f"http://localhost:{port}").send("GET", "/a", route="/a").body == {}

    def test_nothing_is_sent_where_hardly_anything_is_left(self, remote: Remote) -> None:
        with within(LEAST - 0.01), pytest.raises(RemoteUnreachable):
            post(remote.url)
        assert remote.calls() == ()

    def test_a_read_is_not_repeated_past_it(self, remote: Remote) -> None:
        remote.add_fault("status", code=503, retry_after=60, times=0)
        with within(FOREGROUND.longest_wait):
            assert client(remote.url).send("GET", "/a", route="/a").status == 503
        assert len(remote.calls()) == 1

    def test_the_calls_of_a_hop_end_at_it_together(self, remote: Remote) -> None:
        remote.add_fault("hang", seconds=FOREVER, times=0)
        with bounded(), pytest.raises(RemoteTimeout):
            together(lambda: post(remote.url), lambda: post(remote.url))
        assert len(remote.calls()) == 2


def test_keys_that_drip_end_at_it_and_can_not_be_had() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"
    with listening(dripping(head)) as port, bounded():
        assert fetch(f"http://127.0.0.1:{port}/keys") is None


def test_an_act_that_would_leave_no_time_to_write_it_down_is_not_sent(remote: Remote) -> None:
    credentials = MonextCredentials(api_url=remote.url, api_keys=(SecretStr("key"),))
    gateway = MonextGateway(connect=lambda url: client(url, remote="monext"))
    with within(RESERVED_AFTER_OPERATION + LEAST / 2), pytest.raises(RemoteUnreachable):
        gateway.execute(credentials, OperationKind.CAPTURE, MonextTransactionId("1"), {"amount": 1})
    assert remote.calls() == ()


def test_who_waits_for_another_thread_s_token_waits_no_longer_than_his_own_deadline() -> None:
    asked: list[float] = []

    def grant() -> Grant:
        asked.append(seconds_left())
        with within(0.05), pytest.raises(RemoteUnreachable):
            together(tokens.current, tokens.current)
        return Grant("token", expires_in=3600)

    tokens = Tokens(grant)
    assert tokens.current() == "token"
    assert asked == [math.inf]


def test_an_early_refresh_does_not_use_up_the_request_that_makes_it() -> None:
    now, asked = [0.0], list[float]()

    def grant() -> Grant:
        asked.append(seconds_left())
        return Grant("token", expires_in=1000)

    tokens = Tokens(grant, clock=lambda: now[0])
    for now[0] in (0.0, 900.0):
        with within(60):
            tokens.current()
    assert asked[0] > 50
    assert asked[1] <= 3
