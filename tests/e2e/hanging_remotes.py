"""Runs scenarios of a remote that hangs: a bridge behind fault proxies, its callers, and the answers that they get.

The limits are the promises to buyers and back offices, not measurements. Those for the others are generous, because
the machine is busy.
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
from tests.fault_proxy import FaultProxy, ProxyMode
from tests.services.api_clients import Tokens
from tests.web.back_office import UNKNOWN_ID, BackOfficeClient, capture
from tests.world import World, wait_for

HEALTH_LIMIT, READY_LIMIT, OTHERS_LIMIT = 2.0, 8.0, 5.0
PAGE_LIMIT, NOTIFICATION_LIMIT, OPERATION_LIMIT = 12.0, 20.0, 20.0
"""Seconds within which each of these is answered."""

RECOVERED = 20.0
"""Seconds within which a remote that is back is called again."""

LANGUAGES = ("en", "de")
"""The languages of the buyers who open a page, in turn."""


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer, and after how many seconds it came."""

    answer: Answer
    seconds: float


def timed(call: Callable[[], Answer]) -> Timed:
    began = time.monotonic()
    return Timed(call(), time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class HangingRemote:
    """Which remote hangs, and how. `pages`: how many payment pages are opened meanwhile.

    `cold`: the remote hangs before the bridge has made any call.
    """

    remote: str
    mode: ProxyMode
    cold: bool = False
    pages: int = 8

    def __str__(self) -> str:
        return f"{self.remote} {self.mode.name.lower()}{' at first' if self.cold else ''}"


@dataclass(slots=True)
class Observed:
    """The answers while a remote hung (`hung`), and to the same calls once it was back (`again`)."""

    health: list[Timed] = field(default_factory=list)
    pages: list[Timed] = field(default_factory=list)
    hung: dict[str, Timed] = field(default_factory=dict)
    again: dict[str, Timed] = field(default_factory=dict)
    captures: list[tuple[str, int, str | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Callers:
    """The callers of a bridge. Each payment belongs to one of them."""

    bridge: Gunicorn
    world: World
    office: BackOfficeClient
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
            "notification": partial(buyer.notification_arrives, self.notified),
            "capture": partial(office.send_actions, self.payment, capture(), key="once"),
            "look": partial(office.call, "GET", f"payment-intents/{self.payment}"),
            "shop": partial(self.bridge.call, "POST", "/payment", json={}, headers=headers),
            "ready": partial(self.bridge.call, "GET", "/ready"),
        }


def prepare_callers(bridge: Gunicorn, world: World) -> Callers:
    """Make the callers. Their payments are accepted; the outcome of one is recorded, so that it can be captured."""
    buyer, office = Buyer(bridge), BackOfficeClient(bridge, world.back_office_token())

    def accepted() -> tuple[str, Page]:
        cart = world.cart("german-store")
        page = buyer.start(cart)
        world.pay(page.token, outcome="accepted")
        return cart, page

    (cart, captured), (_, returning), (_, notified) = accepted(), accepted(), accepted()
    buyer.comes_back(captured)
    payment = world.payment(cart)["id"]
    return Callers(
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
def bridge_behind_proxies(sandbox: Sandbox, *, log: Path) -> Iterator[tuple[Gunicorn, dict[str, FaultProxy]]]:
    """Run a bridge with one worker, and a proxy before each of its remotes."""
    with FaultProxy(sandbox.commercetools_url) as project, FaultProxy(sandbox.monext_url) as monext:
        urls = {f"CTP_{name}_URL": project.url for name in ("API", "AUTH", "SESSION")}
        bridge = Gunicorn(sandbox, log=log, workers=1, MONEXT_API_URL=monext.url, **urls)
        bridge.start()
        try:
            yield bridge, {"commercetools": project, "monext": monext}
        finally:
            bridge.kill()


def run_scenario(scenario: HangingRemote, sandbox: Sandbox, log: Path) -> Observed:
    """Let a remote hang, make all calls, let it recover, and make the calls again."""
    world, seen = World(sandbox), Observed()
    carts = [world.cart() for _ in range(scenario.pages)]
    with (
        bridge_behind_proxies(sandbox, log=log) as (bridge, proxies),
        ThreadPoolExecutor(scenario.pages + 10) as pool,
    ):
        callers = prepare_callers(bridge, world)
        if scenario.cold:
            bridge.stop()
            bridge.start()
        proxies[scenario.remote].set_mode(scenario.mode)
        pages = open_pages(bridge, carts, pool=pool)
        calls = {name: pool.submit(timed, call) for name, call in callers.calls().items()}
        seen.health = ask_health(bridge, times=20)
        seen.pages = [page.result() for page in pages]
        seen.hung = {name: call.result() for name, call in calls.items()}
        proxies[scenario.remote].set_mode(ProxyMode.FORWARDING)
        wait_until_pages_open(bridge, world)
        seen.again = {name: timed(call) for name, call in callers.calls().items()}
        seen.captures = [row for row in world.ledger(callers.captured.token) if row[0] == "CAPTURE"]
    return seen


@dataclass(slots=True)
class SideHostsObserved:
    """What was observed while commercetools' hosts beside the API hung, and the statuses once they were back."""

    health: list[Timed]
    pages: list[Timed]
    refused: list[Timed]
    again: list[int]


def run_with_hanging_side_hosts(sandbox: Sandbox, log: Path, *, crowd: int) -> SideHostsObserved:
    """Let the hosts of introspection, checkout sessions and the Merchant Center's keys hang.

    A buyer who comes with a link needs none of them.
    """
    world = World(sandbox)
    with FaultProxy(sandbox.commercetools_url) as proxy, ThreadPoolExecutor(crowd + 2) as pool:
        keys = f"{proxy.url}/.well-known/jwks.json"
        urls = {"CTP_AUTH_URL": proxy.url, "CTP_SESSION_URL": proxy.url, "CTP_JWKS_URL": keys}
        bridge = Gunicorn(sandbox, log=log, workers=1, **urls)
        bridge.start()
        buyer = Buyer(bridge)
        buyer.start(world.cart())
        calls = _calls_to_side_hosts(bridge, world, sandbox)
        proxy.set_mode(ProxyMode.SILENT)
        refused = [pool.submit(timed, call) for call in (*[calls[0]] * crowd, *calls[1:])]
        pages = [timed(partial(buyer.checkout, world.cart())) for _ in range(5)]
        health = ask_health(bridge, times=20)
        seen = SideHostsObserved(health, pages, [each.result() for each in refused], again=[])
        proxy.set_mode(ProxyMode.FORWARDING)
        for call in calls:
            wait_for(lambda call=call: call().status < 500, seconds=RECOVERED, every=0.5)  # type: ignore[misc]
            seen.again.append(call().status)
        bridge.kill()
    return seen


def _calls_to_side_hosts(bridge: Gunicorn, world: World, sandbox: Sandbox) -> list[Callable[[], Answer]]:
    """Give the calls of a back office (for an unknown payment), the Merchant Center and a shop's server."""
    back_office, center = (
        BackOfficeClient(bridge, world.back_office_token()),
        BackOfficeClient(bridge, Tokens(sandbox).jwt()),
    )
    headers = {"X-Session-Id": world.session(world.cart())}
    return [
        partial(back_office.call, "GET", f"payment-intents/{UNKNOWN_ID}"),
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


def wait_until_pages_open(bridge: Gunicorn, world: World) -> None:
    """Wait until payment pages open again. Buyers try at a human pace: the rate limits would stop faster ones."""
    cart = world.cart()
    wait_for(lambda: Buyer(bridge).checkout(cart).status == 200, seconds=RECOVERED, every=0.7)
