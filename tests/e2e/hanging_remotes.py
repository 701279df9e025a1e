"""Scenes of a remote that hangs: a bridge whose remotes stand behind gates, who calls it, and what they got.

The bounds are the promises to buyers and back offices, not measurements; those for others are generous, for the
machine is busy.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, Gunicorn, Page
from tests.fault_proxy import Gate, Mood
from tests.services.api_clients import Tokens
from tests.web.back_office import NOBODY_S, Office, capture
from tests.world import World, wait_for

HEALTH, READY, OTHERS = 2.0, 8.0, 5.0
PAGE, NOTIFICATION, ACT = 12.0, 20.0, 20.0
"""Seconds within which each is answered."""

RECOVERED = 20.0
"""Seconds after which a remote that is back is called again."""

LANGUAGES = ("en", "de")
"""Of the buyers who open a page, in turn."""


@dataclass(frozen=True, slots=True)
class Timed:
    answer: Answer
    seconds: float


def timed(call: Callable[[], Answer]) -> Timed:
    began = time.monotonic()
    return Timed(call(), time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class Scene:
    """Which remote hangs and how; `cold`: before the bridge has called anybody at all. So many pages are opened."""

    remote: str
    mood: Mood
    cold: bool = False
    pages: int = 8

    def __str__(self) -> str:
        return f"{self.remote} {self.mood.name.lower()}{' at first' if self.cold else ''}"


@dataclass(slots=True)
class Seen:
    """What was answered while a remote hung, and to the same calls once it was back."""

    health: list[Timed] = field(default_factory=list)
    pages: list[Timed] = field(default_factory=list)
    hung: dict[str, Timed] = field(default_factory=dict)
    again: dict[str, Timed] = field(default_factory=dict)
    captures: list[tuple[str, int, str | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who calls: each of these payments is somebody's."""

    bridge: Gunicorn
    world: World
    office: Office
    captured: Page
    payment: str
    returning: Page
    notified: Page
    session: str

    def calls(self) -> dict[str, Callable[[], Answer]]:
        buyer, office = Buyer(self.bridge), self.office
        headers = {"X-Session-Id": self.session}
        return {
            "return": partial(buyer.comes_back, self.returning),
            "notification": partial(buyer.notified, self.notified),
            "capture": partial(office.act, self.payment, capture(), key="once"),
            "look": partial(office.call, "GET", f"payment-intents/{self.payment}"),
            "shop": partial(self.bridge.call, "POST", "/payment", json={}, headers=headers),
            "ready": partial(self.bridge.call, "GET", "/ready"),
        }


def cast(bridge: Gunicorn, world: World) -> Cast:
    """Everybody's payment is accepted; one has been settled, so that it can be captured."""
    buyer, office = Buyer(bridge), Office(bridge, world.back_office_token())

    def accepted() -> tuple[str, Page]:
        cart = world.cart("german-store")
        page = buyer.start(cart)
        world.pay(page.token, outcome="accepted")
        return cart, page

    (cart, captured), (_, returning), (_, notified) = accepted(), accepted(), accepted()
    buyer.comes_back(captured)
    payment = world.payment(cart)["id"]
    return Cast(
        bridge,
        world,
        office,
        captured,
        payment,
        returning,
        notified,
        world.session(world.cart("german-store")),
    )


@contextmanager
def gated(sandbox: Sandbox, *, log: Path) -> Iterator[tuple[Gunicorn, dict[str, Gate]]]:
    """One worker, and the gates before its remotes."""
    with Gate(sandbox.commercetools_url) as project, Gate(sandbox.monext_url) as monext:
        urls = {f"CTP_{name}_URL": project.url for name in ("API", "AUTH", "SESSION")}
        bridge = Gunicorn(sandbox, log=log, workers=1, MONEXT_API_URL=monext.url, **urls)
        bridge.start()
        try:
            yield bridge, {"commercetools": project, "monext": monext}
        finally:
            bridge.kill()


