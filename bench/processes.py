"""Reads from /proc what a bridge's processes have used."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Used:
    """What processes have used since they began. `switches` are of the threads that live now."""

    cpu_seconds: float
    switches: int
    pids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident and proportional set size of one process, in megabytes."""

    rss: float
    pss: float


def children(pid: int) -> list[int]:
    """Gives the living children of a process."""
    with suppress(OSError):
        return [int(each) for each in (PROC / f"{pid}/task/{pid}/children").read_text().split()]
    return []


def used_by(master: int) -> Used:
    """Gives what a process and its children have used, with those of them that have ended and were waited for."""
    alive = [master, *children(master)]
    seconds = sum(_cpu(pid, with_ended=pid == master) for pid in alive)
    return Used(seconds, sum(map(_switches, alive)), frozenset(alive))


def memory(pid: int) -> Memory | None:
    """Gives the memory of one process; None where it has ended."""
    with suppress(OSError):
        text = (PROC / f"{pid}/smaps_rollup").read_text()
        return Memory(rss=_megabytes("Rss", text), pss=_megabytes("Pss", text))
    return None


def _megabytes(name: str, text: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def _cpu(pid: int, *, with_ended: bool) -> float:
    """Gives user and system seconds; proc(5) has the places, of which the second may hold blanks."""
    with suppress(OSError):
        fields = (PROC / f"{pid}/stat").read_text().rpartition(")")[2].split()
        ticks = [int(each) for each in fields[11:15]]
        return sum(ticks if with_ended else ticks[:2]) / _TICKS
    return 0.0


def _switches(pid: int) -> int:
    total = 0
    for thread in _threads(pid):
        with suppress(OSError):
            found = re.findall(r"ctxt_switches:\s+(\d+)", (thread / "status").read_text())
            total += sum(int(each) for each in found)
    return total


def _threads(pid: int) -> Sequence[Path]:
    with suppress(OSError):
        return list((PROC / f"{pid}/task").iterdir())
    return []
