"""Holds connections to a server as slow clients do, in every way that costs a server with a thread for each of them.

`python -m tests.slow_clients PORT NUMBER SECONDS` holds so many of them.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import cycle, islice

SECONDS_BETWEEN_DRIPS = 0.2

HOST = "Host: localhost\r\n"
LENGTH = "Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n"

BEGINNINGS = (
    "",
    f"GET /checkout/1 HTTP/1.1\r\n{HOST}",
    f"GET /health HTTP/1.1\r\n{HOST}X-Drip: ",
    f"POST /payment HTTP/1.1\r\n{HOST}{LENGTH}",
    f"GET /health HTTP/1.1\r\n{HOST}{LENGTH}",
    f"POST /nowhere HTTP/1.1\r\n{HOST}{LENGTH.replace('60000', '60000000')}",
)
"""What each kind of client sends at once: nothing, half a head, a head that drips on, bodies that drip on at a view,
at the health check and after an early answer."""

DRIP_FROM = 2
"""The kinds before it say no more."""


@contextmanager
def slow_clients(port: int, *, number: int) -> Iterator[None]:
    """Keep so many slow clients connected, as many of each kind; those whose connection ends come again."""
    ended = threading.Event()
    thread = threading.Thread(target=_drip, args=(port, number, ended), name="slow", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _drip(port: int, number: int, ended: threading.Event) -> None:
    clients = [(kind, _begin(port, kind)) for kind in islice(cycle(range(len(BEGINNINGS))), number)]
    while not ended.wait(SECONDS_BETWEEN_DRIPS):
        clients = [(kind, _go_on(port, kind, sock)) for kind, sock in clients]
    for _, sock in clients:
        sock.close()


def _begin(port: int, kind: int) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", port), timeout=5)
    sock.sendall(BEGINNINGS[kind].encode())
    sock.setblocking(False)
    return sock


def _go_on(port: int, kind: int, sock: socket.socket) -> socket.socket:
    try:
        with suppress(BlockingIOError):
            while sock.recv(65536):
                pass
            raise ConnectionResetError("the server has ended it")
        if kind >= DRIP_FROM:
            sock.send(b"1")
    except OSError:
        sock.close()
        return _begin(port, kind)
    return sock


if __name__ == "__main__":
    with slow_clients(int(sys.argv[1]), number=int(sys.argv[2])):
        time.sleep(float(sys.argv[3]))
