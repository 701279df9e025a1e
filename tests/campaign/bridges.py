"""Runs two bridges under gunicorn behind one address, and notes every request that the actors make."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from os import kill as send_signal
from pathlib import Path
from typing import Any, Protocol
from wsgiref.types import StartResponse, WSGIEnvironment

import requests
from werkzeug.wrappers import Request, Response

from sandbox.runner import Sandbox
from sandbox.serving import Server
from tests.bridges import Answer, Gunicorn

EVENTS_SECRET = "the-secret-of-the-subscription"
SECRET_KEY = "one-key-for-all-bridges-of-a-campaign"
WORKERS = 2
NOT_FORWARDED = frozenset({"host", "content-length", "connection"})

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request of an actor, with its start and end in monotonic seconds.

    `status` is None where the connection ended without an answer.
    """

    correlation: str
    bridge: int
    start: float
    end: float
    status: int | None


class BridgePair:
    """Two bridges that share the sandbox and `SECRET_KEY`. `PUBLIC_URL` of both is the address in front of them."""

    def __init__(self, sandbox: Sandbox, *, folder: Path, settings: Mapping[str, str]) -> None:
        self._front_server = Server(self._forward)
        self._turns = count()
        self.url = self._front_server.url
        self.exchanges: list[Exchange] = []
        self.downtimes: list[tuple[int, float, float]] = []
        own = {
            "SECRET_KEY": SECRET_KEY,
            "EVENTS_SECRET": EVENTS_SECRET,
            "PUBLIC_URL": self.url,
            "TRUSTED_PROXIES": "1",
        }
        self.bridges = tuple(
            Gunicorn(sandbox, log=folder / f"bridge-{name}.jsonl", workers=WORKERS, **own, **settings)
            for name in ("a", "b")
        )

    def __enter__(self) -> BridgePair:
        self._front_server.start()
        for bridge in self.bridges:
            bridge.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Kill both. Nothing is under way any more, so an orderly stop is not needed."""
        self._front_server.stop()
        for bridge in self.bridges:
            bridge.kill()

    def client(self, name: str) -> ActorClient:
        return ActorClient(self, name)

    def call(self, index: int, method: str, path: str, *, correlation: str, **options: Any) -> Answer | None:
        """Send a request to one bridge. None where the connection ended without an answer, as when it was killed."""
        start = time.monotonic()
        try:
            answer = self.bridges[index].call(method, path, **options)
        except requests.RequestException:
            answer = None
        status = answer.status if answer else None
        self.exchanges.append(Exchange(correlation, index, start, time.monotonic(), status))
        return answer

    def workers(self, index: int) -> list[int]:
        """Give the process ids of a bridge's workers; none while it is down."""
        return [pid for pid in _children(self.bridges[index].pid) if _is_alive(pid)]

    def kill_worker(self, index: int) -> None:
        """Kill one worker with SIGKILL; its master starts another."""
        pids = self.workers(index)
        if pids:
            now = time.monotonic()
            self.downtimes.append((index, now, now))
            with contextlib.suppress(ProcessLookupError):
                send_signal(pids[0], signal.SIGKILL)

    def kill_all(self, index: int, *, down: float) -> None:
        """Kill all processes of a bridge, and start it again after `down` seconds."""
        began = time.monotonic()
        self.bridges[index].kill()
        time.sleep(down)
        self.bridges[index].start()
        self.downtimes.append((index, began, time.monotonic()))

    def was_killed(self, index: int, *, start: float, end: float) -> bool:
        """Whether a process of the bridge was killed, or was not up again yet, between start and end."""
        return any(index == which and start <= up and end >= down for which, down, up in self.downtimes)

    def _forward(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Forward what Monext and commercetools send to the bridges in turn, without a second try."""
        request = Request(environ)
        bridge = self.bridges[next(self._turns) % len(self.bridges)]
        headers = {name: value for name, value in request.headers if name.lower() not in NOT_FORWARDED}
        try:
            answer = bridge.call(request.method, request.full_path, data=request.get_data(), headers=headers)
        except requests.RequestException as error:
            raise ConnectionAbortedError("the bridge behind this address is away") from error
        return Response(answer.text, answer.status)(environ, start_response)


@dataclass(frozen=True, slots=True)
class ActorClient:
    """Makes the calls of one actor, each with a correlation id that names the actor."""

    pair: BridgePair
    name: str
    _numbers: Any = field(default_factory=count)

    def call(self, bridge: int, method: str, path: str, **options: Any) -> Answer | None:
        correlation = f"{self.name}-{next(self._numbers)}"
        headers = {
            "X-Correlation-ID": correlation,
            "X-Forwarded-For": _address(self.name),
            **options.pop("headers", {}),
        }
        return self.pair.call(bridge % 2, method, path, correlation=correlation, headers=headers, **options)


class Actor(Protocol):
    """Takes part in the storm. `play` does all that the actor has to do, and then returns."""

    def play(self) -> None: ...


def _address(name: str) -> str:
    """Give each actor its own IP address, as buyers have."""
    number = sum(ord(letter) * 31**place for place, letter in enumerate(reversed(name))) % 2**24
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _is_alive(pid: int) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False
