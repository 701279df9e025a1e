"""A remote that hangs: every answer comes in time and is honest, the rest goes on, and all recovers by itself.

The bounds are the promises to buyers and back offices, not measurements.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from monext_bridge.web.i18n import page_language
from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, Gunicorn
from tests.web.office import Office, capture
from tests.world import World, wait_for

FOR_EVER = 60
MOST_AT_ONCE = 40
"""More than a worker has threads."""

HEALTH, PAGE, ACT, OTHERS = 2.0, 12.0, 20.0, 3.0
"""Seconds within which each has to answer; health generously, for the machine is busy."""


@dataclass(frozen=True, slots=True)
class Timed:
    answer: Answer
    seconds: float


def timed(call: Callable[[], Answer]) -> Timed:
    began = time.monotonic()
    return Timed(call(), time.monotonic() - began)


@pytest.fixture
def bridge(sandbox: Sandbox, world: World, tmp_path: Path) -> Iterator[Gunicorn]:
    """One worker, which has asked nobody for anything yet."""
    running = Gunicorn(sandbox, log=tmp_path / "log.jsonl", workers=1)
    running.start()
    yield running
    world.calm()
    running.stop()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2 * MOST_AT_ONCE) as pool:
        yield pool


def open_pages(bridge: Gunicorn, carts: list[str], *, pool: ThreadPoolExecutor) -> list[Future[Timed]]:
    buyer = Buyer(bridge)
    visits = zip(carts, languages(len(carts)), strict=True)
    return [pool.submit(timed, partial(buyer.checkout, cart, lang=lang)) for cart, lang in visits]


def languages(visits: int) -> list[str]:
    """English and German buyers in turn."""
    return ["en", "de"] * (visits // 2)


def ask_health(bridge: Gunicorn, *, times: int) -> list[Timed]:
    found = []
    for _ in range(times):
        found.append(timed(lambda: bridge.call("GET", "/health")))
        time.sleep(0.1)
    return found


def assert_serves(found: list[Timed]) -> None:
    assert {each.answer.status for each in found} == {200}
    assert max(each.seconds for each in found) < HEALTH


def assert_honest(pages: list[Timed]) -> None:
    """Not now, and nothing was taken; in the buyer's language, where there is a catalogue."""
    assert {page.answer.status for page in pages} <= {503, 504}
    assert max(page.seconds for page in pages) < PAGE
    shown = [page.answer.page.html["lang"] for page in pages]  # type: ignore[index]
    assert shown == [page_language(language) for language in languages(len(pages))]
    in_english = [page.answer.words for page in pages[::2]]
    assert all("Nothing has been taken now" in words for words in in_english)


def opens_again(bridge: Gunicorn, cart: str) -> None:
    wait_for(lambda: Buyer(bridge).checkout(cart).status == 200, seconds=15)


def logged(bridge: Gunicorn, name: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in bridge.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == name]


def test_with_monext_hung_everybody_is_told_in_time_and_all_recovers(
    bridge: Gunicorn, world: World, pool: ThreadPoolExecutor
) -> None:
    buyer, paid = Buyer(bridge), world.cart("german-store")
    page = buyer.start(paid)
    world.pay(page.token, outcome="accepted")
    buyer.comes_back(page)
    office, payment = Office(bridge, world.back_office_token()), world.payment(paid)["id"]
    office.intent(payment)
    carts = [world.cart() for _ in range(MOST_AT_ONCE)]

    world.fault("monext", action="hang", path="/sessions", times=0, seconds=FOR_EVER)
    world.fault("monext", action="delay", path="/captures$", seconds=FOR_EVER)
    act = pool.submit(timed, lambda: office.act(payment, capture(), key="once"))
    wait_for(lambda: any(call["path"].endswith("/captures") for call in world.calls("monext")))
    pages = open_pages(bridge, carts, pool=pool)
    time.sleep(0.2)
    health = pool.submit(ask_health, bridge, times=20)
    others = [timed(lambda: office.call("GET", f"payment-intents/{payment}")) for _ in range(5)]

    assert_serves(health.result())
    assert {each.answer.status for each in others} == {200}
    assert max(each.seconds for each in others) < OTHERS
    assert_honest([page.result() for page in pages])
    assert act.result().answer.status == 503
    assert "not known yet" in act.result().answer.text
    assert act.result().seconds < ACT
    assert [line["remote"] for line in logged(bridge, "breaker_opened")] == ["monext"]

    world.calm()
    opens_again(bridge, carts[0])
    assert len(logged(bridge, "breaker_closed")) == 1
    again = office.act(payment, capture(), key="once")
    assert (again.status, json.loads(again.text)["outcome"]) == (200, "approved")
    assert [row for row in world.ledger(page.token) if row[0] == "CAPTURE"] == [("CAPTURE", 1000, "OK")]


def test_with_commercetools_hung_before_the_first_token_nobody_waits_for_long(
    bridge: Gunicorn, world: World, pool: ThreadPoolExecutor
) -> None:
    """All wait for the one token that is asked for, and not at commercetools itself."""
    carts = [world.cart() for _ in range(MOST_AT_ONCE)]
    world.fault("commercetools", action="hang", times=0, seconds=FOR_EVER)
    pages = open_pages(bridge, carts, pool=pool)
    time.sleep(0.2)
    assert_serves(ask_health(bridge, times=20))
    assert_honest([page.result() for page in pages])

    world.calm()
    opens_again(bridge, carts[0])
