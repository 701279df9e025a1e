"""Serves remotes to the gateways over real HTTP: a server with scripted answers and faults, and bare sockets."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from monext_bridge.gateways.http.client import HttpClient, Timeouts
from monext_bridge.runtime.deadlines import LEAST
from sandbox.faults import Call, Faults, faulty, parse_rule
from sandbox.serving import Server
from tests.manual_clock import ManualClock

AMPLE_TIMEOUTS = Timeouts(connect=30.0, read=30.0)
"""For a remote that answers. However slow the machine is, no time-out comes first."""

SHORT_TIMEOUTS = Timeouts(connect=30.0, read=0.2)
"""For a remote that accepts the call and never answers, so that only the time-out ends the call."""

SOON = LEAST + 1.0
"""Seconds until a deadline: much longer than it takes to begin a call, also on a slow machine."""

FOREVER = 600.0
"""Seconds for which a remote hangs: longer than any test. The end of the test sets the remote free."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived; `target` is path and query as they were on the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Remote:
    """A server that answers what `reply` says, by default 200 `{}`, and remembers what it was asked."""

    faults: Faults = field(default_factory=Faults)
    requests: list[Request] = field(default_factory=list)
    reply: Callable[[Request], tuple[int, Any]] = lambda _: (200, {})
    url: str = ""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = _request(environ)
        self.requests.append(request)
        status, body = self.reply(request)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = [("Content-Type", "application/json"), ("Set-Cookie", "sticky=1")]
        start_response(f"{status} X", [*headers, ("Location", "/elsewhere")])
        return [content]

    def add_fault(self, action: str, **rule: object) -> None:
        """Let the next call (or `times` of them) meet a fault; see `sandbox.faults.rules`."""
        self.faults.add(parse_rule({"action": action, **rule}))

    def calls(self) -> tuple[Call, ...]:
        """All calls that came in, also those that met a fault."""
        return self.faults.journal.calls()


@contextmanager
def serving(remote: Remote) -> Iterator[Remote]:
    """Serve the remote inside the `with` block; its `url` is set."""
    server = Server(faulty(remote, remote.faults))
    server.start()
    remote.url = server.url
    try:
        yield remote
    finally:
        remote.faults.clear()
        server.stop()


class RecordedSleeps:
    """Replaces `time.sleep`: it remembers the seconds, and does not wait."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def client(url: str, *, timeouts: Timeouts = AMPLE_TIMEOUTS, **options: Any) -> HttpClient:
    """Make a client for which no time passes between attempts, and whose jitter is always the middle."""
    still: dict[str, Any] = {"clock": ManualClock(), "sleep": RecordedSleeps()}
    defaults: dict[str, Any] = {"remote": "commercetools", "jitter": lambda: 0.5, **still}
    return HttpClient(base_url=url, timeouts=timeouts, **(defaults | options))


def free_port() -> int:
    with socket.socket() as probing:
        probing.bind(("127.0.0.1", 0))
        return int(probing.getsockname()[1])


@contextmanager
def listening(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run a bare TCP server and give its port. `handle` gets each connection, which is closed afterwards."""
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_accept, args=(server, handle, connections), daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        for each in (server, *connections):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        thread.join(2)


def _accept(
    server: socket.socket, handle: Callable[[socket.socket], None], connections: list[socket.socket]
) -> None:
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            connections.append(connection)
            with connection, suppress(OSError):
                handle(connection)


def _request(environ: WSGIEnvironment) -> Request:
    headers = {k[5:].replace("_", "-").lower(): v for k, v in environ.items() if k.startswith("HTTP_")}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    body = environ["wsgi.input"].read()
    return Request(environ["REQUEST_METHOD"], environ["REQUEST_URI"], headers, body)
