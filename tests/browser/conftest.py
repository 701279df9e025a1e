"""Gives one browser and one bridge for each test process, and new devices for each test, whose errors fail it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn
from tests.browser.chromium import chromium
from tests.browser.devices import Device, device
from tests.browser.shop import shop_settings
from tests.world import World


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def bridge(
    browser: Browser, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gunicorn]:
    """The bridge as in production. It needs `browser`, so that no bridge is started where there is no browser."""
    log = tmp_path_factory.mktemp("browser") / "bridge.jsonl"
    running = Gunicorn(sandbox, log=log, workers=1, **shop_settings(sandbox))
    running.start()
    before, sandbox.bridge_url = sandbox.bridge_url, running.url
    yield running
    sandbox.bridge_url = before
    running.stop()


@pytest.fixture
def buyer(bridge: Gunicorn) -> Buyer:
    """A buyer without a browser, who brings a payment quickly to the state that a browser then shows."""
    return Buyer(bridge)


@pytest.fixture
def new_device(browser: Browser, bridge: Gunicorn, world: World) -> Iterator[Callable[..., Device]]:
    """Makes devices: `kind`, `locale`, and options of a browser context. Fails the test where a device saw errors."""
    made: list[Device] = []

    def make(kind: str = "desktop", **changes: object) -> Device:
        made.append(device(browser, base_url=bridge.url, kind=kind, **changes))
        return made[-1]

    yield make
    for each in made:
        each.close()
    assert [error for each in made for error in each.browser_errors.errors] == []


@pytest.fixture
def desktop(new_device: Callable[..., Device]) -> Device:
    return new_device("desktop")


@pytest.fixture
def phone(new_device: Callable[..., Device]) -> Device:
    return new_device("phone")


@pytest.fixture
def expire_sessions(world: World) -> Iterator[Callable[[], None]]:
    """Advances Monext's clock until sessions have expired; sets it back after the test."""
    passed: list[float] = []

    def pass_time(seconds: float = 31 * 60) -> None:
        world.advance_monext_clock(seconds)
        passed.append(seconds)

    yield pass_time
    world.advance_monext_clock(-sum(passed))
