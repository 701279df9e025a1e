"""Reads what is to be measured from the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.sites import ROOT

FULL = (1, 10, 50, 200, 500)
STANDARD = (10, 200)
QUICK = (10, 50)
CROWDS = (1, 200, 500, 1000, 10)
"""The last one shows whether the bridge has recovered."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. `seconds` is of one scenario at one number of senders in one round; `delay_ms` of each answer."""

    checkouts: tuple[Path, ...]
    at_once: tuple[int, ...]
    rounds: int
    seconds: float
    delay_ms: int
    workers: int
    soak_minutes: float
    crowds: tuple[int, ...]
    results: Path


def read_plan(arguments: Sequence[str] | None = None) -> Plan:
    """Gives the plan; ends the program with a sentence where it is none."""
    asked = _parser().parse_args(arguments)
    checkouts = tuple(path.resolve() for path in asked.bridge or [ROOT])
    for checkout in checkouts:
        if not (checkout / "Procfile").is_file():
            raise SystemExit(f"{checkout} is no checkout of the bridge: it has no Procfile")
        if (checkout / ".env").exists():
            raise SystemExit(f"{checkout} has a .env, which would change what is measured: use a work tree")
    if len(checkouts) > 2:
        raise SystemExit("two bridges can be compared, not more")
    return Plan(
        checkouts=checkouts,
        at_once=asked.at_once or (FULL if asked.full else QUICK if asked.quick else STANDARD),
        rounds=asked.rounds,
        seconds=asked.seconds or (2.0 if asked.quick else 5.0),
        delay_ms=asked.delay,
        workers=asked.workers,
        soak_minutes=asked.soak,
        crowds=asked.crowd or (),
        results=asked.results,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--bridge", type=Path, action="append", help="a checkout; twice: the second compared with the first"
    )
    parser.add_argument(
        "--at-once", type=_numbers, help="numbers of senders, comma list (10,200; with --quick 10,50)"
    )
    parser.add_argument("--full", action="store_true", help="1, 10, 50, 200 and 500 at once")
    parser.add_argument("--rounds", type=int, default=4, help="rounds, of which medians are taken (4)")
    parser.add_argument("--seconds", type=float, help="of each scenario in each round (5; with --quick 2)")
    parser.add_argument("--quick", action="store_true", help="short windows: rough figures in a few minutes")
    parser.add_argument("--delay", type=int, default=20, help="milliseconds that each remote takes (20)")
    parser.add_argument("--workers", type=int, default=2, help="WEB_CONCURRENCY (2)")
    parser.add_argument(
        "--soak", type=float, default=0, metavar="MINUTES", help="load of whole flows, and memory over time"
    )
    parser.add_argument(
        "--crowd",
        type=_numbers,
        nargs="?",
        const=CROWDS,
        metavar="NUMBERS",
        help=f"crowds of buyers one after the other, and /health meanwhile ({','.join(map(str, CROWDS))})",
    )
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results", help="where results go")
    return parser


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(","))
