"""Counts calls and hops at the remotes. Calls that overlap in time are one hop."""

from __future__ import annotations

from typing import Any

from tests.world import World, call_shapes

CALL_DELAY = 0.12
"""Seconds by which every call is delayed, so that the calls of one hop surely overlap."""

Json = dict[str, Any]


def start_counting(world: World) -> None:
    """Delay every call from now on, and forget the calls before."""
    for remote in ("commercetools", "monext"):
        world.fault(remote, action="delay", seconds=CALL_DELAY, times=0)
    world.forget_calls()


def hops(world: World) -> list[list[str]]:
    """Give the calls since `start_counting`, grouped by hop, in the order of the hops."""
    calls = [c for remote in ("commercetools", "monext") for c in world.calls(remote)]
    calls = [c for c in calls if not c["path"].startswith("/oauth")]
    found: list[list[Json]] = []
    for call in sorted(calls, key=lambda c: float(c["start"])):
        if found and call["start"] < min(c["end"] for c in found[-1]):
            found[-1].append(call)
        else:
            found.append([call])
    return [sorted(call_shapes(hop)) for hop in found]
