"""The bridge dies between any two of its calls; another one finishes the work, once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, Gunicorn, Page
from tests.world import World, wait_for

KEY = "one-key-for-all-processes-of-a-test"


@pytest.fixture(scope="module")
def survivor(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    running = Gunicorn(sandbox, log=tmp_path_factory.mktemp("survivor") / "log.jsonl", SECRET_KEY=KEY)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def victim(sandbox: Sandbox, tmp_path: Path) -> Iterator[Gunicorn]:
    """One for each test, which ends it."""
    running = Gunicorn(sandbox, log=tmp_path / "victim.jsonl", SECRET_KEY=KEY)
    running.start()
    yield running
    running.kill()


@pytest.mark.parametrize(
    ("remote", "method", "path"),
    [
        ("monext", "GET", "/sessions/"),
        ("commercetools", "POST", "/payments/"),
        ("commercetools", "POST", "/orders$"),
    ],
)
def test_a_bridge_that_dies_while_settling_leaves_what_the_next_one_finishes(
    remote: str, method: str, path: str, victim: Gunicorn, survivor: Gunicorn, world: World
) -> None:
    cart = world.cart()
    page = Buyer(victim).start(cart)
    world.pay(page.token, outcome="accepted")
    world.fault(remote, action="hang", seconds=20, method=method, path=path)
    with ThreadPoolExecutor(1) as browser:
        waiting = browser.submit(_or_nothing, Buyer(victim), page)
        wait_for(lambda: any(c["fault"] is None and c["end"] is None for c in world.calls(remote)))
        victim.kill()
        assert waiting.result() is None
    world.reset()
    assert Buyer(survivor).notification_arrives(page).status == 200
    assert [(kind, state) for kind, state, _ in world.transactions(cart)] == [("Charge", "Success")]
    assert len(world.orders(cart)) == 1


def test_a_bridge_that_dies_while_starting_leaves_what_the_next_start_uses(
    victim: Gunicorn, survivor: Gunicorn, world: World
) -> None:
    cart = world.cart()
    world.fault("monext", action="hang", seconds=20, method="POST", path="/sessions$")
    with ThreadPoolExecutor(1) as browser:
        waiting = browser.submit(_checkout_or_nothing, Buyer(victim), cart)
        wait_for(lambda: bool(world.calls("monext")))
        victim.kill()
        assert waiting.result() is None
    world.reset()
    page = Buyer(survivor).start(cart)
    assert world.payment(cart)["interfaceId"] == page.token


def test_a_stop_finishes_what_is_under_way(victim: Gunicorn, world: World) -> None:
    cart = world.cart()
    world.fault("monext", action="delay", seconds=1, method="POST", path="/sessions$")
    with ThreadPoolExecutor(1) as browser:
        waiting = browser.submit(lambda: Buyer(victim).checkout(cart))
        wait_for(lambda: bool(world.calls("monext")))
        assert victim.stop() == 0
        assert waiting.result().status == 200


def _or_nothing(buyer: Buyer, page: Page) -> Answer | None:
    try:
        return buyer.notification_arrives(page)
    except requests.RequestException:
        return None


def _checkout_or_nothing(buyer: Buyer, cart: str) -> Answer | None:
    try:
        return buyer.checkout(cart)
    except requests.RequestException:
        return None
