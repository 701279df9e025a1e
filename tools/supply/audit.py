"""`python -m tools.supply.audit PIP-AUDIT`: looks the lock up in an advisory database; silence is no good news.

Exit 0: each distribution was looked up, and nothing is known of it. 1: something is known. 3: no database could be
reached, or it does not know all of them, so nothing is proved. pip-audit itself ends with 0 where it could look up
nothing at all.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.supply.lock import LOCK, pinned

CLEAN, VULNERABLE, NOT_PROVED = 0, 1, 3
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """What a run says: an exit code of this module, and lines for a person."""

    code: int
    lines: tuple[str, ...]


def judge(report: str, *, wanted: Sequence[str], trouble: str) -> Finding:
    """Return what pip-audit's JSON means for the distributions `wanted`. `trouble` is what it said beside it."""
    try:
        rows: Sequence[Mapping[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (trouble.strip().splitlines() or ["pip-audit said nothing"])[-1]
        return Finding(NOT_PROVED, (f"NOT CHECKED: no advisory database could be asked ({last})",))
    known = tuple(_told(row, advisory) for row in rows for advisory in row.get("vulns", ()))
    looked_up = {row["name"] for row in rows if "vulns" in row}
    missing = sorted(set(wanted) - looked_up)
    of = f"{len(missing)} of {len(set(wanted))}"
    unchecked = f"NOT CHECKED: {of}, of which the database knows nothing: {', '.join(missing)}"
    if known:
        return Finding(VULNERABLE, (*known, unchecked) if missing else known)
    if missing:
        return Finding(NOT_PROVED, (unchecked,))
    return Finding(CLEAN, (f"{len(looked_up)} distributions, and no advisory about any of them",))


def _told(row: Mapping[str, Any], advisory: Mapping[str, Any]) -> str:
    mended = ", ".join(advisory["fix_versions"]) or "nothing yet"
    return f"{row['name']} {row['version']}: {advisory['id']}, mended in {mended}"


def main(command: str) -> int:
    """Run pip-audit, print what it means, and return the exit code."""
    options = ["--requirement", str(LOCK), "--require-hashes", "--disable-pip", "--format", "json"]
    try:
        run = subprocess.run([command, *options], capture_output=True, text=True, timeout=SECONDS)  # noqa: S603
        report, trouble = run.stdout, run.stderr
    except subprocess.TimeoutExpired:
        report, trouble = "", f"no answer in {SECONDS} s"
    found = judge(report, wanted=[each.name for each in pinned(LOCK.read_text("utf-8"))], trouble=trouble)
    print(*found.lines, sep="\n", file=sys.stderr if found.code else sys.stdout)
    return found.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
