"""Sends crowds of buyers to a bridge, and asks for its /health meanwhile: who is served, who has to come again?"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from bench.figures import percentile
from bench.measuring import Site

CROWD_SECONDS = 5.0
"""For so long a buyer begins again once he is answered, or when he was told to. Then the last are waited for."""

_HEALTH_PAUSE = 0.05
_HEALTH_PATIENCE = 30.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many buyers at once. Milliseconds of starts that were answered, of those told to come again, of /health."""

    at_once: int
    answered: Sequence[float]
    told_to_come_again: Sequence[float]
    health: Sequence[float]
    errors: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Crowds:
    """The crowds of one bridge, one after the other."""

    name: str
    crowds: Sequence[Crowd]


def send_crowds(site: Site, *, sizes: Sequence[int]) -> Crowds:
    """Sends one crowd after the other. Nothing passes between two, so the last one shows whether it recovers."""
    return Crowds(site.name, [_send(site, at_once=size) for size in sizes])


def _send(site: Site, *, at_once: int) -> Crowd:
    site.load.ask({"drop": True})
    began, health = time.monotonic(), []
    site.load.send({"scenario": "start", "at_once": at_once, "seconds": CROWD_SECONDS})
    while time.monotonic() < began + CROWD_SECONDS:
        health.append(_ask_health(site.bridge.url))
        time.sleep(_HEALTH_PAUSE)
    told = site.load.read()
    return Crowd(at_once, told["milliseconds"], told["again"], health, told["errors"])


def _ask_health(url: str) -> float:
    """Asks on a connection of its own, as a host does. Raises OSError where it is not answered with 200."""
    began = time.monotonic()
    with _OPENER.open(f"{url}/health", timeout=_HEALTH_PATIENCE) as answer:
        answer.read()
    return 1000 * (time.monotonic() - began)


def crowds_json(found: Sequence[Crowds], *, head: Mapping[str, object]) -> str:
    return json.dumps({**head, "crowds": [asdict(each) for each in found]}) + "\n"


def crowds_markdown(found: Sequence[Crowds], *, title: str) -> str:
    """Gives one line for each crowd; milliseconds."""
    lines = [
        f"# {title}",
        "",
        "| bridge | at once | answered | told to come again | p50, p95, longest ms | told after at most ms "
        "| /health p50, p95, longest ms | errors |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for each in found:
        lines += [_line(each.name, crowd) for crowd in each.crowds]
    return "\n".join(lines) + "\n"


def _line(name: str, crowd: Crowd) -> str:
    cells = [
        name,
        str(crowd.at_once),
        str(len(crowd.answered)),
        str(len(crowd.told_to_come_again)),
        _spread(crowd.answered),
        f"{max(crowd.told_to_come_again):.0f}" if crowd.told_to_come_again else "",
        _spread(crowd.health),
        ", ".join(f"{count} {kind}" for kind, count in crowd.errors.items()),
    ]
    return "| " + " | ".join(cells) + " |"


def _spread(milliseconds: Sequence[float]) -> str:
    return ", ".join(f"{percentile(milliseconds, percent) or 0:.0f}" for percent in (50, 95, 100))
