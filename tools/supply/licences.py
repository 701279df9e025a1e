"""`python -m tools.supply.licences`: compares the licence of each distribution of the lock with `licences.toml`.

Exit 1 where one is not on that list, or states another licence than the list says, with a line for each. The list is
written by hand, because half of the distributions state their licence in free text; whoever raises a version reads
what it states now. What is not installed here (it belongs to another Python or system) is known by the list alone.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from tools.supply.lock import LOCK, Pinned, pinned

WRITTEN = Path(__file__).with_name("licences.toml")
PREFIX = "License :: OSI Approved :: "


def stated(name: str) -> str | None:
    """Return what an installed distribution states: the expression, else its texts; None for what is not here."""
    try:
        told = metadata(name).json
    except PackageNotFoundError:
        return None
    expression = told.get("license_expression")
    if expression:
        return str(expression)
    free = str(told.get("license") or "").strip().splitlines()
    classified = [
        text.removeprefix(PREFIX) for text in told.get("classifier") or [] if text.startswith(PREFIX)
    ]
    return "; ".join([*free[:1], *classified]) or "nothing"


def faults(
    lock: Iterable[Pinned],
    *,
    allowed: Iterable[str],
    written: Mapping[str, Mapping[str, str]],
    said: Mapping[str, str],
) -> list[str]:
    """Return a line for each distribution that is not as written, and for each written one that the lock lacks.

    `said`: what the installed ones state, by name.
    """
    names = {each.name for each in lock}
    found = [f"{name} is on the list, and not in the lock" for name in sorted(set(written) - names)]
    for name in sorted(names):
        entry = written.get(name)
        if entry is None:
            found.append(
                f"{name} is not on the list; it states: {said.get(name, 'nothing that can be read here')}"
            )
        elif entry["licence"] not in allowed:
            found.append(f"{name} has the licence {entry['licence']}, which is not allowed")
        elif entry["states"] and said.get(name, entry["states"]) != entry["states"]:
            found.append(f"{name} states {said[name]!r}, and the list says {entry['states']!r}")
    return found


def main() -> int:
    """Print what is wrong. Returns the exit code."""
    document = tomllib.loads(WRITTEN.read_text("utf-8"))
    lock = pinned(LOCK.read_text("utf-8"))
    said = {each.name: text for each in lock if (text := stated(each.name)) is not None}
    wrong = faults(lock, allowed=document["allowed"], written=document["distributions"], said=said)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