def play(scene: Scene, sandbox: Sandbox, log: Path) -> Seen:
    world, seen = World(sandbox), Seen()
    carts = [world.cart() for _ in range(scene.pages)]
    with gated(sandbox, log=log) as (bridge, gates), ThreadPoolExecutor(scene.pages + 10) as pool:
        people = cast(bridge, world)
        if scene.cold:
            bridge.stop()
            bridge.start()
        gates[scene.remote].behave(scene.mood)
        pages = open_pages(bridge, carts, pool=pool)
        calls = {name: pool.submit(timed, call) for name, call in people.calls().items()}
        seen.health = ask_health(bridge, times=20)
        seen.pages = [page.result() for page in pages]
        seen.hung = {name: call.result() for name, call in calls.items()}
        gates[scene.remote].behave(Mood.OPEN)
        opens_again(bridge, world)
        seen.again = {name: timed(call) for name, call in people.calls().items()}
        seen.captures = [row for row in world.ledger(people.captured.token) if row[0] == "CAPTURE"]
    return seen


@dataclass(slots=True)
class Beside:
    """What was seen while the hosts beside the remotes hung, and the statuses once they were back."""

    health: list[Timed]
    pages: list[Timed]
    refused: list[Timed]
    again: list[int]


def play_beside(sandbox: Sandbox, log: Path, *, crowd: int) -> Beside:
    """Introspection, checkout sessions and the Merchant Center's keys; a buyer with a link needs none of them."""
    world = World(sandbox)
    with Gate(sandbox.commercetools_url) as gate, ThreadPoolExecutor(crowd + 2) as pool:
        keys = f"{gate.url}/.well-known/jwks.json"
        urls = {"CTP_AUTH_URL": gate.url, "CTP_SESSION_URL": gate.url, "CTP_JWKS_URL": keys}
        bridge = Gunicorn(sandbox, log=log, workers=1, **urls)
        bridge.start()
        buyer = Buyer(bridge)
        buyer.start(world.cart())
        calls = _calls_beside(bridge, world, sandbox)
        gate.behave(Mood.SILENT)
        refused = [pool.submit(timed, call) for call in (*[calls[0]] * crowd, *calls[1:])]
        pages = [timed(partial(buyer.checkout, world.cart())) for _ in range(5)]
        health = ask_health(bridge, times=20)
        seen = Beside(health, pages, [each.result() for each in refused], again=[])
        gate.behave(Mood.OPEN)
        for call in calls:
            wait_for(lambda call=call: call().status < 500, seconds=RECOVERED, every=0.5)  # type: ignore[misc]
            seen.again.append(call().status)
        bridge.kill()
    return seen


def _calls_beside(bridge: Gunicorn, world: World, sandbox: Sandbox) -> list[Callable[[], Answer]]:
    """A back office, which looks for a payment that there is not, the Merchant Center, and a shop's server."""
    back_office, center = Office(bridge, world.back_office_token()), Office(bridge, Tokens(sandbox).jwt())
    headers = {"X-Session-Id": world.session(world.cart())}
    return [
        partial(back_office.call, "GET", f"payment-intents/{NOBODY_S}"),
        partial(center.call, "GET", "status"),
        partial(bridge.call, "POST", "/payment", json={}, headers=headers),
    ]


def open_pages(bridge: Gunicorn, carts: list[str], *, pool: ThreadPoolExecutor) -> list[Future[Timed]]:
    buyer = Buyer(bridge)
    return [
        pool.submit(timed, partial(buyer.checkout, cart, lang=LANGUAGES[number % len(LANGUAGES)]))
        for number, cart in enumerate(carts)
    ]


def ask_health(bridge: Gunicorn, *, times: int) -> list[Timed]:
    found = []
    for _ in range(times):
        found.append(timed(lambda: bridge.call("GET", "/health")))
        time.sleep(0.1)
    return found


def opens_again(bridge: Gunicorn, world: World) -> None:
    """For buyers who try again as people do: more often, and the limits would stop them."""
    cart = world.cart()
    wait_for(lambda: Buyer(bridge).checkout(cart).status == 200, seconds=RECOVERED, every=0.7)
