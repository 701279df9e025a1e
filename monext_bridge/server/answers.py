"""Writes answers as gunicorn does, with nothing that nobody needs."""

from __future__ import annotations

from typing import Any

from gunicorn.http import wsgi


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
        return [line for line in super().default_headers() if not line.lower().startswith("server:")]

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
