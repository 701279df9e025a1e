"""The weather that a seed draws: rules put in force and taken away again, and what else happens to both remotes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

SECONDS_BETWEEN_FRONTS = 0.45
SECONDS_BETWEEN_TURNS = 0.2

ACTS = "/(captures|cancels|refunds)$"
SEAMS: Mapping[str, tuple[tuple[str | None, str], ...]] = {
    "commercetools": (
        ("GET", "/carts/"),
        ("POST", "/carts/"),
        ("POST", "/payments$"),
        ("POST", "/payments/"),
        ("POST", "/payments/"),
        ("POST", "/orders$"),
        ("POST", "/orders/"),
        ("GET", "/orders"),
        ("POST", "/oauth/(token|introspect)"),
        (None, ""),
    ),
    "monext": (
        ("POST", "/sessions$"),
        ("GET", "/sessions/"),
        ("GET", "/transactions/"),
        ("POST", ACTS),
        ("POST", ACTS),
        (None, ""),
    ),
}
"""Method and path of the calls that a rule is about; what stands twice is drawn twice as often."""


@dataclass(frozen=True, slots=True)
class Front:
    """A rule of a remote's faults, in force for `lasts` seconds or until it is used up."""

    at: float
    lasts: float
    remote: str
    rule: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that happens once: tokens end, a version rises, a bank refuses, notices go astray.

    `number` is the buyer that it is about, `how` the particulars.
    """

    at: float
    what: str
    how: str = ""
    number: int = 0


def _delay(random: Random) -> dict[str, Any]:
    return {"action": "delay", "seconds": random.uniform(0.1, 0.8), "times": random.randint(2, 10)}


def _status(random: Random) -> dict[str, Any]:
    return {"action": "status", "code": random.choice((500, 502, 503)), "times": random.randint(1, 5)}


def _busy(random: Random) -> dict[str, Any]:
    return {"action": "status", "code": 429, "retry_after": 1, "times": random.randint(1, 5)}


def _done_all_the_same(random: Random) -> dict[str, Any]:
    return {"action": "status_after", "code": random.choice((500, 502, 503)), "times": random.randint(1, 3)}


def _unsure(random: Random) -> dict[str, Any]:
    result = {"title": "ERROR", "code": random.choice(UNSURE), "detail": "See the list of return codes"}
    action = random.choice(("status", "status_after"))
    return {"action": action, "code": 201, "body": {"result": result}, "times": random.randint(1, 3)}


def _hang(random: Random) -> dict[str, Any]:
    return {"action": "hang", "seconds": random.uniform(0.5, 3.0), "times": random.randint(1, 2)}


def _broken(action: str) -> Callable[[Random], dict[str, Any]]:
    return lambda random: {"action": action, "times": random.randint(1, 4)}


DAMAGES: Mapping[Callable[[Random], dict[str, Any]], int] = {
    _delay: 4,
    _status: 4,
    _busy: 2,
    _done_all_the_same: 4,
    _hang: 1,
    _broken("drop_before"): 4,
    _broken("drop_after"): 4,
    _broken("half_body"): 3,
    _broken("html"): 2,
}
"""How often each is drawn, beside the others."""

UNSURE = ("01196", "01197", "01199", "02002", "02003", "02011", "02013", "02101", "02102", "02103", "02106")
UNSURE_ANSWERS = 0.2
"""Part of the fronts over acts in which Monext answers with a code that does not tell what it has done."""

OUTAGES = 0.02
"""Part of the fronts that are one."""

OUTAGE = {"action": "status", "code": 503, "times": 0}
"""All calls of a remote while the front lasts; long enough for a breaker to open."""

LATE_ANSWERS = 0.03
"""Part of the fronts of a long storm in which one call is carried out after its caller has given up."""

LONG_STORM = 20.0
"""Seconds; in a shorter one everybody would wait for the late answers."""

ASTRAY = ("normal", "lost", "doubled", "late", "reversed")
BANK = ("refused", "pending")
TURNS: Mapping[str, int] = {"version": 20, "notices": 4, "messages": 3, "bank": 3, "tokens": 1, "staff": 3}
BUSY_FOR = 4.0
"""Seconds after a buyer's arrival in which others meddle with the cart."""


def draw_fronts(random: Random, *, seconds: float) -> tuple[Front, ...]:
    """Fronts overlap; the first that fits a call is applied."""
    fronts: list[Front] = []
    at = random.uniform(0.0, 1.0)
    while at < seconds:
        fronts.append(_front(random, at, long=seconds > LONG_STORM))
        at += random.uniform(0.2, 1.8) * SECONDS_BETWEEN_FRONTS
    return tuple(fronts)


def draw_turns(random: Random, *, seconds: float, arrivals: Sequence[float]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    at = random.uniform(0.2, 1.0)
    while at < seconds:
        turns.append(_turn(random, at, arrivals=arrivals))
        at += random.uniform(0.2, 1.8) * SECONDS_BETWEEN_TURNS
    return tuple(turns)


def _front(random: Random, at: float, *, long: bool) -> Front:
    remote, chance = random.choice(tuple(SEAMS)), random.random()
    if chance < OUTAGES:
        return Front(at, random.uniform(0.4, 1.8), remote, OUTAGE)
    method, path = random.choice(SEAMS[remote])
    damage = random.choices(list(DAMAGES), list(DAMAGES.values()))[0](random)
    if path == ACTS and random.random() < UNSURE_ANSWERS:
        damage = _unsure(random)
    if long and chance > 1 - LATE_ANSWERS:
        damage = {"action": "delay", "seconds": random.uniform(9.0, 16.0), "times": 1}
    return Front(at, random.uniform(0.5, 3.0), remote, {**damage, "method": method, "path": path})


def _turn(random: Random, at: float, *, arrivals: Sequence[float]) -> Turn:
    here = [number for number, arrived in enumerate(arrivals) if arrived < at < arrived + BUSY_FOR]
    what = random.choices(list(TURNS), list(TURNS.values()))[0]
    how = {
        "version": ("cart", "payment", "order"),
        "notices": ASTRAY,
        "messages": ASTRAY,
        "bank": BANK,
        "staff": ("captures", "refunds"),
    }.get(what, ("",))
    return Turn(at, what, random.choice(how), random.choice(here or [0]))
