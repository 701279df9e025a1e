"""Writes answers as gunicorn does, with nothing that nobody needs."""

from __future__ import annotations

import time
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from gunicorn.http import wsgi


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    """Writes the present second as RFC 9110, section 5.6.7, has it."""
    return formatdate(second, usegmt=True)


class Gathered:
    """Is, to gunicorn's answer, a connection. It keeps what is written."""

    def __init__(self) -> None:
        self.written = bytearray()

    def sendall(self, piece: bytes) -> None:
        self.written += piece


class PlainResponse(wsgi.Response):  # type: ignore[misc]
    """Is gunicorn's answer without the `Server` header, which would tell whom to look up known weaknesses for.

    The head and the first piece of the body, mostly all of it, go out at once and not in two packets.
    """

    sock: Any

    def default_headers(self) -> list[str]:
        major, minor = self.req.version
        kept = "upgrade" if self.upgrade else "close" if self.should_close() else "keep-alive"
        lines = [
            f"HTTP/{major}.{minor} {self.status}\r\n",
            f"Date: {_date(int(time.time()))}\r\n",
            f"Connection: {kept}\r\n",
        ]
        return [*lines, "Transfer-Encoding: chunked\r\n"] if self.chunked else lines

    def write(self, arg: bytes) -> None:
        if self.headers_sent:
            super().write(arg)
            return
        connection, self.sock = self.sock, Gathered()
        try:
            super().write(arg)
        finally:
            gathered, self.sock = self.sock, connection
        self.sock.sendall(bytes(gathered.written))
