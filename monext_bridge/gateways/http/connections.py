"""Opens connections that keep to the deadline, and tells a failure to connect from a later one.

urllib3 reports a TLS handshake that fails or takes too long exactly like a failure in the middle of an
answer. Here every failure to connect is a NewConnectionError, and nothing else is one. urllib3's time-outs
are for one address and for one read. Here all of them together end after `deadlines.seconds_left`.
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

from monext_bridge.runtime import connect, limit


class _Reader(io.RawIOBase):
    """Reads what a socket receives: all of it before the deadline, and within the socket's time-out from now on."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw, self._socket = raw, sock
        self._end = time.monotonic() + (sock.gettimeout() or math.inf)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(limit(self._end - time.monotonic()))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """Limits the time for status line and headers as well: they can come byte by byte, as a body can."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_Reader(self.fp.detach(), sock))


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
