"""Opens and keeps connections that keep to the deadline, and tells a failure to connect from a later one.

Every failure to connect, TLS included, is a NotConnected, and nothing else is one. A socket's time-outs are for one
address and for one read. Here all of them together end after `deadlines.seconds_left`. What is received is counted as
well: a head has a limit, and so has all that one answer sends over the wire.

http.client reads the answers (https://docs.python.org/3.11/library/http.client.html). No proxy, no credentials and no
keys to log are taken from the environment, and the certificates that are trusted are certifi's.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import certifi

from monext_bridge.gateways.http.bodies import LARGEST_ANSWER, TooLarge
from monext_bridge.runtime import connect, limit

DEFAULT_PORTS = {"http": 80, "https": 443}

LARGEST_HEAD = 64 * 1024
"""Bytes of status line and headers, with the interim answers before them. Proxies allow 8 to 32 KiB."""

MOST_INTERIM = 10
"""Interim answers (1xx) that are skipped before the answer (https://www.rfc-editor.org/rfc/rfc9110#section-15.2)."""

TOO_MUCH = (http.client.HTTPException, http.client.LineTooLong)
"""What http.client raises, just so, for more than 100 headers and for too long a line."""

SWITCHED = 101
"""The connection speaks another protocol from now on, which nobody has asked for."""


class NotConnected(Exception):
    """There is no connection, so nothing was sent."""


class _Reader(io.RawIOBase):
    """Reads what a socket receives before the deadline. Whoever closes the reader leaves the socket open.

    Raises TooLarge once it has given `allowed` bytes.
    """

    def __init__(self, sock: socket.socket, *, allowed: int) -> None:
        self._socket, self._allowed = sock, allowed

    def readable(self) -> bool:
        return True

    def allow(self, more: int) -> None:
        self._allowed += more

    def readinto(self, buffer: Any) -> int:
        if self._allowed <= 0:
            raise TooLarge
        self._socket.settimeout(limit(None))
        count = self._socket.recv_into(memoryview(buffer)[: self._allowed])
        self._allowed -= count
        return count

    def makefile(self, _: str) -> io.BufferedReader:
        """Returns what http.client wants of a socket."""
        return io.BufferedReader(self)


class Response(http.client.HTTPResponse):
    """Limits the time and the bytes of status line and headers as well: they can come byte by byte and without end.

    Interim answers are skipped. http.client skips 100 alone, takes any other one for the answer, and would read
    the answer as that to the next request.
    """

    def __init__(self, sock: socket.socket, *, method: str) -> None:
        self._reader = _Reader(sock, allowed=LARGEST_HEAD)
        super().__init__(self._reader, method=method)  # type: ignore[arg-type]

    def begin(self) -> None:
        try:
            super().begin()
        except http.client.HTTPException as error:
            if type(error) in TOO_MUCH:
                raise TooLarge from error
            raise
        self._reader.allow(LARGEST_ANSWER)

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(MOST_INTERIM + 1):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200 or status == SWITCHED:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise TooLarge


class Connection:
    """Carries one request at a time. After an exception it is of no more use."""

    __slots__ = ("_socket",)

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def ask(self, message: bytes, *, method: str) -> Response:
        """Sends a whole request and returns the head of its answer, whose body is still to be read.

        Raises OSError, which a TimeoutError is, and HTTPException.
        """
        self._socket.settimeout(limit(None))
        with suppress(BrokenPipeError):  # who refuses a request may answer before it is there, and close
            self._socket.sendall(message)
        response = Response(self._socket, method=method)
        response.begin()
        return response

    def is_idle(self) -> bool:
        """Tells whether the remote has neither closed the connection nor said anything since the last answer.

        The socket's own `recv` is asked, below TLS, since that of TLS can't look without taking.
        """
        try:
            self._socket.settimeout(0)
            socket.socket.recv(self._socket, 1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        self._socket.close()


class Connections:
    """Holds the connections to one remote. At most `pool_size` are kept; more are opened while they are needed.

    Thread-safe. Opens nothing before it is asked for a connection.
    """

    def __init__(self, base_url: str, *, connect_timeout: float, pool_size: int) -> None:
        """Raises ValueError for a port that is no number."""
        url = urlsplit(base_url)
        self._tls, self._host = url.scheme == "https", _ascii(url.hostname or "")
        self._port = url.port or DEFAULT_PORTS[url.scheme]
        self._connect_timeout, self._pool_size = connect_timeout, pool_size
        self._idle: list[Connection] = []
        weakref.finalize(self, _close_all, self._idle)

    @property
    def host(self) -> str:
        """Returns the `Host` of requests (RFC 9110, section 7.2)."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return host if self._port in DEFAULT_PORTS.values() else f"{host}:{self._port}"

    def take(self) -> Connection:
        """Returns a connection that nobody else uses, the one that was used last where one is kept.

        Raises NotConnected. The caller gives it back or closes it.
        """
        with suppress(IndexError):
            while True:
                kept = self._idle.pop()
                if kept.is_idle():
                    return kept
                kept.close()
        try:
            return Connection(self._connect())
        except (OSError, ValueError) as error:
            raise NotConnected(type(error).__name__) from error

    def give_back(self, connection: Connection, *, after: Response) -> None:
        """Keeps the connection after an answer that was read whole, where both sides want that."""
        if after.will_close or not after.isclosed() or len(self._idle) >= self._pool_size:
            connection.close()
        else:
            self._idle.append(connection)

    def _connect(self) -> socket.socket:
        sock = connect(self._host, self._port, seconds=limit(self._connect_timeout))
        if not self._tls:
            return sock
        with _closed_on_error(sock):
            return _trusting(certifi.where()).wrap_socket(sock, server_hostname=self._host)


def _close_all(connections: list[Connection]) -> None:
    for each in connections:
        each.close()


@contextmanager
def _closed_on_error(sock: socket.socket) -> Iterator[None]:
    try:
        yield
    except BaseException:
        sock.close()
        raise


def _ascii(host: str) -> str:
    return host if host.isascii() else host.encode("idna").decode()


_lock = Lock()


def _trusting(bundle: str) -> ssl.SSLContext:
    """Returns a context that trusts the certificates of a file, which is read once.

    Reading it costs more than all the rest of connecting and, where many connect at once, would hold up everybody.
    """
    with _lock:
        return _new_context(bundle)


@cache
def _new_context(bundle: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    context.set_alpn_protocols(["http/1.1"])
    context.load_verify_locations(bundle)
    return context
