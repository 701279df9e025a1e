"""What goes over the wire, to the byte: requests are written whole, and bodies are unpacked as they say."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable, Mapping

import pytest

from monext_bridge.errors import RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.http.messages import Request, request_bytes
from tests.gateways.remotes import Remote, client, listening
from tests.world import wait_for

UNSENDABLE: Mapping[str, Callable[[], bytes]] = {
    "line break": lambda: request_bytes(Request(headers={"X-A": "a\r\nX-B: b"}), "GET", "/a", host="h"),
    "null byte": lambda: request_bytes(Request(headers={"X-A": "\0"}), "GET", "/a", host="h"),
    "other alphabet": lambda: request_bytes(Request(headers={"X-A": "Ж"}), "GET", "/a", host="h"),
    "no number": lambda: request_bytes(Request(json={"a": float("nan")}), "POST", "/a", host="h"),
    "space in the path": lambda: request_bytes(Request(), "GET", "/a b", host="h"),
    "path that is not quoted": lambda: request_bytes(Request(), "GET", "/é", host="h"),
}


def answering(head: bytes, body: bytes) -> Callable[[socket.socket], None]:
    def handle(connection: socket.socket) -> None:
        while connection.recv(65536):
            connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body)

    return handle


def length(body: bytes) -> bytes:
    return b"Content-Length: %d" % len(body)


def test_a_request_is_one_message() -> None:
    message = request_bytes(
        Request(params={"a": ("1", "2")}, json={"é": 1}), "POST", "/p", host="h:1"
    ).decode()
    head, _, body = message.partition("\r\n\r\n")
    assert head.splitlines()[0] == "POST /p?a=1&a=2 HTTP/1.1"
    assert {"Host: h:1", "Accept-Encoding: gzip", "Content-Type: application/json"} < set(head.splitlines())
    assert (body, f"Content-Length: {len(body)}" in head) == ('{"\\u00e9": 1}', True)


def test_only_what_may_have_a_body_has_a_length_without_one() -> None:
    assert b"Content-Length" not in request_bytes(Request(), "GET", "/", host="h")
    assert b"Content-Length: 0\r\n" in request_bytes(Request(), "POST", "/", host="h")


@pytest.mark.parametrize("write", UNSENDABLE.values(), ids=UNSENDABLE)
def test_what_can_not_be_sent_is_no_message(write: Callable[[], bytes]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        write()


def test_what_can_not_be_sent_is_unreachable_and_nothing_was_sent(remote: Remote) -> None:
    with pytest.raises(RemoteUnreachable):
        client(remote.url).send("POST", "/a", route="/a", json={}, headers={"X-A": "a\nb"})
    assert remote.calls() == ()


def test_a_packed_body_is_unpacked() -> None:
    body = gzip.compress(b'{"a": 1}')
    with listening(answering(b"Content-Encoding: gzip\r\n" + length(body), body)) as port:
        assert client(f"http://127.0.0.1:{port}").send("GET", "/a", route="/a").body == {"a": 1}


@pytest.mark.parametrize("body", [gzip.compress(b"{}")[:-4], b"not gzip"], ids=["half", "none"])
def test_a_body_that_is_not_packed_as_it_says_proves_nothing(body: bytes) -> None:
    with (
        listening(answering(b"Content-Encoding: gzip\r\n" + length(body), body)) as port,
        pytest.raises(RemoteUnavailable) as raised,
    ):
        client(f"http://127.0.0.1:{port}").send("POST", "/a", route="/a", json={})
    assert type(raised.value) is RemoteUnavailable


def test_headers_that_come_twice_are_one() -> None:
    head = b"Vary: A\r\nVary: B\r\n" + length(b"{}")
    with listening(answering(head, b"{}")) as port:
        answer = client(f"http://127.0.0.1:{port}").send("GET", "/a", route="/a")
    assert answer.headers["vary"] == "A, B"


@pytest.mark.parametrize("head", [b"Connection: close\r\nContent-Length: 2", b"X: no length"])
def test_a_connection_that_the_remote_ends_is_not_used_again(head: bytes) -> None:
    connections = []

    def handle(connection: socket.socket) -> None:
        connections.append(connection)
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n{}")

    with listening(handle) as port:
        once = client(f"http://127.0.0.1:{port}")
        bodies = [once.send("POST", "/a", route="/a", json={}).body for _ in range(2)]
    assert (bodies, len(connections)) == ([{}, {}], 2)


def test_a_connection_that_was_closed_while_idle_is_not_used_again() -> None:
    connections = []

    def handle(connection: socket.socket) -> None:
        connections.append(connection)
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with listening(handle) as port:
        once = client(f"http://127.0.0.1:{port}")
        for number in range(2):
            assert once.send("POST", "/a", route="/a", json={}).body == {}
            wait_for(lambda number=number: connections[number].fileno() == -1)  # type: ignore[misc]
    assert len(connections) == 2
