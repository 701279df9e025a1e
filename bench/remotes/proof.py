"""Compares what the remotes answered by themselves with what the sandbox answered in a flow that taught nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from bench.remotes.lessons import Track
from bench.remotes.recording import Exchange, Recording

_OWN = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?(?:Z|\+00:00)"
    r"|M[A-Z2-7]{12}"
    r"|(?<=\"authorizationNumber\": \")A\d+"
    r"|(?=[0-9A-Za-z_-]*[0-9])[0-9A-Za-z_-]{13,}"
)
"""Finds times, order numbers, banks' numbers, ids, references and keys: what differs between two flows alike."""

_SURPRISE = re.compile(r'"_[0-9a-f]{8}": "[0-9a-f]{6}"(, )?')
"""Finds the member that Monext in the sandbox adds under a name of chance, so that nobody relies on a closed list."""


def differences(track: Track, *, replayed: Sequence[Exchange], witness: Recording) -> Iterator[str]:
    """Gives a sentence for each difference between two flows of a track, of which the sandbox answered the second.

    Calls at the same time have no order, so both are compared in the order of what was asked. A string of the flow
    that was recorded may not be in any answer to another flow.
    """
    ours, theirs = sorted(map(_masked, replayed)), sorted(map(_masked, witness.exchanges))
    for one in [*ours]:
        if one in theirs:
            ours.remove(one)
            theirs.remove(one)
    for asked, answer in ours:
        expected = next((text for other, text in theirs if other == asked), "")
        yield f"{witness.track}: {asked}: {_apart(answer, expected)}"
    for asked, _ in theirs:
        if asked not in dict(ours):
            yield f"{witness.track}: nobody asked {asked}"
    for each in replayed:
        for own in (*track.own.issued, *track.own.captured):
            if own in each.answer:
                yield f"{witness.track}: {each.method} {each.path} still has {own} of another flow"


def _masked(exchange: Exchange) -> tuple[str, str]:
    """Gives what was asked, and the answer with its status and type, without what is each flow's own."""
    asked = _OWN.sub("*", f"{exchange.remote} {exchange.method} {exchange.path}")
    kind = exchange.headers.get("Content-Type", "")
    answer = _SURPRISE.sub("", _OWN.sub("*", _sorted(exchange.answer)))
    return asked, f"{exchange.status} {kind} {answer}"


def _sorted(answer: str) -> str:
    try:
        content: Any = json.loads(answer)
    except ValueError:
        return answer
    return json.dumps(content, sort_keys=True)


def _apart(ours: str, theirs: str) -> str:
    """Says where two answers part."""
    pairs = enumerate(zip(ours, theirs, strict=False))
    place = next((place for place, (one, other) in pairs if one != other), min(len(ours), len(theirs)))
    cut = slice(max(0, place - 60), place + 60)
    return f"the remotes say …{ours[cut]}…, the sandbox …{theirs[cut]}…"
