"""Runs the rounds of a plan over one bridge or two, so that what disturbs the machine disturbs both alike."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import machine
from bench.crowds import Crowds, send_crowds
from bench.figures import make_row
from bench.measuring import Site, Window
from bench.plan import Plan
from bench.results import Key, Measured
from bench.soaking import Soak, soak
from bench.teaching import Teacher
from sandbox.runner import Sandbox

_SETTLED_SECONDS = 2.0
"""What passes between a bridge's first answer and its stop as an idle one: another worker may still be starting."""


@contextmanager
def opened(plan: Plan, *, logs: Path) -> Iterator[list[Site]]:
    """Starts all bridges of the plan, each with remotes that it has taught. BenchError where one fails."""
    with Sandbox() as sandbox, ExitStack() as stack:
        teacher = Teacher(sandbox)
        stack.callback(teacher.close)
        sites = []
        for place, checkout in enumerate(plan.checkouts):
            name, log = machine.version(checkout), logs / f"{place}.log"
            site = Site(name, checkout=checkout, teacher=teacher, workers=plan.workers, log=log)
            stack.callback(site.close)
            _say(f"{name}: starts, and teaches its remotes")
            site.open(delay_ms=plan.delay_ms)
            sites.append(site)
        yield sites


def compare(plan: Plan, sites: Sequence[Site]) -> list[Measured]:
    """Measures all bridges of the plan."""
    found = [Measured(site.name, calls=site.probe(delay_ms=plan.delay_ms)) for site in sites]
    _rounds(plan, sites, found)
    _starts(plan, sites, found)
    return found


def soak_all(plan: Plan, sites: Sequence[Site]) -> list[Soak]:
    """Loads one bridge after the other for as long as the plan says."""
    found = []
    for site in sites:
        _say(f"soak of {plan.soak_minutes:g} minutes, {plan.at_once[0]} at once: {site.name}")
        found.append(soak(site, at_once=plan.at_once[0], minutes=plan.soak_minutes))
    return found


def crowd_all(plan: Plan, sites: Sequence[Site]) -> list[Crowds]:
    """Sends the crowds of the plan to one bridge after the other."""
    found = []
    for site in sites:
        _say(f"crowds of {', '.join(map(str, plan.crowds))}: {site.name}")
        found.append(send_crowds(site, sizes=plan.crowds))
    return found


def _rounds(plan: Plan, sites: Sequence[Site], found: Sequence[Measured]) -> None:
    windows: list[dict[Key, list[Window]]] = [defaultdict(list) for _ in sites]
    for number in range(plan.rounds):
        for at_once in plan.at_once:
            for place in _order(len(sites), number):
                _say(f"round {number + 1} of {plan.rounds}, {at_once} at once: {sites[place].name}")
                for window in sites[place].chain(at_once=at_once, seconds=plan.seconds):
                    windows[place][at_once, window.scenario].append(window)
                found[place].memory[at_once] = sites[place].worker_memory()
    for measured, mine in zip(found, windows, strict=True):
        measured.rows = {key: make_row(mine[key]) for key in sorted(mine, key=_by_senders)}


def _starts(plan: Plan, sites: Sequence[Site], found: Sequence[Measured]) -> None:
    """Starts and stops each bridge while nobody asks it anything."""
    for number in range(plan.rounds):
        for place in _order(len(sites), number):
            _say(f"start and stop {number + 1} of {plan.rounds}: {sites[place].name}")
            bridge = sites[place].bridge
            bridge.stop()
            found[place].cold_starts.append(bridge.start())
            time.sleep(_SETTLED_SECONDS)
            found[place].idle_stops.append(bridge.stop())


def _order(count: int, number: int) -> list[int]:
    """Gives who comes first in this round: they take turns."""
    order = list(range(count))
    return order if number % 2 == 0 else order[::-1]


def _by_senders(key: Key) -> int:
    return key[0]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
