"""Connections that somebody holds without sending a whole request: more than a worker has places for."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.server.hasty import LARGE, Hasty, everything, head, open_connections, running
from tests.world import wait_for

WAYS_TO_HOLD = {
    "nothing sent": b"",
    "half a head": b"GET / HTTP/1.1\r\nHost: local",
    "half a body": head("POST / HTTP/1.1", "Content-Length: 5") + b"1",
    "half a body in chunks": head("POST / HTTP/1.1", "Transfer-Encoding: chunked") + b"5\r\n1",
    "a body that is too large": head("POST /unread HTTP/1.1", f"Content-Length: {LARGE}") + b"1",
    "an idle connection": head("GET / HTTP/1.1"),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hasty]:
    variables = {"WORKER_CONNECTIONS": "20", "HEAD_SECONDS": "60", "BODY_SECONDS": "60"}
    with running(tmp_path_factory.mktemp("small"), **variables) as found:
        yield found


class TestAHoardOfConnections:
    """Whoever has not sent a whole request keeps no place that a new connection needs."""

    @pytest.mark.parametrize("sent", WAYS_TO_HOLD.values(), ids=WAYS_TO_HOLD)
    def test_it_keeps_nobody_out(self, sent: bytes, small: Hasty) -> None:
        with held(small, sent, number=60):
            assert [small.ask()[0] for _ in range(5)] == [200] * 5

    def test_a_request_under_way_is_answered_meanwhile(self, small: Hasty) -> None:
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(small.ask, "/slow") for _ in range(8)]
            wait_for(lambda: open_connections(small) >= len(asked))
            with held(small, b"", number=60):
                assert [each.result()[0] for each in asked] == [200] * 8

    def test_idle_connections_go_on_while_there_are_places(self, small: Hasty) -> None:
        with held(small, head("GET / HTTP/1.1"), number=15) as idle:
            for _ in range(30):
                assert small.ask()[0] == 200
            for each in idle:
                each.sendall(head("GET / HTTP/1.1"))
                assert each.recv(1000).startswith(b"HTTP/1.1 200 ")

    def test_whoever_is_ended_with_half_a_body_is_told(self, small: Hasty) -> None:
        with (
            held(small, head("POST / HTTP/1.1", "Content-Length: 5") + b"1", number=1) as (first,),
            held(small, b"", number=40),
        ):
            assert everything(first).startswith(b"HTTP/1.1 408 ")


@contextmanager
def held(hasty: Hasty, sent: bytes, *, number: int) -> Iterator[list[socket.socket]]:
    """Hold so many connections that have sent this. Where it is a whole request, its answer is read."""
    socks = []
    for _ in range(number):
        sock = hasty.connect()
        sock.sendall(sent)
        if sent.startswith(b"GET") and sent.endswith(b"\r\n\r\n"):
            assert sock.recv(1000).startswith(b"HTTP/1.1 200 ")
        socks.append(sock)
    try:
        yield socks
    finally:
        for sock in socks:
            sock.close()
