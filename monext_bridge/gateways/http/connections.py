"""Opens connections that keep to the deadline, and tells a failure to connect from a later one.

urllib3 reports a TLS handshake that fails or takes too long exactly like a failure in the middle of an
answer. Here every failure to connect is a NewConnectionError, and nothing else is one. urllib3's time-outs
are for one address and for one read. Here all of them together end after `deadlines.seconds_left`.

What is received is counted as well: a head has a limit, and so has all that one answer sends over the wire.
"""

from __future__ import annotations

import http.client
import io
import math
import socket
import ssl
import time
from threading import Lock
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from monext_bridge.gateways.http.bodies import LARGEST_ANSWER, TooLarge
from monext_bridge.runtime import connect, limit

LARGEST_HEAD = 64 * 1024
"""Bytes of status line and headers, with the interim answers before them. Proxies allow 8 to 32 KiB."""

MOST_INTERIM = 10
"""Interim answers (1xx) that are skipped before the answer (https://www.rfc-editor.org/rfc/rfc9110#section-15.2)."""

TOO_MUCH = (http.client.HTTPException, http.client.LineTooLong)
"""What http.client raises, just so, for more than 100 headers and for too long a line."""

SWITCHED = 101
"""The connection speaks another protocol from now on, which nobody has asked for."""


class _Reader(io.RawIOBase):
    """Reads what a socket receives: all of it before the deadline, and within the socket's time-out from now on.

    Raises TooLarge once it has given `allowed` bytes.
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, *, allowed: int) -> None:
        self._raw, self._socket, self._allowed = raw, sock, allowed
        self._end = time.monotonic() + (sock.gettimeout() or math.inf)

    def readable(self) -> bool:
        return True

    def allow(self, more: int) -> None:
        self._allowed += more

    def readinto(self, buffer: Any) -> int | None:
        if self._allowed <= 0:
            raise TooLarge
        self._socket.settimeout(limit(self._end - time.monotonic()))
        count = self._raw.readinto(memoryview(buffer)[: self._allowed])
        self._allowed -= count or 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """Limits the time and the bytes of status line and headers as well: they can come byte by byte and without end.

    Interim answers are skipped. http.client skips 100 alone, takes any other one for the answer, and would read
    the answer as that to the next request.
    """

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self._reader = _Reader(self.fp.detach(), sock, allowed=LARGEST_HEAD)
        self.fp = io.BufferedReader(self._reader)

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


class _PlainConnection(HTTPConnection):
    response_class = _Response

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError) as error:
            self.close()
            raise NewConnectionError(self, type(error).__name__) from error

    def send(self, data: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(limit(self.timeout))
        super().send(data)

    def _new_conn(self) -> socket.socket:
        return connect(self._dns_host.strip("[]"), self.port, seconds=limit(self.timeout))


class _TlsConnection(_PlainConnection, HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        if self.ca_certs:
            self.ssl_context, self.ca_certs = _context_trusting(self.ca_certs), None
        return super()._new_conn()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class RemoteAdapter(HTTPAdapter):
    """Holds the connections to one remote. At most `pool_size` are kept; more are opened while they are needed."""

    def __init__(self, *, pool_size: int) -> None:
        super().__init__(pool_connections=1, pool_maxsize=pool_size, pool_block=False)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}


_lock = Lock()
_contexts: dict[str, ssl.SSLContext] = {}


def _context_trusting(bundle: str) -> ssl.SSLContext:
    """Returns a context that trusts the certificates of a file, which is read once.

    urllib3 would read it for each connection. That costs more than all the rest of connecting and, where many
    connect at once, holds up everybody.
    """
    with _lock:
        if bundle not in _contexts:
            context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
            context.load_verify_locations(bundle)
            _contexts[bundle] = context
        return _contexts[bundle]
