"""Changes a valid JSON document a little, in ways in which real ones go wrong, and writes it as bytes."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]
RAW = "\ue000"
"""Begins a text that stands for a number which Python's own writer does not write."""

IN_QUOTES = re.compile(rf'"{re.escape(json.dumps(RAW)[1:-1])}([^"]+)"')
MARKUP = "<script>alert(1)</script>'\"><img src=x>"
"""What must never come back unescaped in a page."""

TEXTS = (
    "",
    " ",
    "x",
    "\ud800",
    "a\udc00b",
    "\x00",
    "line\r\nSet-Cookie: a=b",
    MARKUP,
    "élan ☃ 😀",
    "A" * 20_000,
    ".",
    "..",
    "a/../b?x#y",
    "%00%0a",
    "JPY",
    "eur",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "2026-02-31T00:00:00Z",
    "-1",
    "1e400",
)
NUMBERS = (0, 1, -1, 2**31, 2**63, 2**63 - 1, -(2**63), 10**400, 0.5, -0.0)
WRITTEN = ("1e999999999", "1e-999999999", "1e9999999999999999999", "-1E+400", "0.1e-300", "9" * 4300)
EMPTY: tuple[Any, ...] = (None, True, False, [], {}, [None], [[]], [{}], {"": None}, ["x"], {"x": {"x": []}})
SHAPELESS: tuple[Any, ...] = (*EMPTY, *TEXTS, *NUMBERS, *(RAW + written for written in WRITTEN))

odd = st.sampled_from(SHAPELESS).map(copy.deepcopy)
any_json = st.recursive(
    odd | st.text(max_size=20) | st.integers() | st.floats(allow_nan=False).map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


GONE = "gone"


def paths(document: Any, *, below: Path = ()) -> list[Path]:
    """Give the way to each member and element of a document."""
    if isinstance(document, dict):
        inner: list[tuple[str | int, Any]] = list(document.items())
    elif isinstance(document, list):
        inner = list(enumerate(document))
    else:
        return []
    here = [(*below, name) for name, _ in inner]
    return here + [path for name, value in inner for path in paths(value, below=(*below, name))]


def at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


@st.composite
def mutated(draw: st.DrawFn, document: Any, *, most: int = 3) -> Any:
    """Draw the document with one to `most` changes: any of these may be what another company sends some day."""
    changed = copy.deepcopy(document)
    for _ in range(draw(st.integers(min_value=1, max_value=most))):
        changed = _once(draw, changed)
    return changed


@dataclass(frozen=True, slots=True)
class Breakage:
    """Takes one member out of a document that is not known yet, or gives it a value that nobody can read.

    The document says nothing else than before: no element of a list is gone or doubled, and no value becomes another
    good one.
    """

    which: int
    value: Any

    def of(self, document: Any) -> tuple[Any, str]:
        """Give the broken document, and the way to what is broken."""
        changed = copy.deepcopy(document)
        members = [path for path in paths(changed) if isinstance(path[-1], str)]
        path = members[self.which % len(members)]
        holder = at(changed, path[:-1])
        if self.value is GONE:
            del holder[path[-1]]
        else:
            holder[path[-1]] = self.value
        return changed, f"{path} = {self.value!r}"


breakages = st.builds(
    Breakage, st.integers(0, 2000), st.sampled_from((GONE, GONE, None, True, {}, RAW + "1e999999999"))
)


def on_the_wire(document: Any) -> bytes:
    """Write a document as a server would."""
    return IN_QUOTES.sub(r"\1", json.dumps(document)).encode()


def _once(draw: st.DrawFn, document: Any) -> Any:
    ways = paths(document)
    if not ways or draw(st.integers(min_value=0, max_value=30)) == 0:
        return draw(odd | any_json)
    path = draw(st.sampled_from(ways))
    holder, last = at(document, path[:-1]), path[-1]
    change = draw(st.sampled_from(("drop", "odd", "odd", "any", "other", "twice", "wrapped")))
    if change == "drop":
        del holder[last]
    elif change == "odd":
        holder[last] = draw(odd)
    elif change == "any":
        holder[last] = draw(any_json)
    elif change == "other":
        holder[last] = copy.deepcopy(at(document, draw(st.sampled_from(ways))))
    elif change == "wrapped":
        holder[last] = [holder[last]]
    elif isinstance(last, int):
        holder.append(copy.deepcopy(holder[last]))
    else:
        holder[draw(st.text(max_size=12))] = copy.deepcopy(holder[last])
    return document
