"""Tells the present process by its number among those that count in the folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead

from monext_bridge.metrics_folder import ended_numbers, take_number
from monext_bridge.observed.catalogue import Together

KIBIBYTE = 1024

SPACE: Mapping[str, int] = {
    "counter": 384 * KIBIBYTE,
    "histogram": 256 * KIBIBYTE,
    **{f"gauge_{together.value}": 16 * KIBIBYTE for together in Together},
}
"""Bytes that a process takes for each of its files before it counts. The files are mapped into memory, and a process
that writes where its disk has no space any more would be killed."""


class Writer:
    """Knows the number of the present process. After a fork, the child takes another one at its first count."""

    def __init__(self, folder: Path) -> None:
        """Take a number. Raises OSError."""
        self._folder = folder
        self._claim()

    def __call__(self) -> str:
        """Return the number of this process, which no other that writes has. Raises OSError."""
        if os.getpid() != self._pid:
            self._claim()
        return str(self._number)

    def forget_ended(self) -> None:
        """Remove the live gauges of processes that have ended. Their counters stay. Raises OSError."""
        for number in ended_numbers(self._folder, own=int(self())):
            mark_process_dead(number, str(self._folder))  # type: ignore[no-untyped-call]

    def _claim(self) -> None:
        self._number, self._lock = take_number(self._folder)
        self._pid = os.getpid()
        mark_process_dead(self._number, str(self._folder))  # type: ignore[no-untyped-call]
        for kind, size in SPACE.items():
            with (self._folder / f"{kind}_{self._number}.db").open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, size)
