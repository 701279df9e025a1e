"""Chooses the folder in which the processes of one machine count together, and who writes which files there.

prometheus-client decides at its import how a process counts: in files of the folder that `PROMETHEUS_MULTIPROC_DIR`
names, or else in its own memory, where no other process sees it. So this module imports nothing of it.
https://prometheus.github.io/client_python/multiprocess/

Each process that writes has a number. Named after process ids, the files would grow in number with each worker that
is replaced, and with them the time of a scrape. A number is held by a lock, which ends with its process, however that
ends. Whoever takes a number over goes on with the counters that are there, so none is lost or runs backwards.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import IO

from monext_bridge.logs import event

log = logging.getLogger(__name__)

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "monext-bridge-metrics-"
LOCK = ".lock"

_prepared_by: set[int] = set()
"""The process that has prepared the folder; gunicorn reads its configuration again at each reload."""


def use_metrics_folder() -> None:
    """Let this server and the processes that it starts count in one folder: the one that is named, else a new one.

    What ended processes have left in one that is named is removed. A folder that another server made for itself is
    not used, since it goes away with that one. Where no folder can be had, each process counts for itself, which is
    logged. May be repeated.
    """
    if os.getpid() in _prepared_by:
        return
    _prepared_by.add(os.getpid())
    named = os.environ.get(VARIABLE)
    try:
        if named and not Path(named).name.startswith(PREFIX):
            Path(named).mkdir(parents=True, exist_ok=True)
            _wipe(Path(named))
        else:
            os.environ[VARIABLE] = tempfile.mkdtemp(prefix=_own_prefix())
    except OSError as error:
        os.environ.pop(VARIABLE, None)
        then = "each process counts for itself: /metrics tells of one of them at a time"
        event(log, "metrics_folder_refused", level=logging.WARNING, why=type(error).__name__, then=then)


def remove_metrics_folder() -> None:
    """Remove the folder where this server made it. One that was named stays, since others may count in it."""
    folder = Path(os.environ.get(VARIABLE, ""))
    if folder.name.startswith(_own_prefix()):
        shutil.rmtree(folder, ignore_errors=True)


def take_number(folder: Path) -> tuple[int, IO[bytes]]:
    """Return the lowest number that no process has, and its lock, which must stay open. Raises OSError."""
    for number in count():
        lock = _locked(folder / f"{number}{LOCK}")
        if lock is not None:
            return number, lock
    raise AssertionError("numbers do not end")


def ended_numbers(folder: Path, *, own: int | None) -> Iterator[int]:
    """Yield the numbers whose process has ended; each is held meanwhile. Raises OSError.

    `own` is not tried: closing its file a second time would give up its lock.
    """
    for path in folder.glob(f"*{LOCK}"):
        if not path.stem.isdecimal() or int(path.stem) == own:
            continue
        lock = _locked(path)
        if lock is not None:
            with lock:
                yield int(path.stem)


def _wipe(folder: Path) -> None:
    for number in ended_numbers(folder, own=None):
        for path in folder.glob(f"*_{number}.db"):
            path.unlink(missing_ok=True)


def _locked(path: Path) -> IO[bytes] | None:
    """Return the open file with its lock, or None where another process has it."""
    file = path.open("ab")
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _own_prefix() -> str:
    return f"{PREFIX}{os.getpid()}-"
