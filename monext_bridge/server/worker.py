"""Serves as gunicorn's gevent worker does, and lets a slow client hold nothing but its own connection.

Each connection is a greenlet, so whoever says nothing, or little at a time, costs some memory and holds up nobody.
gunicorn bounds the wait for a request's head alone (`keepalive`). Here the rest has an end as well: a body that
drips, an answer that nobody reads, a body that is not wanted, and idle connections of a worker that stops. No answer
says which software made it.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import BytesIO
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import gevent.socket
from gevent.monkey import get_original
from gunicorn.http import wsgi
from gunicorn.http.errors import LimitRequestHeaders
from gunicorn.workers.ggevent import GeventWorker

from monext_bridge.concerns import CONCERNS
from monext_bridge.server.accepting import Acceptor, measure_rounds
from monext_bridge.server.answers import PlainResponse
from monext_bridge.server.bodies import BegunBody
from monext_bridge.server.places import Places
from monext_bridge.server.succession import Succession
from monext_bridge.web import LARGEST_BODY

LARGEST_HEAD = 32 * 1024
"""Characters of all headers of a request together, which is what proxies allow as well (nginx: four of 8 KB)."""

UNWANTED_SECONDS = 2.0
"""Seconds for which a body that is too large is read after its answer, which the client would else lose."""

LAST_REQUESTS = 2.0
"""Seconds that a worker that stops gives to connections on which no whole head has come yet."""

CHECKS_EVERY = 0.1
"""Seconds between two looks at whether the worker stops, and at who still waits then."""

LATER = 100
"""Requests that a worker serves beyond its number while another one of this gunicorn ends for the same reason."""

IPV4_IN_IPV6 = "::ffff:"


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

    succession = Succession()
    """That of all workers of this gunicorn."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places: Places = Places(self.worker_connections, end=_end_reading)
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
        """Serve until gunicorn says to stop, and then finish what has begun, for as long as it allows.

        gunicorn's own loop looks once a second, before and after it stops.
        """
        self.succession.begin()
        measure_rounds()
        acceptors = [
            Acceptor(each, handle=partial(self.handle, each), connections=self.worker_connections)
            for each in self.sockets
        ]
        for each in acceptors:
            each.start()
        while self.alive:
            self.notify()
            gevent.sleep(CHECKS_EVERY)
        for each in acceptors:
            each.close()
        self._finish(acceptors)

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        self._places.enter(client)
        self._first_heads[client] = gevent.spawn_later(self.head_seconds, _end_reading, client)
        try:
            super().handle(listener, client, (addr[0].removeprefix(IPV4_IN_IPV6), *addr[1:]))
        finally:
            self._places.leave(client)
            self._head_is_there(client)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> None:
        if sum(len(name) + len(value) for name, value in req.headers) > LARGEST_HEAD:
            raise LimitRequestHeaders("the headers are too large together")  # gunicorn answers 431
        self._places.waits_for_body(sock)
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
                self._places.waits_for_body(sock)
                _read_unwanted(sock)
        self._places.rests(sock)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let the application begin once the request is whole. One that does not become so is answered with 408."""
        # What wraps the application may copy the environ, which gunicorn logs: only what is in it by now is shared.
        environ[CONCERNS] = {}
        length, body = int(environ.get("CONTENT_LENGTH") or 0), None
        if length <= LARGEST_BODY:
            with gevent.Timeout(self.body_seconds, False):
                body = environ["wsgi.input"].read(LARGEST_BODY + 1)
        self._places.serves(environ["gunicorn.socket"])
        if length > LARGEST_BODY:
            self._close_unread(environ)
            return self._app(environ, start_response)
        if body is None or len(body) < length:
            self._close_unread(environ)
            start_response("408 Request Timeout", [("Content-Length", "0")])
            return []
        if len(body) > LARGEST_BODY:
            self._close_unread(environ)
            # Some addresses allow more; the others refuse what is more than this.
            environ["wsgi.input"] = BegunBody(body, environ["wsgi.input"])
        else:
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
        """Put off the end of a worker that has served enough while another one is replaced for the same reason."""
        if (
            self.nr + 1 >= self.max_requests
            and self.alive
            and not self.succession.may_retire(self.cfg.workers)
        ):
            self.max_requests += LATER

    def _finish(self, acceptors: list[Acceptor]) -> None:
        """Serve what has arrived by now, and end the connections on which no whole head has come."""
        began = time.monotonic()
        while not all(each.is_idle for each in acceptors):
            gone = time.monotonic() - began
            if gone > self.cfg.graceful_timeout:
                self.log.warning("Worker graceful timeout (pid:%s)", self.pid)
                for each in acceptors:
                    each.stop(timeout=1)
                return
            if gone > LAST_REQUESTS:
                for sock in self._places.without_head():
                    _end_reading(sock)
            self.notify()
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


def _end_reading(sock: Any) -> None:
    """Let nothing more be read than has come by now. A whole request among it is answered, and is the last one."""
    _shut_down(sock, socket.SHUT_RD)


def _read_unwanted(sock: Any) -> None:
    _shut_down(sock, socket.SHUT_WR)
    with suppress(OSError), gevent.Timeout(UNWANTED_SECONDS, False):
        while sock.recv(LARGEST_BODY):
            gevent.sleep(0)
