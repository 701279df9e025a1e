"""Names that look like settings and are none: beside a misspelt one its default would hold, without a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from operator import eq

from monext_bridge.config.names import SETTING_NAMES

OURS = "MONEXT_"
"""Whatever begins like this is meant for the bridge. `CTP_` is not: commercetools' own tools have more such names."""

FREE = "MONEXT_BRIDGE_"
"""But for these, which those who run it may use as they like."""

KNOWN = frozenset({*SETTING_NAMES, "MONEXT_OPENAPI"})
"""The last one names a file for the tests of the bridge."""

EDITS = 2
SHORTEST = 8
"""Letters of a setting that other names are compared with: too many are near a shorter one."""

BEGINNING = re.compile(r"[A-Z0-9_]{0,40}")
"""As much of a name as is shown: where its equals sign is missing, the value is a part of it."""


def misspelt(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names that are refused, sorted, each with what is wrong with it. A setting's own name never is."""
    for name in sorted(set(names) - KNOWN):
        meant = nearest(name)
        if meant or (name.startswith(OURS) and not name.startswith(FREE)):
            shown = _beginning(name)
            meant = meant or nearest(shown)
            said = "no such setting" if meant is None else f"no such setting, did you mean {meant}?"
            yield shown if shown == name else f"{shown}…", said


def nearest(name: str) -> str | None:
    """The setting that takes the fewest edits, the first of the table where several do."""
    near = [each for each in SETTING_NAMES if len(each) >= SHORTEST and is_within(name, each, edits=EDITS)]
    fewest = (each for edits in range(EDITS + 1) for each in near if is_within(name, each, edits=edits))
    return next(fewest, None)


def is_within(one: str, other: str, *, edits: int) -> bool:
    """Whether so many insertions, deletions, substitutions or swaps of neighbours make one of the other."""
    if abs(len(one) - len(other)) > edits:
        return False
    same = sum(takewhile(bool, map(eq, one, other)))
    one, other = one[same:], other[same:]
    if not one or not other:
        return True
    if not edits:
        return False
    rests = [(one[1:], other), (one, other[1:]), (one[1:], other[1:])]
    if one[1::-1] == other[:2]:
        rests.append((one[2:], other[2:]))
    return any(is_within(left, right, edits=edits - 1) for left, right in rests)


def _beginning(name: str) -> str:
    found = BEGINNING.match(name)
    return found[0] if found else ""
