"""Reads one answer from a socket, in bounded time and memory. httptools, which is llhttp, takes it apart.

What is received is counted: a head has a limit, and so has all that one answer sends over the wire, which bounds
whatever is skipped as well (interim answers, trailers, the sizes of chunks). Nothing is raised in a callback, since
the parser would hide it: what is found there is looked at after each piece.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

import httptools

from monext_bridge.gateways.http.bodies import LARGEST_ANSWER, PIECE, TooLarge, UnpackedBody
from monext_bridge.runtime import limit, seconds_with_suspend

LARGEST_HEAD = 64 * 1024
"""Bytes of status line and headers, with the interim answers before them. Proxies allow 8 to 32 KiB."""

MOST_INTERIM = 10
"""Interim answers (1xx) that are skipped before the answer (https://www.rfc-editor.org/rfc/rfc9110#section-15.2)."""

MOST_HEADERS = 100
"""Header lines of an answer, with those of its interim answers and its trailers. commercetools sends some twenty."""

SWITCHED = 101
"""The connection speaks another protocol from now on, which nobody has asked for."""

WITHOUT_CONTENT = frozenset({SWITCHED, 204, 304})
"""Statuses of answers that end with their head (RFC 9112, section 6.3)."""


class BrokenAnswer(Exception):
    """What came is no answer, or less than it says of itself."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Holds a whole answer.

    `fields` are its headers in their order, whose names are in small letters. `head_came` is one of our seconds
    (`runtime.seconds_with_suspend`). After one that is `reusable` its connection may carry another request.
    """

    status: int
    fields: tuple[tuple[str, str], ...]
    content: bytes
    head_came: float
    reusable: bool


def receive(sock: socket.socket, *, method: str, largest: int) -> Answer:
    """Returns the answer to the request that was sent last.

    A content above `largest` bytes is TooLarge; one that is packed in a way that was not asked for counts as none.
    Raises TooLarge, BrokenAnswer, zlib.error, and OSError, which a TimeoutError is, where it breaks off or comes too
    late. The connection must be closed then.
    """
    reading = _Reading(method=method, largest=largest)
    while not reading.ended:
        sock.settimeout(limit(None))
        reading.take(sock.recv(PIECE))
    return reading.answer()


class _Reading:
    """Is told by the parser what comes. Its public methods from `on_message_begin` on are httptools' names."""

    def __init__(self, *, method: str, largest: int) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._without_content, self._largest = method == "HEAD", largest
        self._received = self._lines = self._interim = 0
        self._has_head = self._has_length = self._keeps_open = self._surplus = self.ended = False
        self._fields: list[tuple[str, str]] = []
        self._pieces: list[bytes] = []
        self._body: UnpackedBody | None = None
        self._status, self._head_came = 0, 0.0

    def take(self, piece: bytes) -> None:
        """Takes what was received next, `b""` where the remote has closed. Raises as `receive` does."""
        if not piece:
            self._take_end()
            return
        self._received += len(piece)
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserError as error:
            if not self.ended:
                raise BrokenAnswer(type(error).__name__) from error
            self._surplus = True
        self._stop_where_exceeded()
        if self._body is not None:
            self._unpack(self._body)

    def answer(self) -> Answer:
        return Answer(
            status=self._status,
            fields=tuple(self._fields),
            content=self._body.whole() if self._body is not None else b"",
            head_came=self._head_came,
            reusable=self._keeps_open and not self._surplus,
        )

    def on_message_begin(self) -> None:
        self._surplus = self.ended

    def on_header(self, name: bytes, value: bytes) -> None:
        self._lines += 1
        if self._has_head:
            return
        field = name.decode("latin-1").lower()
        self._fields.append((field, value.decode("latin-1").strip()))
        if field == "content-length" or (field == "transfer-encoding" and b"chunked" in value.lower()):
            self._has_length = True

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if 100 <= status < 200 and status != SWITCHED:
            self._interim += 1
            self._fields.clear()
            self._has_length = False
            return
        self._status, self._has_head, self._head_came = status, True, seconds_with_suspend()
        if self._without_content or status in WITHOUT_CONTENT:
            self.ended = True
            return
        self._keeps_open = self._parser.should_keep_alive()
        encoding = dict(self._fields).get("content-encoding", "")
        self._body = UnpackedBody(encoding, largest=self._largest)

    def on_body(self, piece: bytes) -> None:
        self._pieces.append(piece)

    def on_message_complete(self) -> None:
        self.ended = self._has_head

    def _take_end(self) -> None:
        if not self._has_head or self._has_length:
            raise BrokenAnswer("the connection was closed before the answer was complete")
        self.ended = True

    def _stop_where_exceeded(self) -> None:
        most = LARGEST_HEAD + (LARGEST_ANSWER if self._has_head else 0)
        if self._received > most or self._lines > MOST_HEADERS or self._interim > MOST_INTERIM:
            raise TooLarge

    def _unpack(self, body: UnpackedBody) -> None:
        if not body.was_asked_for:
            self.ended, self._keeps_open = True, False
            self._body = None
            return
        for piece in self._pieces:
            body.add(piece)
        self._pieces.clear()
