"""Opens and keeps connections that keep to the deadline, and tells a failure to connect from a later one.

Every failure to connect, TLS included, is a NotConnected, and nothing else is one. A socket's time-outs are for one
address and for one read. Here all of them together end after `deadlines.seconds_left`.

No proxy, no credentials and no keys to log are taken from the environment, and the certificates that are trusted are
certifi's.
"""

from __future__ import annotations

import socket
import ssl
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import Lock
from urllib.parse import urlsplit

import certifi

from monext_bridge.gateways.http.answers import Answer, receive
from monext_bridge.runtime import connect, limit

DEFAULT_PORTS = {"http": 80, "https": 443}


class NotConnected(Exception):
    """There is no connection, so nothing was sent."""


class Connection:
    """Carries one request at a time. After an exception it is of no more use."""

    __slots__ = ("_socket",)

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def ask(self, message: bytes, *, method: str, largest: int) -> Answer:
        """Sends a whole request and returns its whole answer. Raises as `answers.receive` does."""
        self._socket.settimeout(limit(None))
        with suppress(BrokenPipeError):  # who refuses a request may answer before it is there, and close
            self._socket.sendall(message)
        return receive(self._socket, method=method, largest=largest)

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

    def give_back(self, connection: Connection, *, after: Answer) -> None:
        """Keeps the connection after its answer, where both sides want that."""
        if not after.reusable or len(self._idle) >= self._pool_size:
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
