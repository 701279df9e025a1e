"""Keeps what a bridge asked and the sandbox answered in one flow, and tells which strings are that flow's own."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

Pointer = tuple[str | int, ...]

ID = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![0-9A-Za-z])[0-9A-Za-z]{12,}(?![0-9A-Za-z])"
)
"""Finds what may be an id that a remote gave out: a UUID, or a run of letters and digits."""

NUMBER_DIGITS = 6
"""An issued id of flow 42 is the recorded id with 000042 at its end."""

_SHORTEST_CAPTURE = 8


class Untaught(Exception):
    """The recordings cannot be told apart or lack something: teach again."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request of the bridge and its answer.

    `epochs` are the first and the last number of writes and events of the flow that this answer may stand between:
    several where a write was under way beside it.
    """

    remote: str
    method: str
    path: str
    body: bytes
    status: int
    headers: dict[str, str]
    answer: str
    epochs: tuple[int, int]

    @property
    def asked(self) -> str:
        """Everything of the request in which an id may stand, in plain text."""
        return f"{self.path} {self.body.decode()}"


@dataclass(slots=True)
class Recording:
    """One flow, in the order in which it happened. `begun` is in Unix seconds; `under_way` counts writes."""

    track: str
    cart: str
    begun: float
    exchanges: list[Exchange] = field(default_factory=list)
    epoch: int = 0
    under_way: int = 0

    def text(self) -> str:
        return "\n".join(f"{each.asked}\n{each.answer}" for each in self.exchanges)


@dataclass(frozen=True, slots=True)
class Own:
    """The strings of a recording that no other flow has.

    `issued` were given out by a remote (the cart's id too). `captured` came from the bridge: each value, and where it
    stood first, as the place of the exchange in the recording and a pointer into its JSON.
    """

    issued: tuple[str, ...]
    captured: dict[str, tuple[int, Pointer]]


def own_strings(recording: Recording, *, others: str) -> Own:
    """Tells what is this flow's own. `others` is the text of the other recordings."""
    issued, captured = [recording.cart], dict[str, tuple[int, Pointer]]()
    exchanges = recording.exchanges
    later = "\n".join(each.asked for each in exchanges)
    answers = "\n".join(each.answer for each in exchanges)
    asked, answered = "", ""
    for place, each in enumerate(exchanges):
        asked += each.asked
        for pointer, value in leaves(each.body):
            known = value in captured or value in others or value in answered
            if len(value) >= _SHORTEST_CAPTURE and not known and (value in answers or value in later):
                captured[value] = (place, pointer)
        answered += each.answer
        for found in ID.findall(each.answer):
            new = found not in asked and found not in others and found not in issued
            if new and any(c.isdigit() for c in found) and found in later:
                issued.append(found)
    _check_apart(issued)
    return Own(tuple(issued), captured)


def _check_apart(issued: list[str]) -> None:
    prefixes = {each[:-NUMBER_DIGITS] for each in issued}
    if len(prefixes) != len(issued):
        raise Untaught("two ids of one flow differ in their last digits only")


def leaves(body: bytes) -> Iterator[tuple[Pointer, str]]:
    """Gives each string of a JSON body with its place; of any other body nothing."""
    try:
        content = json.loads(body) if body[:1] in (b"{", b"[") else None
    except ValueError:
        return
    yield from _leaves(content, ())


def _leaves(value: Any, at: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*at, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves(inner, (*at, place))


def at(content: Any, pointer: Pointer) -> str:
    """Gives what stands at that place; KeyError, IndexError or TypeError where nothing does."""
    for step in pointer:
        content = content[step]
    return str(content)


def plain(path: str) -> str:
    """Gives a path and its query without percent signs, as ids are looked for in it."""
    return unquote_plus(path)


def is_read(method: str, path: str) -> bool:
    """Whether a request leaves all as it is: GraphQL's queries and requests about tokens too."""
    return method in ("GET", "HEAD") or "/oauth/" in path or path.endswith("/graphql")


def kind_of_body(body: bytes) -> str:
    """Tells two requests to one address apart: the names of its actions, or a digest of a GraphQL query."""
    try:
        content = json.loads(body) if body[:1] == b"{" else {}
    except ValueError:
        return ""
    if "query" in content:
        return hashlib.sha256(str(content["query"]).encode()).hexdigest()[:12]
    return ",".join(str(action.get("action")) for action in content.get("actions", ()))
