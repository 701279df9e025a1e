"""Finds the addresses of hosts and connects to them, and never waits for a nameserver longer than the caller may.

The system's look-up knows no time-out of ours: where the nameserver is silent, it lasts 10 to 30 seconds. So it is
made in a thread of its own, one for a host at a time, for which all callers wait as long as each of them can.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any

from monext_bridge.runtime.deadlines import limit

KEPT_FOR = 30.0
"""Seconds for which addresses are used without being looked up again. Hosts behind balancers move within minutes."""

PATIENCE = 1.0
"""Seconds to wait for new addresses of a host whose old ones are known. After that the old ones serve on."""

POSTPONED = 10.0
"""Seconds for which the old addresses serve on after a look-up that failed or came late."""

MOST_AT_ONCE = 8
"""Look-ups under way at most. Below gevent's pool of ten, so that one nameserver never takes all of it."""

Address = tuple[int, int, int, str, Any]
"""What `socket.getaddrinfo` says of one address: family, kind, protocol, canonical name, address."""

LookUp = Callable[[str, int], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class _Kept:
    addresses: tuple[Address, ...]
    until: float


class Addresses:
    """Keeps the addresses of hosts. Thread-safe. Tests hand in the look-up and the clock.

    A host whose look-up fails keeps the addresses that it had: a nameserver that is away stops no payment, and TLS
    proves who answers there.
    """

    def __init__(self, look_up: LookUp | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._look_up, self._clock = look_up or _ask_system, clock
        self._lock = Lock()
        self._kept: dict[tuple[str, int], _Kept] = {}
        self._under_way: dict[tuple[str, int], Future[tuple[Address, ...]]] = {}

    def find(self, host: str, port: int, *, seconds: float) -> tuple[Address, ...]:
        """Return the addresses, at least one, within the seconds and before the deadline. Raises OSError."""
        key = (host, port)
        with self._lock:
            kept = self._kept.get(key)
            if kept and self._clock() < kept.until:
                return kept.addresses
            flight = self._under_way.get(key) or self._begin(key)
        try:
            return flight.result(limit(min(seconds, PATIENCE) if kept else seconds))
        except OSError:
            if kept is None:
                raise
            self._postpone(key, kept)
            return kept.addresses

    def _begin(self, key: tuple[str, int]) -> Future[tuple[Address, ...]]:
        """Return a look-up that has begun. It has failed already where too many are under way."""
        flight: Future[tuple[Address, ...]] = Future()
        if len(self._under_way) >= MOST_AT_ONCE:
            flight.set_exception(OSError("too many names are being looked up"))
            return flight
        self._under_way[key] = flight
        Thread(target=self._fly, args=(key, flight), name="look-up", daemon=True).start()
        return flight

    def _fly(self, key: tuple[str, int], flight: Future[tuple[Address, ...]]) -> None:
        try:
            found = tuple(self._look_up(*key))
            if not found:
                raise OSError("the host has no address")
        except Exception as error:
            with self._lock:
                del self._under_way[key]
            flight.set_exception(error if isinstance(error, OSError) else OSError(str(error)))
            return
        with self._lock:
            del self._under_way[key]
            self._kept[key] = _Kept(found, until=self._clock() + KEPT_FOR)
        flight.set_result(found)

    def _postpone(self, key: tuple[str, int], kept: _Kept) -> None:
        """Let the old addresses serve on for a while, unless newer ones have come."""
        with self._lock:
            if self._kept.get(key) is kept:
                self._kept[key] = _Kept(kept.addresses, until=self._clock() + POSTPONED)


def _ask_system(host: str, port: int) -> Sequence[Any]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


_addresses = Addresses()
"""Those of this process."""


def connect(host: str, port: int, *, seconds: float, addresses: Addresses = _addresses) -> socket.socket:
    """Connect to the first address of a host that answers; each gets its share of the seconds.

    Looking up the name counts as well. What is left of the seconds becomes the socket's time-out, for a TLS
    handshake. Raises OSError.
    """
    end = time.monotonic() + seconds
    found = addresses.find(host, port, seconds=seconds)
    last_error: OSError = OSError("the host has no address")
    for index, (family, kind, protocol, _, address) in enumerate(found):
        share = (end - time.monotonic()) / (len(found) - index)
        if share <= 0:
            raise TimeoutError(f"no connection within {seconds:g} s")
        try:
            return _connect_to(socket.socket(family, kind, protocol), address, share=share, end=end)
        except OSError as error:
            last_error = error
    raise last_error


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
