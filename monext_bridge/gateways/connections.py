"""Connections that tell a failure to connect from a failure after the request may have left.

urllib3 reports a TLS handshake that fails, or takes too long, exactly like a failure in the middle of an
answer. Here every way in which connecting can fail is a NewConnectionError, and nothing else is.
"""

from __future__ import annotations

from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError


class _PlainConnection(HTTPConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError) as error:
            self.close()
            raise NewConnectionError(self, type(error).__name__) from error


class _TlsConnection(HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError) as error:
            self.close()
            raise NewConnectionError(self, type(error).__name__) from error


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
