"""`python -m tests.campaign`: plays seeds, prints their figures, and ends with 1 where any books do not agree."""

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
from tests.campaign.campaign import play
from tests.campaign.report import table, troubles


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 where the books of all seeds agree."""
    wanted = _parser().parse_args(arguments)
    seeds = [wanted.seed] if wanted.seed is not None else list(range(1, wanted.seeds + 1))
    folder = Path(wanted.logs or tempfile.mkdtemp(prefix="campaign-"))
    unwell = []
    for seed in seeds:
        logs = folder / f"seed-{seed}"
        shutil.rmtree(logs, ignore_errors=True)
        logs.mkdir(parents=True)
        with _logged(logs / "reconciliation.jsonl"):
            result = play(seed, buyers=wanted.buyers, folder=logs)
        print(table(result), flush=True)
        if not result.is_well:
            unwell.append(seed)
            print(troubles(result), f"  logs: {logs}", sep="\n", flush=True)
    print(f"{len(seeds)} seeds, {len(unwell)} whose books do not agree: {unwell or 'none'}")
    return 1 if unwell else 0


@contextmanager
def _logged(file: Path) -> Iterator[None]:
    """What the bridge of this process says goes to the file, as that of the others goes to theirs."""
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
