"""Finds names that look like settings and are none. A misspelt setting would otherwise silently have its default."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from operator import eq

from monext_bridge.config.values import FILE_NAMES, SETTING_NAMES

OURS = "MONEXT_"
"""Whatever begins like this is meant for the bridge. `CTP_` is not: commercetools' own tools have more such names."""

FREE = "MONEXT_BRIDGE_"
"""Names that begin like this are excepted: those who run the bridge may use them as they like."""

OUR_NAMES = (*SETTING_NAMES, *FILE_NAMES)
KNOWN = frozenset({*OUR_NAMES, "MONEXT_OPENAPI"})
"""Names that are never refused. MONEXT_OPENAPI names a file for the tests of the bridge."""

EDITS = 2
SHORTEST = 8
"""The least letters of a setting that other names are compared with: too many names are near a shorter one."""

BEGINNING = re.compile(r"[A-Z0-9_]{0,40}")
"""As much of a name as is shown. Where its equals sign is missing, the value is a part of the name."""


def misspelt(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yields the names that are refused, sorted, each with what is wrong with it.

    A setting's own name is never refused.
    """
    for name in sorted(set(names) - KNOWN):
        meant = nearest(name)
        if meant or (name.startswith(OURS) and not name.startswith(FREE)):
            shown = _beginning(name)
            meant = meant or nearest(shown)
            message = "no such setting" if meant is None else f"no such setting, did you mean {meant}?"
            yield shown if shown == name else f"{shown}…", message


def nearest(name: str) -> str | None:
    """Returns the setting, or the name of a secret's file, that takes the fewest edits; None where none is near.

    Where several take as few, it is the first of the table.
    """
    near = [each for each in OUR_NAMES if len(each) >= SHORTEST and is_within(name, each, edits=EDITS)]
    fewest = (each for edits in range(EDITS + 1) for each in near if is_within(name, each, edits=edits))
    return next(fewest, None)


def is_within(one: str, other: str, *, edits: int) -> bool:
    """Tells whether at most `edits` edits make one of the other.

    An edit is an insertion, a deletion, a substitution, or a swap of neighbours.
    """
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
