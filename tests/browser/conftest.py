"""One browser and one bridge in each test process; for each test a buyer's device of its own, which is watched."""

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
    """As in production; after `browser`, so that nothing is started where there is none."""
    log = tmp_path_factory.mktemp("browser") / "bridge.jsonl"
    running = Gunicorn(sandbox, log=log, workers=1, **shop_settings(sandbox))
    running.start()
    before, sandbox.bridge_url = sandbox.bridge_url, running.url
    yield running
    sandbox.bridge_url = before
    running.stop()


@pytest.fixture
def buyer(bridge: Gunicorn) -> Buyer:
    """A buyer without a browser, to bring a payment quickly to where a browser looks at it."""
    return Buyer(bridge)


@pytest.fixture
def new_device(browser: Browser, bridge: Gunicorn, world: World) -> Iterator[Callable[..., Device]]:
    """Makes devices; `kind`, `locale`, and whatever a browser context takes. Fails a test with trouble."""
    made: list[Device] = []

    def make(kind: str = "desktop", **changes: object) -> Device:
        made.append(device(browser, base_url=bridge.url, kind=kind, **changes))
        return made[-1]

    yield make
    for each in made:
        each.put_away()
    assert [trouble for each in made for trouble in each.watch.troubles] == []


@pytest.fixture
def desktop(new_device: Callable[..., Device]) -> Device:
    return new_device("desktop")


@pytest.fixture
def phone(new_device: Callable[..., Device]) -> Device:
    return new_device("phone")


@pytest.fixture
def later(world: World) -> Iterator[Callable[[], None]]:
    """Lets the time to pay run out at Monext; after the test it is as late as before."""
    passed: list[float] = []

    def pass_time(seconds: float = 31 * 60) -> None:
        world.pass_time(seconds)
        passed.append(seconds)

    yield pass_time
    world.pass_time(-sum(passed))
