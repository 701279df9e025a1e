"""Measures one bridge: windows of load, the calls of each scenario, start and stop, memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.processes import children, memory, used_by
from bench.sites import Bridge, Helper, Remotes, free_port
from bench.teaching import Teacher, bridge_environment

CHAIN = ("start", "reload", "return", "notification", "again", "refund")
"""The scenarios in the order in which they are sent: the first makes the flows of all others."""

Span = tuple[float, float]
"""When something began and ended, in seconds of the machine's monotonic clock, which all processes share."""

_PROBE_DELAY_MS = 20
_PROBE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Window:
    """What one scenario cost at one number of senders. Milliseconds of CPU are a request, of all processes of a name.

    `switches` is None where a worker ended meanwhile: then some were not seen.
    """

    scenario: str
    at_once: int
    requests: int
    seconds: float
    milliseconds: tuple[float, ...]
    errors: Mapping[str, int]
    cpu_ms: float
    remotes_cpu_ms: float
    load_cpu_ms: float
    switches: float | None
    calls: float
    oddities: Mapping[str, int]

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Calls:
    """What one request of a scenario asks of the remotes; calls at the same time are one hop."""

    calls: float
    hops: int


class Site:
    """One bridge with its remotes and its load, from start to stop."""

    def __init__(self, name: str, *, checkout: Path, teacher: Teacher, workers: int, log: Path) -> None:
        self.name = name
        sandbox = teacher.sandbox
        self.remotes = Remotes(commercetools_url=sandbox.commercetools_url, monext_url=sandbox.monext_url)
        environment = bridge_environment(self.remotes, port=free_port(), workers=workers)
        self.bridge = Bridge(checkout, environment=environment, log=log)
        self.load = Helper("bench.load")
        self._teacher = teacher

    def open(self, *, delay_ms: int) -> float:
        """Starts the bridge, teaches its remotes, and gives the seconds that the start took."""
        seconds = self.bridge.start()
        taught = self._teacher.teach(self.bridge, self.remotes)
        self.remotes.order("delay", ms=delay_ms)
        self.load.ask({"bridge": self.bridge.url, "control": self.remotes.control_url, **taught})
        return seconds

    def close(self) -> None:
        self.bridge.stop()
        self.load.stop()
        self.remotes.stop()

    def chain(self, *, at_once: int, seconds: float) -> list[Window]:
        """Sends each scenario for so long, with flows of its own."""
        self.load.ask({"drop": True})
        return [self.window(scenario, at_once=at_once, seconds=seconds) for scenario in CHAIN]

    def window(self, scenario: str, *, at_once: int, seconds: float) -> Window:
        """Sends one scenario, and measures all processes meanwhile."""
        self.remotes.order("counts")
        before = {name: used_by(pid) for name, pid in self._pids().items()}
        told = self.load.ask({"scenario": scenario, "at_once": at_once, "seconds": seconds})
        after = {name: used_by(pid) for name, pid in self._pids().items()}
        counts = self.remotes.order("counts")
        answered = len(told["milliseconds"]) + sum(told["errors"].values())
        spent = {name: after[name].cpu_seconds - before[name].cpu_seconds for name in after}
        same = before["bridge"].pids == after["bridge"].pids
        each = 1 / max(1, answered)
        return Window(
            scenario=scenario,
            at_once=at_once,
            requests=len(told["milliseconds"]),
            seconds=told["seconds"],
            milliseconds=tuple(told["milliseconds"]),
            errors=told["errors"],
            cpu_ms=1000 * spent["bridge"] * each,
            remotes_cpu_ms=1000 * spent["remotes"] * each,
            load_cpu_ms=1000 * spent["load"] * each,
            switches=(after["bridge"].switches - before["bridge"].switches) * each if same else None,
            calls=sum(counts["calls"].values()) * each,
            oddities=counts["oddities"],
        )

    def probe(self, *, delay_ms: int) -> dict[str, Calls]:
        """Counts calls and hops of each scenario, a request at a time, with a delay that shows what is parallel."""
        self.remotes.order("delay", ms=_PROBE_DELAY_MS)
        self.remotes.order("trace", on=True)
        self.load.ask({"drop": True})
        found = {}
        for scenario in CHAIN:
            self.remotes.order("counts")
            told = self.load.ask({"scenario": scenario, "at_once": 1, "seconds": _PROBE_SECONDS})
            found[scenario] = calls_of(told["spans"], made=self.remotes.order("counts")["spans"])
        self.remotes.order("trace", on=False)
        self.remotes.order("delay", ms=delay_ms)
        return found

    def worker_memory(self) -> list[dict[str, float]]:
        """Gives RSS and PSS of each worker, in megabytes."""
        found = [memory(pid) for pid in children(self.bridge.pid)]
        return [{"rss": each.rss, "pss": each.pss} for each in found if each]

    def _pids(self) -> dict[str, int]:
        return {"bridge": self.bridge.pid, "remotes": self.remotes.pid, "load": self.load.pid}


def calls_of(requests: Iterable[Span], *, made: Sequence[Span]) -> Calls:
    """Counts what each of these requests, which came one after the other, made of calls.

    Calls are the median of all requests: now and then one fetches a token too. Hops are the fewest of any: a busy
    machine may part calls that are made at the same time, and never joins others.
    """
    groups = [[call for call in made if began <= call[0] <= ended] for began, ended in requests]
    if not groups:
        return Calls(0, 0)
    return Calls(median(map(len, groups)), min(map(_in_a_row, groups)))


def _in_a_row(calls: Iterable[Span]) -> int:
    """Gives the most of them of which none began before another had ended."""
    count, until = 0, 0.0
    for began, ended in sorted(calls, key=lambda call: call[1]):
        if began >= until:
            count, until = count + 1, ended
    return count
