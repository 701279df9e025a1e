"""Compares what the remotes answered by themselves with what the sandbox answered in a flow that taught nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from bench.remotes.lessons import Track
from bench.remotes.recording import Exchange, Recording, is_read

_OWN = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?(?:Z|\+00:00)"
    r"|M[A-Z2-7]{12}"
    r"|(?<=\"authorizationNumber\": \")A\d+"
    r"|(?=[0-9A-Za-z_-]*[0-9])[0-9A-Za-z_-]{13,}"
)
"""Finds times, order numbers, banks' numbers, ids, references and keys: what differs between two flows alike."""

Asked = tuple[str, str]
"""What was asked, and the answer, without what is each flow's own."""

_SURPRISE = re.compile(r'"_[0-9a-f]{8}": "[0-9a-f]{6}"(, )?')
"""Finds the member that Monext in the sandbox adds under a name of chance, so that nobody relies on a closed list."""


def differences(track: Track, *, replayed: Sequence[Exchange], witness: Recording) -> Iterator[str]:
    """Gives a sentence for each difference between two flows of a track, of which the sandbox answered the second.

    Calls at the same time have no order, so both are compared in the order of what was asked, and a read beside a
    write may have seen it or not. A string of the flow that was recorded may not be in any answer to another flow.
    """
    ours, theirs = sorted(map(_masked, replayed)), sorted(map(_masked, witness.exchanges))
    _strike_out_what_agrees(ours, theirs, either=_beside_a_write(track.recorded, witness))
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


def _strike_out_what_agrees(ours: list[Asked], theirs: list[Asked], *, either: set[Asked]) -> None:
    """Removes what both have, and then what of `either` was answered otherwise to the other."""
    for one in [*ours]:
        if one in theirs:
            ours.remove(one)
            theirs.remove(one)
    for one in [*ours]:
        other = next((each for each in theirs if each[0] == one[0]), None)
        if other and one in either:
            ours.remove(one)
            theirs.remove(other)


def _beside_a_write(*recordings: Recording) -> set[Asked]:
    """Gives all answers of the sandbox to reads that were made at the same time as a write.

    A write was under way beside one of them, or they came before it in one flow and after it in the other. Such a
    read may be answered either way.
    """
    reads = [
        [(_masked(each), each.epochs) for each in recording.exchanges if is_read(each.method, each.path)]
        for recording in recordings
    ]
    answers = {answer for flow in reads for answer, _ in flow}
    places = {
        asked: [{place for answer, place in flow if answer[0] == asked} for flow in reads]
        for asked, _ in answers
    }
    return {answer for answer in answers if _is_unsure(places[answer[0]])}


def _is_unsure(places: Sequence[set[tuple[int, int]]]) -> bool:
    """Tells whether a read had no certain place among the writes: `places` are its epochs, by flow."""
    apart = any(flow and flow != places[0] for flow in places[1:])
    return apart or any(first < last for flow in places for first, last in flow)


def _masked(exchange: Exchange) -> Asked:
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
