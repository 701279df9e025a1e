"""An answer without end: it ends the call, is never taken for a refusal, and fills no memory."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path

import pytest

from monext_bridge.errors import RemoteTimeout, RemoteTooLarge, RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.http.answers import LARGEST_HEAD, MOST_INTERIM
from monext_bridge.gateways.http.bodies import LARGEST_ANSWER, PIECE
from monext_bridge.gateways.http.breaker import FAILURES, TROUBLE, Breaker
from monext_bridge.gateways.http.client import HttpAnswer
from monext_bridge.runtime.deadlines import within
from tests.gateways.remotes import SOON, Remote, client, listening
from tests.log_lines import LogLines
from tests.manual_clock import ManualClock

OK = b"HTTP/1.1 200 OK\r\n"
EMPTY = OK + b"Content-Length: 2\r\n\r\n{}"
EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LINE = b"X-Line: " + b"x" * 60 + b"\r\n"
MEGABYTE = 1024 * 1024

CHILD_MEGABYTES = 200
"""The most that a process may have that loads the client and reads a bomb: it has about 60 before."""

Pieces = Callable[[], Iterator[bytes]]


def packed(megabytes: int) -> bytes:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    zeros = b" " * MEGABYTE
    return (
        packer.compress(b"{}") + b"".join(packer.compress(zeros) for _ in range(megabytes)) + packer.flush()
    )


def answer(body: bytes, *, encoding: str = "gzip") -> bytes:
    return OK + f"Content-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def bomb() -> Iterator[bytes]:
    yield answer(packed(200))


def endless(head: bytes, piece: bytes) -> Pieces:
    def pieces() -> Iterator[bytes]:
        yield head
        yield from repeat(piece)

    return pieces


CHUNK = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
TOO_MUCH: Mapping[str, Pieces] = {
    "gzip bomb": bomb,
    "body without end": endless(OK + b"Connection: close\r\n\r\n", b" " * PIECE),
    "longer than it may be": endless(OK + b"Content-Length: 99999999999\r\n\r\n", b" " * PIECE),
    "chunks without end": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", CHUNK),
    "trailers without end": endless(OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", LINE * 100),
    "status line without end": endless(b"HTTP/1.1 200 ", b"K" * 4096),
    "header without end": endless(OK + b"X-Long: ", b"x" * 4096),
    "headers without end": endless(OK, LINE * 50),
    "more header lines than anybody sends": lambda: iter([OK + b"a:b\r\n" * 101 + EMPTY.removeprefix(OK)]),
    "interim answers without end": endless(b"", PROCESSING * 10),
    "continue without end": endless(b"", CONTINUE * 10),
    "one interim answer too many": lambda: iter([EARLY_HINTS * (MOST_INTERIM + 1) + EMPTY]),
    "interim answers of more than a head": lambda: iter(
        [(EARLY_HINTS[:-2] + LINE * (LARGEST_HEAD // len(LINE) // 2) + b"\r\n") * 3 + EMPTY]
    ),
}
EVERY_WAY = pytest.mark.parametrize("pieces", TOO_MUCH.values(), ids=TOO_MUCH)


@contextmanager
def saying(pieces: Pieces) -> Iterator[str]:
    def handle(connection: socket.socket) -> None:
        connection.recv(65536)
        for piece in pieces():
            connection.sendall(piece)
        # Closed with something unread, it would take back what the client has not read yet.
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            continue

    with listening(handle) as port:
        yield f"http://127.0.0.1:{port}"


def post(url: str) -> HttpAnswer:
    return client(url).send("POST", "/a", route="/a", json={})


def get(url: str) -> HttpAnswer:
    return client(url).send("GET", "/a", route="/a")


@EVERY_WAY
def test_it_leaves_a_write_unknown(pieces: Pieces) -> None:
    with saying(pieces) as url, pytest.raises(RemoteUnavailable) as raised:
        post(url)
    assert raised.type is RemoteTooLarge
    assert "too large" in str(raised.value)


@EVERY_WAY
def test_it_is_read_once_also_where_a_read_may_be_repeated(pieces: Pieces, lines: LogLines) -> None:
    with saying(pieces) as url, pytest.raises(RemoteUnavailable):
        get(url)
    assert [(line["attempt"], line["failure"]) for line in lines.of("remote_call")] == [(1, "too_large")]


def test_one_of_exactly_the_limit_is_read() -> None:
    body = b"{}" + b" " * (LARGEST_ANSWER - 2)
    whole = OK + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    with saying(lambda: iter([whole])) as url:
        assert post(url).body == {}


def test_one_of_exactly_the_limit_is_unpacked_and_a_byte_more_is_not() -> None:
    body = b"{}" + b" " * (LARGEST_ANSWER - 2)
    with saying(lambda: iter([answer(gzip.compress(body, 1))])) as url:
        assert post(url).body == {}
    with (
        saying(lambda: iter([answer(gzip.compress(body + b" ", 1))])) as url,
        pytest.raises(RemoteUnavailable),
    ):
        post(url)


@pytest.mark.parametrize("interim", [EARLY_HINTS, PROCESSING, CONTINUE])
def test_interim_answers_are_skipped_and_the_next_call_gets_its_own_answer(interim: bytes) -> None:
    """http.client takes all but 100 for the answer, and leaves the real one to the next request."""

    def handle(connection: socket.socket) -> None:
        number = 0
        while connection.recv(65536):
            body = f'{{"n": {(number := number + 1)}}}'.encode()
            connection.sendall(interim * MOST_INTERIM + OK + b"Content-Length: 8\r\n\r\n" + body)

    with listening(handle) as port:
        once = client(f"http://127.0.0.1:{port}")
        answers = [once.send("POST", "/a", route="/a") for _ in range(2)]
    assert [(each.status, each.body) for each in answers] == [(200, {"n": 1}), (200, {"n": 2})]


def test_another_protocol_is_an_answer_that_nobody_waits_for() -> None:
    with saying(lambda: iter([b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"])) as url:
        assert post(url).status == 101


class TestEncodings:
    def test_only_gzip_is_asked_for(self, remote: Remote) -> None:
        get(remote.url)
        assert remote.requests[0].headers["accept-encoding"] == "gzip"

    @pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP", " gzip "])
    def test_gzip_is_unpacked(self, encoding: str) -> None:
        with saying(lambda: iter([answer(gzip.compress(b'{"a": 1}'), encoding=encoding)])) as url:
            assert get(url).body == {"a": 1}

    @pytest.mark.parametrize(
        "encoding", ["deflate", "br", "zstd", "gzip, gzip", "gzip,gzip,gzip,gzip", "made-up"]
    )
    def test_what_nobody_asked_for_is_not_unpacked(self, encoding: str) -> None:
        with saying(lambda: iter([answer(gzip.compress(b"{}"), encoding=encoding)])) as url:
            found = get(url)
        assert (found.status, found.body) == (200, None)

    def test_an_empty_body_needs_no_gzip(self) -> None:
        with saying(lambda: iter([answer(b"")])) as url:
            assert (get(url).status, get(url).body) == (200, None)

    @pytest.mark.parametrize(
        "body",
        [
            b"not gzip",
            gzip.compress(b'{"a": 1}')[:-4],
            gzip.compress(b"{}") + b"more",
            gzip.compress(b"{}") * 2,
        ],
        ids=["none", "half", "more behind it", "two"],
    )
    def test_what_is_no_whole_gzip_leaves_a_write_unknown(self, body: bytes) -> None:
        with saying(lambda: iter([answer(body)])) as url, pytest.raises(RemoteUnavailable) as raised:
            post(url)
        assert not isinstance(raised.value, RemoteUnreachable)


def test_a_deadline_holds_while_a_packed_answer_drips() -> None:
    with saying(slow_gzip) as url, within(SOON), pytest.raises(RemoteTimeout):
        post(url)


def slow_gzip() -> Iterator[bytes]:
    """Announce more than comes; then say nothing for as long as the connection lasts."""
    yield OK + b"Content-Encoding: gzip\r\nContent-Length: 99999\r\n\r\n"
    for byte in gzip.compress(b" " * 9999, compresslevel=0):
        threading.Event().wait(0.02)
        yield bytes([byte])


def test_one_huge_answer_after_the_other_does_not_keep_the_others_from_being_served() -> None:
    clock = ManualClock()
    breaker = Breaker(remote="commercetools", host="huge.example.com", clock=clock)
    with saying(TOO_MUCH["one interim answer too many"]) as url:
        sender = client(url, breaker=breaker)
        for _ in range(FAILURES + 1):
            with pytest.raises(RemoteUnavailable):
                sender.send("POST", "/a", route="/a", json={})
            clock.advance(TROUBLE)
    assert breaker.admit() is not None


READ_IT = """
import re, sys
from pathlib import Path
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.gateways.http import HttpClient
try:
    HttpClient(remote="monext", base_url=sys.argv[1]).send("POST", "/a", route="/a")
except RemoteUnavailable as error:
    peak = re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())
    print(type(error).__name__, int(peak[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read in /proc")
@pytest.mark.parametrize("name", ["gzip bomb", "chunks without end", "header without end"])
def test_it_fills_no_memory(name: str) -> None:
    with saying(TOO_MUCH[name]) as url:
        child = subprocess.run(
            [sys.executable, "-c", READ_IT, url], capture_output=True, text=True, timeout=120, check=True
        )
    error, megabytes = child.stdout.split()
    assert error == "RemoteTooLarge"
    assert int(megabytes) < CHILD_MEGABYTES
