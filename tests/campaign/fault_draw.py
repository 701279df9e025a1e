"""Draws the faults of a seed: rules that are in force for a while, and events that happen once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from monext_bridge.mapping.monext import UNSURE_OPERATION_CODES

SECONDS_BETWEEN_WINDOWS = 0.45
SECONDS_BETWEEN_EVENTS = 0.2

OPERATIONS = "/(captures|cancels|refunds)$"
DISTURBED_CALLS: Mapping[str, tuple[tuple[str | None, str], ...]] = {
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
        ("POST", OPERATIONS),
        ("POST", OPERATIONS),
        (None, ""),
    ),
}
"""The method and path of the calls that a rule is about. What stands here twice is drawn twice as often."""


@dataclass(frozen=True, slots=True)
class FaultWindow:
    """A fault rule of a remote that is in force for `lasts` seconds, or until it is used up."""

    at: float
    lasts: float
    remote: str
    rule: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SingleEvent:
    """Something that happens once: tokens end, a version rises, a bank refuses, notifications get lost.

    `number` is the buyer that it is about, `how` says more.
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


def _ambiguous(random: Random) -> dict[str, Any]:
    result = {
        "title": "ERROR",
        "code": random.choice(AMBIGUOUS_CODES),
        "detail": "See the list of return codes",
    }
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
"""How often each fault is drawn, in proportion to the others."""

AMBIGUOUS_CODES = sorted(UNSURE_OPERATION_CODES)
AMBIGUOUS_ANSWERS = 0.2
"""The part of the windows over operations in which Monext answers with a code that does not tell what it did."""

OUTAGES = 0.02
"""The part of the windows that are an outage."""

OUTAGE = {"action": "status", "code": 503, "times": 0}
"""Fails all calls of a remote while the window lasts, which is long enough for a breaker to open."""

LATE_ANSWERS = 0.03
"""The part of the windows of a long storm in which one call is carried out after its caller has given up."""

LONG_STORM = 20.0
"""Seconds from which on a storm has late answers: in a shorter one everybody would wait for them."""

DELIVERY_MODES = ("normal", "lost", "doubled", "late", "reversed")
BANK = ("refused", "pending")
SINGLE_EVENTS: Mapping[str, int] = {
    "version": 20,
    "notices": 4,
    "messages": 3,
    "bank": 3,
    "tokens": 1,
    "staff": 3,
}
BUSY_FOR = 4.0
"""Seconds after a buyer's arrival in which others change the cart."""


def draw_fault_windows(random: Random, *, seconds: float) -> tuple[FaultWindow, ...]:
    """Draw the windows. They overlap; the first whose rule fits a call is applied."""
    fault_windows: list[FaultWindow] = []
    at = random.uniform(0.0, 1.0)
    while at < seconds:
        fault_windows.append(_draw_window(random, at, long=seconds > LONG_STORM))
        at += random.uniform(0.2, 1.8) * SECONDS_BETWEEN_WINDOWS
    return tuple(fault_windows)


def draw_single_events(
    random: Random, *, seconds: float, arrivals: Sequence[float]
) -> tuple[SingleEvent, ...]:
    single_events: list[SingleEvent] = []
    at = random.uniform(0.2, 1.0)
    while at < seconds:
        single_events.append(_draw_single_event(random, at, arrivals=arrivals))
        at += random.uniform(0.2, 1.8) * SECONDS_BETWEEN_EVENTS
    return tuple(single_events)


def _draw_window(random: Random, at: float, *, long: bool) -> FaultWindow:
    remote, chance = random.choice(tuple(DISTURBED_CALLS)), random.random()
    if chance < OUTAGES:
        return FaultWindow(at, random.uniform(0.4, 1.8), remote, OUTAGE)
    method, path = random.choice(DISTURBED_CALLS[remote])
    damage = random.choices(list(DAMAGES), list(DAMAGES.values()))[0](random)
    if path == OPERATIONS and random.random() < AMBIGUOUS_ANSWERS:
        damage = _ambiguous(random)
    if long and chance > 1 - LATE_ANSWERS:
        damage = {"action": "delay", "seconds": random.uniform(9.0, 16.0), "times": 1}
    return FaultWindow(at, random.uniform(0.5, 3.0), remote, {**damage, "method": method, "path": path})


def _draw_single_event(random: Random, at: float, *, arrivals: Sequence[float]) -> SingleEvent:
    here = [number for number, arrived in enumerate(arrivals) if arrived < at < arrived + BUSY_FOR]
    what = random.choices(list(SINGLE_EVENTS), list(SINGLE_EVENTS.values()))[0]
    variants = {
        "version": ("cart", "payment", "order"),
        "notices": DELIVERY_MODES,
        "messages": DELIVERY_MODES,
        "bank": BANK,
        "staff": ("captures", "refunds"),
    }.get(what, ("",))
    return SingleEvent(at, what, random.choice(variants), random.choice(here or [0]))
