"""Names the two clocks that a process asks: its machine's, and that of the records, which all machines share."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

MachineClock = Callable[[], datetime]
"""The machine's own clock. The expiry of links, references, tokens and envelopes goes by it, and by nothing else."""


class RecordClock(Protocol):
    """The clock of the records. It can't be called, so that the types keep it apart from a `MachineClock`.

    A record is written by one machine and read by another. So what is written into it, and how old what stands in
    it is, goes by a time that both have from the same place.
    """

    @property
    def is_known(self) -> bool:
        """Tell whether the time of the records is known yet."""
        ...

    def stamp(self) -> datetime:
        """Return the moment that is written into a record now. Before the time is known, it is the machine's."""
        ...

    def now(self) -> datetime:
        """Return the moment by which records are old or not.

        Before the time is known, it is a moment before all records, so that nothing counts as too old.
        """
        ...


def seconds_with_suspend() -> float:
    """Return seconds that no change of the machine's clock moves. On Linux, those that it slept count."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def utc_now() -> datetime:
    """Return the present moment by the machine's clock."""
    return datetime.now(UTC)
