"""Counting calls and hops at the remotes: what overlapped was one hop."""

from __future__ import annotations

from typing import Any

from tests.world import World, shapes

HELD_BACK = 0.12
"""Seconds for which every call is held back, so that calls of one hop are sure to overlap."""

Json = dict[str, Any]


def watch(world: World) -> None:
    for remote in ("commercetools", "monext"):
        world.fault(remote, action="delay", seconds=HELD_BACK, times=0)
    world.forget_calls()


def hops(world: World) -> list[list[str]]:
    """The calls since `watch`, those that overlapped together, in the order of the hops."""
    calls = [c for remote in ("commercetools", "monext") for c in world.calls(remote)]
    calls = [c for c in calls if not c["path"].startswith("/oauth")]
    found: list[list[Json]] = []
    for call in sorted(calls, key=lambda c: float(c["start"])):
        if found and call["start"] < min(c["end"] for c in found[-1]):
            found[-1].append(call)
        else:
            found.append([call])
    return [sorted(shapes(hop)) for hop in found]
