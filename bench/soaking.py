"""Loads a bridge for minutes and watches its memory: does it grow?"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from bench.measuring import Site
from bench.processes import children, memory

EVERY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """The memory of a bridge so many seconds after the load began, in megabytes. `workers` has PSS by process id."""

    seconds: float
    pss: float
    rss: float
    workers: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Soak:
    """One bridge under load for long: its memory over time, and what it answered meanwhile."""

    name: str
    samples: Sequence[Sample]
    requests: int
    errors: Mapping[str, int]
    oddities: Mapping[str, int]


def soak(site: Site, *, at_once: int, minutes: float) -> Soak:
    """Sends whole flows for so many minutes, and looks at the memory every ten seconds."""
    site.remotes.order("counts")
    samples, began = [_sample(site, 0.0)], time.monotonic()
    site.load.send({"soak": True, "at_once": at_once, "seconds": 60 * minutes})
    while time.monotonic() - began < 60 * minutes:
        time.sleep(min(EVERY_SECONDS, max(0.0, began + 60 * minutes - time.monotonic())))
        samples.append(_sample(site, time.monotonic() - began))
    told, counts = site.load.read(), site.remotes.order("counts")
    return Soak(site.name, samples, len(told["milliseconds"]), told["errors"], counts["oddities"])


def _sample(site: Site, seconds: float) -> Sample:
    """Counts the master too: what workers share with it is divided among them all."""
    master, workers = site.bridge.pid, children(site.bridge.pid)
    found = {pid: read for pid in (master, *workers) if (read := memory(pid))}
    return Sample(
        seconds=round(seconds, 1),
        pss=sum(each.pss for each in found.values()),
        rss=sum(each.rss for each in found.values()),
        workers={pid: each.pss for pid, each in found.items() if pid != master},
    )


def soak_json(soaks: Sequence[Soak], *, head: Mapping[str, object]) -> str:
    return json.dumps({**head, "soaks": [asdict(each) for each in soaks]}, indent=1) + "\n"


def soak_markdown(soaks: Sequence[Soak], *, title: str) -> str:
    lines = [
        f"# {title}",
        "",
        "| bridge | requests | PSS at the start | after a quarter | at the end | most | workers seen | errors |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for each in soaks:
        pss = [sample.pss for sample in each.samples]
        cells = [pss[0], pss[len(pss) // 4], pss[-1], max(pss)]
        workers = {pid for sample in each.samples for pid in sample.workers}
        errors = ", ".join(f"{count} {name}" for name, count in {**each.errors, **each.oddities}.items())
        figures = " | ".join(f"{value:.0f} MB" for value in cells)
        lines.append(f"| {each.name} | {each.requests} | {figures} | {len(workers)} | {errors} |")
    return "\n".join(lines) + "\n"
