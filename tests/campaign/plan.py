"""Draws the plan of a seed before anything is played: who comes when and does what, and what goes wrong meanwhile.

Every actor has its own random stream, so that nothing depends on the order in which threads run, and a change of one
part leaves the others as they were. Times are seconds since the storm began.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from tests.campaign.fault_draw import FaultWindow, SingleEvent, draw_fault_windows, draw_single_events
from tests.campaign.scripts import GERMAN, STORIES

BUYERS_A_SECOND = 7
LONGEST_PAUSE = 0.6
OPERATED_ON = 0.6
SHIPPED = 0.5
SECONDS_BETWEEN_KILLS = 6.0
RELEASING_SEEDS = 0.5

KINDS = {
    True: {"capture": 5, "final": 2, "refund": 3, "cancel": 1, "reverse": 1},
    False: {"refund": 6, "reverse": 1, "capture": 1, "cancel": 1},
}
"""The operations and how often each is ordered. True: for carts that are debited when they are shipped."""

MANNERS = {"once": 6, "at once": 2, "other body": 1}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a script, `pause` seconds after the one before, at the bridge of that number."""

    verb: str
    argument: str
    pause: float
    bridge: int


@dataclass(frozen=True, slots=True)
class Visit:
    """The visit of one buyer: which cart, when, and by which script."""

    number: int
    story: str
    situation: str
    mode: str
    arrives: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class PlannedOperation:
    """An operation of the back office. `share` is the part of the payment in thousandths, if it has an amount.

    `manner`: once; at once, from two threads under the same key; or followed by another body under the key.
    """

    kind: str
    share: int
    manner: str
    pause: float
    bridge: int


@dataclass(frozen=True, slots=True)
class OfficePlan:
    """The operations of the back office on the payment of one buyer, one after the other or all at once."""

    number: int
    operations: tuple[PlannedOperation, ...]
    all_at_once: bool


@dataclass(frozen=True, slots=True)
class Shipment:
    """The shipment states that the order of one buyer goes through."""

    number: int
    states: tuple[str, ...]
    pause: float


@dataclass(frozen=True, slots=True)
class Kill:
    """A SIGKILL of one `worker`, of `all` processes of a bridge, or of a worker `in a call` that it makes."""

    at: float
    bridge: int
    what: str
    down: float


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a seed decides. `seconds` is how long the storm lasts."""

    seed: int
    seconds: float
    visits: tuple[Visit, ...]
    office_plans: tuple[OfficePlan, ...]
    shipments: tuple[Shipment, ...]
    fault_windows: tuple[FaultWindow, ...]
    single_events: tuple[SingleEvent, ...]
    kills: tuple[Kill, ...]
    releases: bool = False
    """Whether the bridges release what is not captured of a Cancelled order (`RELEASE_ON_CANCELLATION`)."""


def draw_plan(seed: int, *, buyers: int) -> Plan:
    """Draw the plan; it is the same for the same seed and number of buyers."""
    seconds = 3.0 + buyers / BUYERS_A_SECOND
    visits = tuple(_visit(_stream(seed, "buyer", n), n, seconds=seconds) for n in range(buyers))
    return Plan(
        seed=seed,
        seconds=seconds,
        visits=visits,
        office_plans=tuple(_office_plans(seed, visits)),
        shipments=tuple(_shipments(seed, visits)),
        fault_windows=draw_fault_windows(_stream(seed, "fronts"), seconds=seconds),
        single_events=draw_single_events(
            _stream(seed, "turns"), seconds=seconds, arrivals=[v.arrives for v in visits]
        ),
        kills=tuple(_kills(_stream(seed, "kills"), seconds=seconds)),
        releases=_stream(seed, "settings").random() < RELEASING_SEEDS,
    )


def _stream(seed: int, *name: object) -> Random:
    return Random("/".join(str(part) for part in (seed, *name)))


def _visit(random: Random, number: int, *, seconds: float) -> Visit:
    name = random.choices(list(STORIES), [story.weight for story in STORIES.values()])[0]
    story = STORIES[name]
    home = random.randrange(2)
    return Visit(
        number=number,
        story=name,
        situation=random.choice(story.carts),
        mode=random.choice(("widget", "widget", "redirect", "direct")),
        arrives=random.uniform(0, seconds - 2),
        steps=tuple(_step(random, text, home) for text in story.script.split()),
    )


def _step(random: Random, text: str, home: int) -> Step:
    verb, _, argument = text.partition(":")
    bridge = home if random.random() < 0.7 else 1 - home
    return Step(verb, argument, random.uniform(0, LONGEST_PAUSE), bridge)


def _office_plans(seed: int, visits: tuple[Visit, ...]) -> Iterator[OfficePlan]:
    for visit in visits:
        random = _stream(seed, "office", visit.number)
        if random.random() < OPERATED_ON:
            late = visit.situation in GERMAN
            operations = tuple(_operation(random, KINDS[late]) for _ in range(random.randint(1, 4)))
            yield OfficePlan(visit.number, operations, all_at_once=random.random() < 0.3)


def _operation(random: Random, kinds: dict[str, int]) -> PlannedOperation:
    return PlannedOperation(
        kind=random.choices(list(kinds), list(kinds.values()))[0],
        share=random.choice((1000, 500, 500, 333, 250, 100, 7)),
        manner=random.choices(list(MANNERS), list(MANNERS.values()))[0],
        pause=random.uniform(0, LONGEST_PAUSE),
        bridge=random.randrange(2),
    )


def _shipments(seed: int, visits: tuple[Visit, ...]) -> Iterator[Shipment]:
    """Draw the shipments of the warehouse. What a script ships at its own time, the warehouse leaves alone."""
    for visit in visits:
        random = _stream(seed, "parcel", visit.number)
        shipped_by_script = any(step.verb == "ship" for step in visit.steps)
        if random.random() < SHIPPED and not shipped_by_script:
            states = random.choice((("Shipped",), ("Shipped", "Delivered"), ("Ready", "Shipped")))
            yield Shipment(visit.number, states, random.uniform(0, 2 * LONGEST_PAUSE))


def _kills(random: Random, *, seconds: float) -> Iterator[Kill]:
    at = random.uniform(1.0, 3.0)
    while at < seconds:
        what = random.choices(("worker", "all", "in a call"), (3, 1, 4))[0]
        yield Kill(at, random.randrange(2), what, down=random.uniform(0.2, 1.5))
        at += random.uniform(0.4, 1.6) * SECONDS_BETWEEN_KILLS
