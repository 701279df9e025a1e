"""Accepts connections: one at a time while there is time, so that idle workers share, and all that wait where not.

gunicorn lets a gevent worker accept one connection in each round of the event loop. A round of a busy worker takes a
tenth of a second, so of a crowd some would wait for many seconds, and `/health` with them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from gevent import get_hub
from gevent.pool import Pool
from gevent.server import StreamServer

from monext_bridge.runtime import ROUNDS

UNHURRIED, HURRIED = 1, 100
"""Connections that are accepted in a round: where it follows a short one, and where it follows a long one."""

SHORT_ROUND = 0.005
"""Seconds of a round in which about one request is computing."""


class Acceptor(StreamServer):  # type: ignore[misc]
    """Is gevent's server of one listening socket, with a handler for each connection."""

    def __init__(self, listener: Any, *, handle: Callable[[Any, Any], None], connections: int) -> None:
        super().__init__(listener, handle=handle, spawn=Pool(connections))

    @property
    def max_accept(self) -> int:
        """gevent asks for it in each round in which connections wait."""
        return HURRIED if ROUNDS.last > SHORT_ROUND else UNHURRIED

    @property
    def is_idle(self) -> bool:
        """Tells whether it has no connection."""
        return bool(self.pool.free_count() == self.pool.size)


def measure_rounds() -> None:
    """Has the event loop of this process tell how long each of its rounds is computing."""
    loop, began = get_hub().loop, time.monotonic()

    def begin() -> None:
        nonlocal began
        began = time.monotonic()

    def end() -> None:
        ROUNDS.last = time.monotonic() - began

    after_poll, before_poll = loop.check(), loop.prepare()
    # Before all else that a round does, and after it.
    after_poll.priority, before_poll.priority = loop.MAXPRI, loop.MINPRI
    after_poll.start(begin)
    before_poll.start(end)
