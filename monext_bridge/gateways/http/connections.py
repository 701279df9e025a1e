"""Connections that keep to the deadline, and tell a failure to connect from one after something was sent.

urllib3 reports a TLS handshake that fails, or takes too long, exactly like a failure in the middle of an
answer. Here every way in which connecting can fail is a NewConnectionError, and nothing else is. Its
time-outs are for one address and for one read; here all of them together end at `deadlines.left`.
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

from monext_bridge.runtime import limit


class _Reader(io.RawIOBase):
    """What a socket receives; all of it within the deadline, and within its time-out from now on."""

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
    """Status line and headers can drip as well as a body."""

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
        return _connected(self._dns_host.strip("[]"), self.port, seconds=limit(self.timeout))


class _TlsConnection(_PlainConnection, HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        if self.ca_certs:
            self.ssl_context, self.ca_certs = _trusting(self.ca_certs), None
        return super()._new_conn()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class RemoteAdapter(HTTPAdapter):
    """The connections to one remote: at most `pool_size` are kept, more are opened while they are needed."""

    def __init__(self, *, pool_size: int) -> None:
        super().__init__(pool_connections=1, pool_maxsize=pool_size, pool_block=False)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _TlsPool}


_lock = Lock()
_contexts: dict[str, ssl.SSLContext] = {}


def _trusting(bundle: str) -> ssl.SSLContext:
    """What trusts the certificates of a file, read once: urllib3 reads it for each connection, which costs more than
    all else of it and, where many connect at once, holds up everybody.
    """
    with _lock:
        if bundle not in _contexts:
            context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
            context.load_verify_locations(bundle)
            _contexts[bundle] = context
        return _contexts[bundle]


def _connected(host: str, port: int, *, seconds: float) -> socket.socket:
    """Connected to the first address of a host that answers; each gets its share of the seconds.

    What is left of them is the socket's time-out, for a TLS handshake. Raises OSError.
    """
    end = time.monotonic() + seconds
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    refused: OSError = OSError("the host has no address")
    for index, (family, kind, protocol, _, address) in enumerate(addresses):
        share = (end - time.monotonic()) / (len(addresses) - index)
        if share <= 0:
            raise TimeoutError(f"no connection within {seconds:g} s")
        try:
            return _connect_to(socket.socket(family, kind, protocol), address, share=share, end=end)
        except OSError as error:
            refused = error
    raise refused


def _connect_to(sock: socket.socket, address: Any, *, share: float, end: float) -> socket.socket:
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(share)
        sock.connect(address)
        sock.settimeout(max(end - time.monotonic(), 0.01))
    except OSError:
        sock.close()
        raise
    return sock
