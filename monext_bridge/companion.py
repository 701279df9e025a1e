"""Keeps one command running beside a server: it starts with the server, again when it ends, and ends with the server.

A server that forks its workers can't watch over another kind of process itself. So a small process does,
which imports nothing of the bridge but its log. The small process ends with the server even where that is
killed, and so does its command.

    server ── keeper (this module, as a process) ── the command
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from threading import Event, Thread
from types import FrameType

from monext_bridge import logs
from monext_bridge.logs import event

log = logging.getLogger(__name__)

CHECKS_EVERY = 0.2
"""Seconds between two checks that the command, and the process that wants it, are still there."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until a command that ended is started again. The pause doubles each time, unless the command had
run for a while."""

STEADY = 300.0
"""Seconds after which a command counts as running, so that its next pause is the first one again."""

TO_STOP = 25.0
"""Seconds to finish what is under way, as many as the server's own requests have. Then the command is killed,
which its work must survive."""

WAITED_FOR = 2.0
"""Seconds for which a server that ends waits for its companion. A companion that takes longer goes on and
ends by itself."""


class Companion:
    """Starts and stops the keeper of a command, from the side of the server. Every method may be called again."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._keeper: subprocess.Popen[bytes] | None = None

    def ensure(self) -> None:
        """Starts the keeper where it does not run.

        What the command prints is dropped. Its log goes where the server's does.
        """
        if self._keeper is None or self._keeper.poll() is not None:
            self._keeper = subprocess.Popen(  # noqa: S603 a command that the server's configuration names
                [sys.executable, "-m", __name__, *self._command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    def stop(self) -> None:
        """Tells the keeper to end, and waits a moment for that."""
        if self._keeper is None:
            return
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            self._keeper.terminate()
            self._keeper.wait(WAITED_FOR)


def ends_with_parent(stop: Event) -> None:
    """Sets `stop` once the process that started this one is gone, however it ended."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent and not stop.wait(CHECKS_EVERY):
            pass
        stop.set()

    Thread(target=watch, name="parent", daemon=True).start()


def keep(command: Sequence[str], *, stop: Event) -> None:
    """Runs the command, and again when it ends, until `stop` is set; then ends it."""
    pause = FIRST_PAUSE
    while not stop.is_set():
        began = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 the same
        code = _wait_for_exit(process, stop=stop)
        if code is None:
            _end(process)
            return
        pause = FIRST_PAUSE if time.monotonic() - began >= STEADY else min(2 * pause, LONGEST_PAUSE)
        then = f"begun again in {pause:g} s"
        event(log, "companion_ended", level=logging.ERROR, code=code, then=then)
        stop.wait(pause)


def _wait_for_exit(process: subprocess.Popen[bytes], *, stop: Event) -> int | None:
    """Returns the exit code of a command that ended by itself, or None once `stop` is set."""
    while not stop.is_set():
        with suppress(subprocess.TimeoutExpired):
            return process.wait(CHECKS_EVERY)
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def main(command: Sequence[str]) -> None:
    logs.configure("INFO")
    stop = Event()

    def handle(_: int, __: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, handle)
    ends_with_parent(stop)
    keep(command, stop=stop)


if __name__ == "__main__":
    main(sys.argv[1:])
