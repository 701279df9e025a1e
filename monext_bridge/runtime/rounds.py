"""Tells how busy the process is, by how long whoever becomes ready has to wait for its turn.

The server writes it after each round of its event loop. In commands and in workers of the queue, which run on
threads, nobody does, and nothing is ever crowded.
"""

from __future__ import annotations

LONGEST_ROUND = 0.05
"""Seconds that a round may take before what has not begun waits. Some thirty requests that compute take as long."""


class Rounds:
    """Holds how long the last round of an event loop was computing, in seconds."""

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last = 0.0

    def are_long(self) -> bool:
        """Tells whether one more request would only make those that have begun slower."""
        return self.last > LONGEST_ROUND


ROUNDS = Rounds()
"""Those of this process."""
