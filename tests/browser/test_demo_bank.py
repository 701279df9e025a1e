"""3-D Secure as the demo has it: a bank over plain http, to which Monext's own pages lead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from sandbox.bank import CARDS, Scenario
from sandbox.runner import Sandbox
from tests.bridges import Gunicorn
from tests.browser.devices import Device, device
from tests.browser.pages.checkout import Checkout
from tests.browser.pages.endings import wait_for_shop_page
from tests.browser.pages.monext import Bank, Widget
from tests.browser.recorded import assert_paid_once
from tests.browser.shop import shop_settings
from tests.world import World


@pytest.fixture
def plain(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Device, Sandbox]]:
    """A device that trusts no certificate but those of authorities, at a bridge with the demo's kind of bank."""
    log = tmp_path_factory.mktemp("demo") / "bridge.jsonl"
    with Sandbox(bank_tls=False) as sandbox:
        bridge = Gunicorn(sandbox, log=log, workers=1, **shop_settings(sandbox))
        bridge.start()
        sandbox.bridge_url = bridge.url
        made = device(browser, base_url=bridge.url, ignore_https_errors=False)
        yield made, sandbox
        made.close()
        bridge.stop()
    assert made.browser_errors.errors == []


def test_method_and_challenge_of_a_bank_over_plain_http(plain: tuple[Device, Sandbox]) -> None:
    (made, sandbox), number = plain, CARDS[Scenario.CHALLENGE]
    world = World(sandbox)
    Checkout(made.tab).open(cart := world.cart())
    Widget(made.tab).pay_by_card(number)
    expect(made.tab).to_have_url(f"{sandbox.bank_url}/acs/challenge")
    assert [r.url for r in made.browser_errors.requests if "method-notification" in r.url]
    Bank(made.tab).authenticate()
    wait_for_shop_page(made.tab, "paid")
    assert_paid_once(world, cart)
