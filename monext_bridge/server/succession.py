"""Lets one worker after the other end because it has served enough, so that there is always one that serves.

gunicorn replaces a worker that ends some seconds later, and knows no order in which they do.
"""

from __future__ import annotations

import fcntl
import os
import tempfile

BEGUN, RETIRED = b"b", b"r"


class Succession:
    """Holds which workers of one gunicorn have begun and retired, in a file that all of them have open.

    Make it before the workers are forked. Each event is a byte at the end of the file.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("a+b", buffering=0)  # noqa: SIM115 it is open as long as this gunicorn runs

    def begin(self) -> None:
        """Notes a worker that serves from now on."""
        self._file.write(BEGUN)

    def may_retire(self, workers: int) -> bool:
        """Tells whether all `workers` are there, and if so notes that one of them retires."""
        file = self._file.fileno()
        fcntl.lockf(file, fcntl.LOCK_EX)
        try:
            events = os.pread(file, os.fstat(file).st_size, 0)
            if events.count(BEGUN) < workers + events.count(RETIRED):
                return False
            self._file.write(RETIRED)
            return True
        finally:
            fcntl.lockf(file, fcntl.LOCK_UN)
