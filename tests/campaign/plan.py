"""What a seed decides, before anything is played: who comes when and does what, and what goes wrong meanwhile.

Every actor has a stream of its own, so that nothing depends on the order in which threads run, and a change of one
part leaves the others as they were. Times are seconds since the storm began.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from tests.campaign.fault_draw import Front, Turn, draw_fronts, draw_turns
from tests.campaign.scripts import GERMAN, STORIES

BUYERS_A_SECOND = 7
LONGEST_PAUSE = 0.6
ACTED_ON = 0.6
SHIPPED = 0.5
SECONDS_BETWEEN_KILLS = 6.0

KINDS = {
    True: {"capture": 5, "final": 2, "refund": 3, "cancel": 1, "reverse": 1},
    False: {"refund": 6, "reverse": 1, "capture": 1, "cancel": 1},
}
"""Acts and how often they are ordered; True for carts that are debited when they are shipped."""

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
    """A buyer: which cart, when, and the script."""

    number: int
    story: str
    situation: str
    mode: str
    arrives: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Deed:
    """An act of the back office. `share` is the part of the payment in thousandths, where the act has an amount.

    `manner`: once; at once, from two threads under the same key; or followed by another body under the key.
    """

    kind: str
    share: int
    manner: str
    pause: float
    bridge: int


@dataclass(frozen=True, slots=True)
class Deal:
    """What the back office does to the payment of one buyer: one after the other, or all at once."""

    number: int
    deeds: tuple[Deed, ...]
    all_at_once: bool


@dataclass(frozen=True, slots=True)
class Parcel:
    """The shipment states that the order of one buyer goes through."""

    number: int
    states: tuple[str, ...]
    pause: float


@dataclass(frozen=True, slots=True)
class Kill:
    """kill -9 of one `worker`, of a bridge with `all` its processes, or of a worker `in a call` of its own."""

    at: float
    bridge: int
    what: str
    down: float


@dataclass(frozen=True, slots=True)
class Plan:
    seed: int
    seconds: float
    visits: tuple[Visit, ...]
    deals: tuple[Deal, ...]
    parcels: tuple[Parcel, ...]
    fronts: tuple[Front, ...]
    turns: tuple[Turn, ...]
    kills: tuple[Kill, ...]


def draw(seed: int, *, buyers: int) -> Plan:
    """The same plan for the same seed and number of buyers."""
    seconds = 3.0 + buyers / BUYERS_A_SECOND
    visits = tuple(_visit(_stream(seed, "buyer", n), n, seconds=seconds) for n in range(buyers))
    return Plan(
        seed=seed,
        seconds=seconds,
        visits=visits,
        deals=tuple(_deals(seed, visits)),
        parcels=tuple(_parcels(seed, visits)),
        fronts=draw_fronts(_stream(seed, "fronts"), seconds=seconds),
        turns=draw_turns(_stream(seed, "turns"), seconds=seconds, arrivals=[v.arrives for v in visits]),
        kills=tuple(_kills(_stream(seed, "kills"), seconds=seconds)),
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


def _deals(seed: int, visits: tuple[Visit, ...]) -> Iterator[Deal]:
    for visit in visits:
        random = _stream(seed, "office", visit.number)
        if random.random() < ACTED_ON:
            late = visit.situation in GERMAN
            deeds = tuple(_deed(random, KINDS[late]) for _ in range(random.randint(1, 4)))
            yield Deal(visit.number, deeds, all_at_once=random.random() < 0.3)


def _deed(random: Random, kinds: dict[str, int]) -> Deed:
    return Deed(
        kind=random.choices(list(kinds), list(kinds.values()))[0],
        share=random.choice((1000, 500, 500, 333, 250, 100, 7)),
        manner=random.choices(list(MANNERS), list(MANNERS.values()))[0],
        pause=random.uniform(0, LONGEST_PAUSE),
        bridge=random.randrange(2),
    )


def _parcels(seed: int, visits: tuple[Visit, ...]) -> Iterator[Parcel]:
    for visit in visits:
        random = _stream(seed, "parcel", visit.number)
        if random.random() < SHIPPED:
            states = random.choice((("Shipped",), ("Shipped", "Delivered"), ("Ready", "Shipped")))
            yield Parcel(visit.number, states, random.uniform(0, 2 * LONGEST_PAUSE))


def _kills(random: Random, *, seconds: float) -> Iterator[Kill]:
    at = random.uniform(1.0, 3.0)
    while at < seconds:
        what = random.choices(("worker", "all", "in a call"), (3, 1, 4))[0]
        yield Kill(at, random.randrange(2), what, down=random.uniform(0.2, 1.5))
        at += random.uniform(0.4, 1.6) * SECONDS_BETWEEN_KILLS
