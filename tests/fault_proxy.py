"""Stands as a proxy before a remote and, when told to, fails as networks and dying hosts do."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from typing import Self
from urllib.parse import urlsplit

HOST = "127.0.0.1"
SECONDS_BETWEEN_DRIPS = 0.1
ACCEPT_TIMEOUT = 0.02
FULL_BACKLOG, NO_BACKLOG = 128, 0
"""How many connections may wait to be accepted. With none, a few connection attempts already fill the queue."""

ATTEMPTS_THAT_FILL_THE_QUEUE = 4


class ProxyMode(Enum):
    """What the proxy does with connections, and with what is sent on them."""

    FORWARDING = "what comes goes through"
    SILENT = "connections are accepted, and nothing is ever said on them; on the old ones neither"
    DRIPPING = "an answer begins and never ends: one byte of a header after the other"
    UNREACHABLE = "connections are not even accepted, and those that were open break"


class FaultProxy:
    """A proxy before one remote, as a context manager. Who shall go through it connects to `url`.

    `set_mode` may be called at any time.
    """

    def __init__(self, url: str) -> None:
        self._remote_address = (urlsplit(url).hostname or HOST, urlsplit(url).port or 80)
        self._mode = ProxyMode.FORWARDING
        self._lock, self._accepting = threading.Lock(), threading.Lock()
        self._connections: set[socket.socket] = set()
        self._queue_fillers: list[socket.socket] = []
        self._ended, self._listens = threading.Event(), threading.Event()
        self._server = socket.create_server((HOST, 0), backlog=FULL_BACKLOG)
        self._server.settimeout(ACCEPT_TIMEOUT)
        self.port = int(self._server.getsockname()[1])
        self.url = f"http://{HOST}:{self.port}"
        self._thread = threading.Thread(target=self._accept, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._listens.set()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.set_mode(ProxyMode.FORWARDING)
        self._ended.set()
        self._thread.join()
        self._server.close()

    def set_mode(self, mode: ProxyMode) -> None:
        """Change the mode from now on, also for connections that are open already."""
        was, self._mode = self._mode, mode
        if mode is ProxyMode.UNREACHABLE:
            self._listens.clear()
            with self._accepting:
                self._server.listen(NO_BACKLOG)
            self._queue_fillers = [
                _connection_attempt(self.port) for _ in range(ATTEMPTS_THAT_FILL_THE_QUEUE)
            ]
        else:
            for attempt in self._queue_fillers:
                attempt.close()
            self._server.listen(FULL_BACKLOG)
            self._listens.set()
        if ProxyMode.UNREACHABLE in (mode, was) or mode is ProxyMode.FORWARDING:
            self._break_connections()

    def _break_connections(self) -> None:
        with self._lock:
            for connection in self._connections:
                _shut(connection)

    def _accept(self) -> None:
        while not self._ended.is_set():
            self._listens.wait()
            with self._accepting, suppress(TimeoutError):
                if not self._listens.is_set():
                    continue
                connection, _ = self._server.accept()
                connection.setblocking(True)
                threading.Thread(target=self._forward_requests, args=(connection,), daemon=True).start()

    def _forward_requests(self, caller: socket.socket) -> None:
        """Forward what a client sends to the remote, as long as the mode is FORWARDING."""
        with (
            self._tracked(caller),
            suppress(OSError),
            self._tracked(socket.create_connection(self._remote_address)) as remote,
        ):
            threading.Thread(target=self._forward_answers, args=(remote, caller), daemon=True).start()
            while data := caller.recv(65536):
                if self._mode is ProxyMode.FORWARDING:
                    remote.sendall(data)
                elif self._mode is ProxyMode.DRIPPING:
                    self._drip(caller)

    def _forward_answers(self, remote: socket.socket, caller: socket.socket) -> None:
        with suppress(OSError):
            while data := remote.recv(65536):
                caller.sendall(data)
        _shut(caller)

    def _drip(self, caller: socket.socket) -> None:
        caller.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while self._mode is ProxyMode.DRIPPING:
            caller.sendall(b"x")
            time.sleep(SECONDS_BETWEEN_DRIPS)

    @contextmanager
    def _tracked(self, connection: socket.socket) -> Iterator[socket.socket]:
        """Remember the connection, so that it can be broken, and close it at the end."""
        with self._lock:
            self._connections.add(connection)
        try:
            yield connection
        finally:
            with self._lock:
                self._connections.discard(connection)
            _shut(connection)
            connection.close()


def _connection_attempt(port: int) -> socket.socket:
    attempt = socket.socket()
    attempt.setblocking(False)
    attempt.connect_ex((HOST, port))
    return attempt


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
