"""Holds all that a run has found, as JSON and as a Markdown table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from bench.figures import Figure, Ratio, Row, ratio
from bench.measuring import Calls

Key = tuple[int, str]

COLUMNS = {
    "per_second": "requests/s",
    "p50": "p50 ms",
    "p95": "p95 ms",
    "p99": "p99 ms",
    "cpu_ms": "CPU ms",
    "switches": "switches",
    "calls": "calls",
    "remotes_cpu_ms": "remotes' CPU ms",
    "load_cpu_ms": "load's CPU ms",
}
COMPARED = ("per_second", "p50", "p95", "p99", "cpu_ms", "switches", "calls")


@dataclass(slots=True)
class Measured:
    """One bridge. Rows are by number of senders and scenario; memory in megabytes a worker; times in seconds."""

    name: str
    rows: dict[Key, Row] = field(default_factory=dict)
    calls: Mapping[str, Calls] = field(default_factory=dict)
    memory: dict[int, list[dict[str, float]]] = field(default_factory=dict)
    cold_starts: list[float] = field(default_factory=list)
    idle_stops: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Results:
    """One run: when, where, how, and what was found of each bridge."""

    date: str
    machine: Mapping[str, object]
    plan: Mapping[str, object]
    bridges: Sequence[Measured]

    def as_json(self) -> str:
        content = {
            "date": self.date,
            "machine": self.machine,
            "plan": self.plan,
            "bridges": [_bridge(each) for each in self.bridges],
            "ratios": [
                {"atOnce": at_once, "scenario": scenario, "measure": name, **asdict(found)}
                for at_once, scenario, name, found in self.ratios()
            ],
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    def ratios(self) -> Iterator[tuple[int, str, str, Ratio]]:
        """Gives the ratios of the second bridge to the first, if there are two."""
        if len(self.bridges) != 2:
            return
        first, second = self.bridges
        for (at_once, scenario), row in first.rows.items():
            for name in COMPARED:
                found = ratio(row.figures[name], second.rows[at_once, scenario].figures[name])
                if found:
                    yield at_once, scenario, name, found

    def as_markdown(self) -> str:
        parts = [f"# Bench of {self.date}", _machine(self.machine), _plan(self.plan)]
        if len(self.bridges) == 2:
            parts += [f"## {self.bridges[1].name} compared with {self.bridges[0].name}", self._ratio_table()]
        for each in self.bridges:
            parts += [f"## {each.name}", _row_table(each), _call_table(each), _memory(each)]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _ratio_table(self) -> str:
        cells: dict[Key, dict[str, str]] = {}
        for at_once, scenario, name, found in self.ratios():
            text = f"{found.median:.2f} ({found.least:.2f}–{found.most:.2f})"
            cells.setdefault((at_once, scenario), {})[name] = text
        rows = [
            [str(at_once), scenario, *(row.get(name, "") for name in COMPARED)]
            for (at_once, scenario), row in cells.items()
        ]
        return _table(["at once", "scenario", *(COLUMNS[name] for name in COMPARED)], rows)


def _bridge(measured: Measured) -> dict[str, Any]:
    return {
        "name": measured.name,
        "coldStartSeconds": measured.cold_starts,
        "idleStopSeconds": measured.idle_stops,
        "calls": {name: asdict(each) for name, each in measured.calls.items()},
        "memory": measured.memory,
        "rows": [
            {
                "atOnce": at_once,
                "scenario": scenario,
                "requests": row.requests,
                "errors": row.errors,
                "oddities": row.oddities,
                **{name: _rounded(each) for name, each in row.figures.items()},
            }
            for (at_once, scenario), row in measured.rows.items()
        ],
    }


def _rounded(figure: Figure) -> dict[str, Any]:
    rounds = [None if each is None else round(each, 3) for each in figure.rounds]
    return {"median": None if figure.value is None else round(figure.value, 3), "rounds": rounds}


def _row_table(measured: Measured) -> str:
    rows = []
    for (at_once, scenario), row in measured.rows.items():
        cells = [_number(row.figures[name].value) for name in COLUMNS]
        rows.append(
            [str(at_once), scenario, *cells, str(row.requests), _counts({**row.errors, **row.oddities})]
        )
    return _table(["at once", "scenario", *COLUMNS.values(), "requests", "errors"], rows)


def _call_table(measured: Measured) -> str:
    rows = [[name, f"{each.calls:.2f}", str(each.hops)] for name, each in measured.calls.items()]
    return _table(["scenario", "calls", "hops"], rows) if rows else ""


def _memory(measured: Measured) -> str:
    lines = []
    for at_once, workers in measured.memory.items():
        told = ", ".join(f"{each['rss']:.0f} / {each['pss']:.0f}" for each in workers)
        lines.append(f"- After {at_once} at once, RSS / PSS of each worker in MB: {told}")
    for name, seconds in (("Cold start", measured.cold_starts), ("Idle stop", measured.idle_stops)):
        if seconds:
            lines.append(f"- {name}: {median(seconds):.2f} s (median of {len(seconds)})")
    return "\n".join(lines)


def _machine(machine: Mapping[str, object]) -> str:
    return (
        f"{machine['cores']} cores of {machine['cpu']}, {machine['memoryMB']} MB, {machine['system']}, "
        f"Python {machine['python']}; load average before: {machine['loadBefore']}."
    )


def _plan(plan: Mapping[str, object]) -> str:
    return (
        f"{plan['rounds']} rounds of {plan['seconds']} s each, remotes that take {plan['delayMs']} ms, "
        f"{plan['workers']} workers."
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", "---", *["---:"] * (len(head) - 2)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _number(value: float | None) -> str:
    return (
        ""
        if value is None
        else f"{value:.2f}"
        if value < 10
        else f"{value:.1f}"
        if value < 100
        else f"{value:.0f}"
    )


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
