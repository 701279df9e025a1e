"""What counts as an answer, where it ends, and when its connection may carry another request."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from monext_bridge.gateways.http.answers import MOST_HEADERS, Answer, BrokenAnswer, receive
from monext_bridge.gateways.http.bodies import TooLarge
from monext_bridge.runtime import within

OK = b"HTTP/1.1 200 OK\r\n"
GENEROUS = 30.0
LONE = b"Content-Length: 2\r\n\r\n{}"


@contextmanager
def received(
    *pieces: bytes, method: str = "GET", largest: int = 100, open_end: bool = True
) -> Iterator[Answer]:
    """Gives what is read where the remote sends these pieces, and then nothing, or closes."""
    near, far = socket.socketpair()
    with near, far:
        for piece in pieces:
            far.sendall(piece)
        if not open_end:
            far.shutdown(socket.SHUT_WR)
        with within(GENEROUS):
            answer = receive(near, method=method, largest=largest)
        yield answer


def test_a_whole_answer_is_read_and_its_connection_kept() -> None:
    with received(OK + b"X-One: a\r\nx-one:  b \r\n" + LONE) as answer:
        assert (answer.status, answer.content, answer.reusable) == (200, b"{}", True)
        assert answer.fields == (("x-one", "a"), ("x-one", "b"), ("content-length", "2"))


def test_an_answer_may_come_byte_by_byte() -> None:
    near, far = socket.socketpair()
    with near, far:
        for byte in OK + LONE:
            far.sendall(bytes([byte]))
        with within(GENEROUS):
            assert receive(near, method="GET", largest=100).content == b"{}"


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
WHOLE = {
    "chunks": CHUNKED + b"1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n",
    "chunks with a trailer": CHUNKED + b"2\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n",
    "no reason": b"HTTP/1.1 200\r\n" + LONE,
    "another reason": b"HTTP/1.1 200 Tout va bien \xe9\r\n" + LONE,
}


@pytest.mark.parametrize("said", WHOLE.values(), ids=WHOLE)
def test_every_way_of_saying_how_long_it_is_keeps_the_connection(said: bytes) -> None:
    with received(said) as answer:
        assert (answer.status, answer.content, answer.reusable) == (200, b"{}", True)
        assert "x-sum" not in dict(answer.fields)


CLOSING = {
    "the end of the connection is the end": OK + b"\r\n{}",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\n{}",
    "the remote wants to close": OK + b"Connection: close\r\n" + LONE,
    "something behind it": OK + LONE + b"HTTP/1.1 200 OK\r\n",
    "nonsense behind it": OK + LONE + b"\x00\x01",
    "a coding that was not the last": OK + b"Transfer-Encoding: gzip\r\n\r\n{}",
}


@pytest.mark.parametrize("said", CLOSING.values(), ids=CLOSING)
def test_after_these_the_connection_is_closed(said: bytes) -> None:
    with received(said, open_end=False) as answer:
        assert (answer.status, answer.content, answer.reusable) == (200, b"{}", False)


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_an_answer_that_has_no_content_ends_with_its_head(status: str) -> None:
    with received(f"HTTP/1.1 {status}\r\nContent-Length: 99\r\n\r\n".encode()) as answer:
        assert (answer.content, answer.reusable) == (b"", False)


def test_the_answer_to_a_head_ends_with_its_head() -> None:
    with received(OK + b"Content-Length: 99\r\n\r\n", method="HEAD") as answer:
        assert (answer.status, answer.content, answer.reusable) == (200, b"", False)


NONE = {
    "nothing": b"",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/2": b"HTTP/2 200 OK\r\n" + LONE,
    "half a head": OK + b"Content-Le",
    "half a body": OK + b"Content-Length: 3\r\n\r\n{}",
    "half a chunk": CHUNKED + b"3\r\n{}",
    "chunks without their end": CHUNKED + b"2\r\n{}\r\n",
    "a length and chunks": OK
    + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunks and a length": OK
    + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "two lengths": OK + b"Content-Length: 3\r\n" + LONE,
    "a length that is none": OK + b"Content-Length: two\r\n\r\n{}",
    "a negative length": OK + b"Content-Length: -2\r\n\r\n{}",
    "a header without a name": OK + b": x\r\n" + LONE,
    "a line without a colon": OK + b"X\r\n" + LONE,
    "a header in two lines": OK + b"X: a\r\n b\r\n" + LONE,
    "a zero byte": OK + b"X: a\x00b\r\n" + LONE,
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n" + LONE,
    "a status of two digits": b"HTTP/1.1 20 OK\r\n" + LONE,
    "only an interim answer": b"HTTP/1.1 102 Processing\r\n\r\n",
}


@pytest.mark.parametrize("said", NONE.values(), ids=NONE)
def test_what_is_no_whole_answer_is_none(said: bytes) -> None:
    """Two ends of one answer are where a request's answer is handed to another's."""
    with pytest.raises(BrokenAnswer), received(said, open_end=False):
        pass


def test_a_closed_connection_ends_no_interim_answer() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\n\r\n"
    with received(early + OK + b"\r\n{}", open_end=False) as answer:
        assert (answer.status, answer.content) == (200, b"{}")
        assert answer.fields == ()


def test_trailers_count_as_headers() -> None:
    trailers = b"x: y\r\n" * (MOST_HEADERS + 1)
    with pytest.raises(TooLarge), received(CHUNKED + b"2\r\n{}\r\n0\r\n" + trailers):
        pass


def test_the_limit_is_that_of_the_caller() -> None:
    with received(OK + LONE, largest=2) as answer:
        assert answer.content == b"{}"
    with pytest.raises(TooLarge), received(OK + LONE, largest=1):
        pass


def test_what_is_packed_otherwise_is_not_waited_for() -> None:
    with received(OK + b"Content-Encoding: br\r\nContent-Length: 99\r\n\r\n") as answer:
        assert (answer.status, answer.content, answer.reusable) == (200, b"", False)
