"""Serves as gunicorn's gevent worker does, and lets a slow client hold nothing but its own connection.

Each connection is a greenlet, so whoever says nothing, or little at a time, costs some memory and holds up nobody.
gunicorn bounds the wait for a request's head alone (`keepalive`). Here the rest has an end as well: a body that
drips, an answer that nobody reads, a body that is not wanted, and idle connections of a worker that stops. No answer
says which software made it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import resource
import socket
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import gevent.socket
from gevent.monkey import get_original
from gunicorn.http import wsgi
from gunicorn.workers.ggevent import GeventWorker

from monext_bridge.logs import CONCERNS, event
from monext_bridge.runtime import SLOTS_PER_REMOTE
from monext_bridge.web import LARGEST_BODY

log = logging.getLogger(__name__)

UNWANTED_SECONDS = 2.0
"""Seconds for which a body that is too large is read after its answer, which the client would else lose."""

LAST_REQUESTS = 2.0
"""Seconds that a worker that stops gives to connections on which no whole head has come yet."""

CHECKS_EVERY = 0.2
"""Seconds between two looks at whether the worker stops, and at who still waits then."""

LATER = 100
"""Requests that a worker serves beyond its number while another one of this gunicorn ends for the same reason."""

REMOTES, OTHER_FILES = 4, 100
"""Hosts whose connections may all be open at once (commercetools, its tokens, Monext, Redis), and all other files."""

IPV4_IN_IPV6 = "::ffff:"


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


class PatientWorker(GeventWorker):  # type: ignore[misc]
    """Is gunicorn's gevent worker, with an end to everything that a client can delay.

    gunicorn calls `handle` with each connection, and `handle_request` with each request once its head is there.
    """

    head_seconds = 30.0
    """Seconds from the beginning of a connection until the head of its first request is there."""

    body_seconds = 10.0
    """Seconds from a request's head until its body is there."""

    answer_seconds = 45.0
    """Seconds from a request's head until its answer was taken. The body and the longest deadline are 29 of them."""

    sockets: list[Any]
    """Those on which the process listens."""

    retirement = tempfile.TemporaryFile()  # noqa: SIM115 it is open as long as this gunicorn runs
    """Is locked by the one worker that ends because it has served enough requests. The lock ends with its process."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: set[Any] = set()
        self._first_heads: dict[Any, Any] = {}
        self._requests: dict[Any, Any] = {}
        self._unread: set[Any] = set()

    def patch(self) -> None:
        """Give gevent the listening sockets. `gunicorn.conf.py` has patched the rest before the fork.

        gunicorn would patch `os`, `signal` and `subprocess` as well, which no worker uses.
        """
        self.sockets = [
            gevent.socket.socket(each.FAMILY, socket.SOCK_STREAM, fileno=each.sock.detach())
            for each in self.sockets
        ]

    def load_wsgi(self) -> None:
        super().load_wsgi()
        # gunicorn has no setting for its headers or its writes; it makes every answer by this name.
        wsgi.Response = PlainResponse
        self._app: WSGIApplication = self.app.wsgi()
        self.wsgi = self._answer

    def run(self) -> None:
        gevent.spawn(self._end_waiting)
        super().run()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        self._waiting.add(client)
        self._first_heads[client] = gevent.spawn_later(self.head_seconds, _shut_down, client, socket.SHUT_RD)
        try:
            super().handle(listener, client, (addr[0].removeprefix(IPV4_IN_IPV6), *addr[1:]))
        finally:
            self._waiting.discard(client)
            self._head_is_there(client)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        self._waiting.discard(sock)
        self._head_is_there(sock)
        self._retire_alone()
        self._requests[sock] = req
        try:
            with _cut_off(sock, after=self.answer_seconds):
                super().handle_request(listener_name, req, sock, addr)
        finally:
            del self._requests[sock]
            if sock in self._unread:
                self._unread.discard(sock)
                _read_unwanted(sock)
        self._waiting.add(sock)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the application begin once the request is whole. One that does not become so is answered with 408."""
        # What wraps the application may copy the environ, which gunicorn logs: only what is in it by now is shared.
        environ[CONCERNS] = {}
        length, body = int(environ.get("CONTENT_LENGTH") or 0), None
        if length > LARGEST_BODY:
            self._close_unread(environ)
            return self._app(environ, start_response)
        with gevent.Timeout(self.body_seconds, False):
            body = environ["wsgi.input"].read(LARGEST_BODY + 1)
        if body is None or len(body) < length:
            self._close_unread(environ)
            start_response("408 Request Timeout", [("Content-Length", "0")])
            return []
        if len(body) > LARGEST_BODY:
            self._close_unread(environ)
        environ["wsgi.input"] = BytesIO(body)
        return self._app(environ, start_response)

    def _head_is_there(self, sock: Any) -> None:
        end = self._first_heads.pop(sock, None)
        if end is not None:
            end.kill(block=False)

    def _close_unread(self, environ: WSGIEnvironment) -> None:
        """Let the answer say that the connection ends with it. gunicorn would read the whole body first."""
        sock = environ["gunicorn.socket"]
        self._requests[sock].force_close()
        self._unread.add(sock)

    def _retire_alone(self) -> None:
        """Put off the end of a worker that has served enough while another one ends, so that one is always there."""
        if self.nr + 1 < self.max_requests:
            return
        try:
            fcntl.lockf(self.retirement, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.max_requests += LATER

    def _end_waiting(self) -> None:
        """End the connections without a request once the worker stops. What has arrived by then is still served."""
        while self.alive:
            gevent.sleep(CHECKS_EVERY)
        gevent.sleep(LAST_REQUESTS)
        while True:
            for sock in tuple(self._waiting):
                _shut_down(sock, socket.SHUT_RD)
            gevent.sleep(CHECKS_EVERY)


@contextmanager
def _cut_off(sock: Any, *, after: float) -> Iterator[None]:
    """End the connection where what is inside lasts longer. Whoever waits at it then sees that the client is gone."""
    end = gevent.spawn_later(after, _shut_down, sock, socket.SHUT_RDWR)
    try:
        yield
    finally:
        end.kill(block=False)


def _shut_down(sock: Any, how: int) -> None:
    """Shut the connection down as its other side would. gevent's own way raises EBADF in whoever waits at it."""
    with suppress(OSError), get_original("socket", "socket")(fileno=os.dup(sock.fileno())) as connection:
        connection.shutdown(how)


def _read_unwanted(sock: Any) -> None:
    _shut_down(sock, socket.SHUT_WR)
    with suppress(OSError), gevent.Timeout(UNWANTED_SECONDS, False):
        while sock.recv(LARGEST_BODY):
            gevent.sleep(0)


def listening_address(port: int) -> str:
    """Return the address to bind: that of IPv6 where it takes IPv4 as well, as it does on most hosts."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            apart = probe.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
            probe.bind(("::", 0))
    except OSError:
        apart = True
    return f"0.0.0.0:{port}" if apart else f"[::]:{port}"


def allow_files(connections: int) -> None:
    """Raise the number of files that a process may open to what a worker needs; warn where the host allows fewer."""
    needed = connections + REMOTES * SLOTS_PER_REMOTE + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < needed:
        then = "a crowd is refused connections, and calls fail; raise the host's ulimit -n"
        event(log, "few_files", level=logging.WARNING, allowed=allowed, needed=needed, then=then)
