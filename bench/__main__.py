"""Measures the bridge under load, or two versions of it in one run: `python -m bench --help`.

docs/performance.md says what is measured and how to read it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import machine
from bench.chart import draw_comparison, draw_crowds, draw_soak
from bench.comparing import compare, crowd_all, opened, soak_all
from bench.crowds import crowds_json, crowds_markdown
from bench.plan import Plan, read_plan
from bench.results import Results
from bench.sites import BenchError
from bench.soaking import EVERY_SECONDS, soak_json, soak_markdown

Measurement = Callable[[Plan, Mapping[str, Any]], dict[str, str]]
"""Measures what a plan says, and returns the content of its results by their suffix."""


def main() -> int:
    """Measures, prints the table, writes the results; the exit code. 2 where something is missing."""
    plan = read_plan()
    began, described = datetime.now(UTC), machine.describe()
    run = {"date": f"{began:%Y-%m-%d %H:%M} UTC", "machine": described, "plan": _told(plan)}
    kind, measure = _kind(plan)
    try:
        files = measure(plan, run)
    except BenchError as error:
        print(error, file=sys.stderr)
        return 2
    print(files["md"])
    _write(files, folder=plan.results, stem=f"{began:%Y-%m-%dT%H%M}{kind}")
    return 0


def _kind(plan: Plan) -> tuple[str, Measurement]:
    """Returns what the names of the results end with, and what makes them."""
    if plan.soak_minutes:
        return "-soak", _soak
    return ("-crowd", _crowd) if plan.crowds else ("", _compare)


def _compare(plan: Plan, run: Mapping[str, Any]) -> dict[str, str]:
    with _logs() as logs, opened(plan, logs=logs) as sites:
        results = Results(**run, bridges=compare(plan, sites))
    return {"json": results.as_json(), "md": results.as_markdown(), "svg": draw_comparison(results)}


def _soak(plan: Plan, run: Mapping[str, Any]) -> dict[str, str]:
    with _logs() as logs, opened(plan, logs=logs) as sites:
        soaks = soak_all(plan, sites)
    series = {each.name: [sample.pss for sample in each.samples] for each in soaks}
    title = f"Soak of {run['date']}, {plan.soak_minutes:g} minutes, {plan.at_once[0]} at once"
    return {
        "json": soak_json(soaks, head=run),
        "md": soak_markdown(soaks, title=title),
        "svg": draw_soak(series, every_seconds=EVERY_SECONDS),
    }


def _crowd(plan: Plan, run: Mapping[str, Any]) -> dict[str, str]:
    with _logs() as logs, opened(plan, logs=logs) as sites:
        found = crowd_all(plan, sites)
    title = f"Crowds of {run['date']}, remotes that take {plan.delay_ms} ms, {plan.workers} workers"
    return {
        "json": crowds_json(found, head=run),
        "md": crowds_markdown(found, title=title),
        "svg": draw_crowds(found),
    }


@contextmanager
def _logs() -> Iterator[Path]:
    with TemporaryDirectory(prefix="bench-") as folder:
        yield Path(folder)


def _told(plan: Plan) -> dict[str, object]:
    return {
        "rounds": plan.rounds,
        "seconds": plan.seconds,
        "delayMs": plan.delay_ms,
        "workers": plan.workers,
        "atOnce": list(plan.crowds or plan.at_once),
    }


def _write(files: Mapping[str, str], *, folder: Path, stem: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for kind, content in files.items():
        (folder / f"{stem}.{kind}").write_text(content)
    print(f"written: {folder / stem}.json, .md and .svg", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
