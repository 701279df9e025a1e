"""Plays seeds (`python -m tests.campaign`) and prints their figures; exits with 1 where any records do not agree."""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from monext_bridge.logs import JsonFormatter
from tests.campaign.campaign import run_seed
from tests.campaign.report import never_played, problems, table


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the seeds. Gives the exit code: 0 where the records of all seeds agree."""
    options = _parser().parse_args(arguments)
    seeds = [options.seed] if options.seed is not None else list(range(1, options.seeds + 1))
    folder = Path(options.logs or tempfile.mkdtemp(prefix="campaign-"))
    failed, results = [], []
    for seed in seeds:
        logs = folder / f"seed-{seed}"
        shutil.rmtree(logs, ignore_errors=True)
        logs.mkdir(parents=True)
        with _logged(logs / "reconciliation.jsonl"):
            result = run_seed(seed, buyers=options.buyers, folder=logs)
        results.append(result)
        print(table(result), flush=True)
        if not result.passed:
            failed.append(seed)
            print(problems(result), f"  logs: {logs}", sep="\n", flush=True)
    print(never_played(result.played for result in results))
    print(f"{len(seeds)} seeds, {len(failed)} whose books do not agree: {failed or 'none'}")
    return 1 if failed else 0


@contextmanager
def _logged(file: Path) -> Iterator[None]:
    """Write the log of this process's bridge to the file; the other bridges write their own."""
    handler = logging.FileHandler(file)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--seed", type=int, help="play this seed only")
    which.add_argument("--seeds", type=int, default=1, help="play the seeds 1 to this (1)")
    parser.add_argument("--buyers", type=int, default=200, help="buyers a seed (200)")
    parser.add_argument("--logs", help="where the bridges' logs go (a new temporary folder)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
