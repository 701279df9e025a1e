"""A gate before a remote: connections go through it, until it does to them what networks and dying hosts do."""

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
DRIP_EVERY = 0.1
ACCEPTS_FOR = 0.02
LONG, NONE = 128, 0
"""How many connections wait to be accepted; with none, a few that do fill the queue."""

ENOUGH_TO_FILL_NONE = 4


class Mood(Enum):
    OPEN = "what comes goes through"
    SILENT = "connections are accepted, and nothing is ever said on them; on the old ones neither"
    DRIPPING = "an answer begins and never ends: one byte of a header after the other"
    DEAF = "connections are not even accepted, and those that were open break"


class Gate:
    """A context manager; `behave` may be called at any time. `url` is for whoever is to go through it."""

    def __init__(self, url: str) -> None:
        self._behind = (urlsplit(url).hostname or HOST, urlsplit(url).port or 80)
        self._mood = Mood.OPEN
        self._lock, self._accepting = threading.Lock(), threading.Lock()
        self._open: set[socket.socket] = set()
        self._in_the_way: list[socket.socket] = []
        self._ended, self._listens = threading.Event(), threading.Event()
        self._server = socket.create_server((HOST, 0), backlog=LONG)
        self._server.settimeout(ACCEPTS_FOR)
        self.port = int(self._server.getsockname()[1])
        self.url = f"http://{HOST}:{self.port}"
        self._thread = threading.Thread(target=self._accept, name="gate", daemon=True)

    def __enter__(self) -> Self:
        self._listens.set()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.behave(Mood.OPEN)
        self._ended.set()
        self._thread.join()
        self._server.close()

    def behave(self, mood: Mood) -> None:
        """From now on, for connections that are open as well."""
        was, self._mood = self._mood, mood
        if mood is Mood.DEAF:
            self._listens.clear()
            with self._accepting:
                self._server.listen(NONE)
            self._in_the_way = [_knocking(self.port) for _ in range(ENOUGH_TO_FILL_NONE)]
        else:
            for knocking in self._in_the_way:
                knocking.close()
            self._server.listen(LONG)
            self._listens.set()
        if Mood.DEAF in (mood, was) or mood is Mood.OPEN:
            self._break_all()

    def _break_all(self) -> None:
        with self._lock:
            for connection in self._open:
                _shut(connection)

    def _accept(self) -> None:
        while not self._ended.is_set():
            self._listens.wait()
            with self._accepting, suppress(TimeoutError):
                if not self._listens.is_set():
                    continue
                connection, _ = self._server.accept()
                connection.setblocking(True)
                threading.Thread(target=self._forth, args=(connection,), daemon=True).start()

    def _forth(self, caller: socket.socket) -> None:
        """What a caller says goes to the remote, as long as the gate is open."""
        with (
            self._known(caller),
            suppress(OSError),
            self._known(socket.create_connection(self._behind)) as remote,
        ):
            threading.Thread(target=self._back, args=(remote, caller), daemon=True).start()
            while said := caller.recv(65536):
                if self._mood is Mood.OPEN:
                    remote.sendall(said)
                elif self._mood is Mood.DRIPPING:
                    self._drip(caller)

    def _back(self, remote: socket.socket, caller: socket.socket) -> None:
        with suppress(OSError):
            while said := remote.recv(65536):
                caller.sendall(said)
        _shut(caller)

    def _drip(self, caller: socket.socket) -> None:
        caller.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while self._mood is Mood.DRIPPING:
            caller.sendall(b"x")
            time.sleep(DRIP_EVERY)

    @contextmanager
    def _known(self, connection: socket.socket) -> Iterator[socket.socket]:
        """Among those that can be broken, and closed at the end."""
        with self._lock:
            self._open.add(connection)
        try:
            yield connection
        finally:
            with self._lock:
                self._open.discard(connection)
            _shut(connection)
            connection.close()


def _knocking(port: int) -> socket.socket:
    knocking = socket.socket()
    knocking.setblocking(False)
    knocking.connect_ex((HOST, port))
    return knocking


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
