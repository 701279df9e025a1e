"""Holds which connections of a worker are there for no request, so that a new one always gets a place.

A worker has a number of places. Whoever has not sent a whole request costs nothing but his, so he keeps it as long as
places are not scarce. Then connections are ended until some are free: idle ones first, then those on which a request
is half sent, each the oldest first. A request that is whole is never cut.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from itertools import islice
from typing import Any

SPARE = 10
"""One place of so many is kept free for connections that come at the same instant."""


class Phase(Enum):
    """Says what a connection is there for."""

    HEAD = auto()
    """Its first request has begun, or not even that."""

    BODY = auto()
    """The head of a request is there and its body is not, or the answer went out before the body came."""

    REQUEST = auto()
    """A whole request is answered."""

    IDLE = auto()
    """Its request was answered. It may send another one."""


class Places:
    """Is a worker's. `end` has a connection end soon, and its handler leave; it may be called again for one.

    A connection is whatever its handler knows it by.
    """

    def __init__(self, number: int, *, end: Callable[[Any], None]) -> None:
        self._number = number
        self._spare = max(1, number // SPARE)
        self._end = end
        self._phases: dict[Any, Phase] = {}
        # What is put into a dict again goes to its end, so both begin with their oldest.
        self._idle: dict[Any, None] = {}
        self._half_sent: dict[Any, None] = {}
        self._ending: set[Any] = set()

    def enter(self, connection: Any) -> None:
        """Notes a new connection, and ends others where few places are left."""
        self._phases[connection] = Phase.HEAD
        self._half_sent[connection] = None
        self._make_room(self._spare)

    def waits_for_body(self, connection: Any) -> None:
        self._put(connection, Phase.BODY)
        self._half_sent[connection] = None
        self._make_room(1)

    def serves(self, connection: Any) -> None:
        self._put(connection, Phase.REQUEST)
        # It had sent a whole request before it was to end, and keeps its place until that is answered.
        self._ending.discard(connection)

    def rests(self, connection: Any) -> None:
        self._put(connection, Phase.IDLE)
        self._idle[connection] = None
        self._make_room(1)

    def leave(self, connection: Any) -> None:
        self._phases.pop(connection, None)
        self._take_out(connection)
        self._ending.discard(connection)

    def without_head(self) -> list[Any]:
        """Returns those on which no whole head of a request has come."""
        return [each for each, phase in self._phases.items() if phase in (Phase.HEAD, Phase.IDLE)]

    def _put(self, connection: Any, phase: Phase) -> None:
        self._phases[connection] = phase
        self._take_out(connection)

    def _take_out(self, connection: Any) -> None:
        self._idle.pop(connection, None)
        self._half_sent.pop(connection, None)

    def _make_room(self, wanted: int) -> None:
        """Ends as many connections as are missing for so many free places, those that end already counted."""
        missing = wanted - (self._number - len(self._phases) + len(self._ending))
        if missing <= 0:
            return
        # The youngest of those that have sent a half are those who come now, and will have sent all in a moment.
        too_many = max(0, len(self._half_sent) - self._spare)
        ended = [*islice(self._idle, missing), *islice(self._half_sent, min(missing, too_many))][:missing]
        for connection in ended:
            self._take_out(connection)
            self._ending.add(connection)
            self._end(connection)
