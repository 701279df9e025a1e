"""Measures the bridge under load, or two versions of it in one run: `python -m bench --help`.

docs/performance.md says what is measured and how to read it.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from bench import machine
from bench.comparing import compare
from bench.plan import Plan, read_plan
from bench.results import Results
from bench.sites import BenchError


def main() -> int:
    """Measures, prints the table, writes the results; the exit code. 2 where something is missing."""
    plan = read_plan()
    began, described = datetime.now(UTC), machine.describe()
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        try:
            measured = compare(plan, logs=logs)
        except BenchError as error:
            print(error, file=sys.stderr)
            return 2
    results = Results(f"{began:%Y-%m-%d %H:%M} UTC", described, _told(plan), measured)
    print(results.as_markdown())
    _write(results, folder=plan.results, stem=f"{began:%Y-%m-%dT%H%M}")
    return 0


def _told(plan: Plan) -> dict[str, object]:
    return {
        "rounds": plan.rounds,
        "seconds": plan.seconds,
        "delay ms": plan.delay_ms,
        "workers": plan.workers,
    }


def _write(results: Results, *, folder: Path, stem: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stem}.json").write_text(results.as_json())
    (folder / f"{stem}.md").write_text(results.as_markdown())
    print(f"written to {folder / stem}.json and .md", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
