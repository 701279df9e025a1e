"""Cancel beside the widget: the page goes on when Monext's script calls back, and after a second at the latest."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.devices import Device
from tests.browser.pages.checkout import Checkout
from tests.browser.pages.endings import wait_for_shop_page
from tests.browser.pages.monext import Widget
from tests.browser.recorded import assert_nothing_taken
from tests.world import World

NOON, LATER = "2026-03-02T12:00:00Z", "2026-03-02T12:01:00Z"


def opened(device: Device, world: World) -> tuple[Checkout, str]:
    """A page with a widget, in which no timer runs any more."""
    device.tab.clock.install(time=NOON)
    checkout = Checkout(device.tab).open(cart := world.cart())
    expect(Widget(device.tab).pay_button).to_be_visible()
    device.tab.clock.pause_at(LATER)
    return checkout, cart


def test_the_page_goes_on_when_the_widget_calls_back_without_a_wait(desktop: Device, world: World) -> None:
    checkout, cart = opened(desktop, world)
    checkout.cancel()
    wait_for_shop_page(desktop.tab, "cancelled")
    assert_nothing_taken(world, cart)
    assert any(request.url.endswith("/end") for request in desktop.browser_errors.requests)


def test_a_widget_that_never_calls_back_holds_the_page_for_a_second_at_most(
    desktop: Device, world: World
) -> None:
    checkout, cart = opened(desktop, world)
    held = desktop.hold("**/services/token/*/end")
    with desktop.tab.expect_request("**/services/token/*/end"):
        checkout.cancel()
    desktop.tab.clock.run_for(999)
    expect(checkout.notices.locator(".notice")).to_be_visible()
    assert len(held) == 1
    desktop.tab.clock.run_for(1)
    wait_for_shop_page(desktop.tab, "cancelled")
    assert_nothing_taken(world, cart)


@pytest.mark.parametrize("script", ["() => { throw new Error('no'); }", "undefined"])
def test_a_widget_that_can_end_nothing_holds_nobody(desktop: Device, world: World, script: str) -> None:
    checkout, cart = opened(desktop, world)
    desktop.tab.evaluate(f"() => {{ window.Payline.Api.endToken = {script}; }}")
    checkout.cancel()
    wait_for_shop_page(desktop.tab, "cancelled")
    assert_nothing_taken(world, cart)


def test_the_sandboxs_widget_calls_back_and_returns_nothing_as_monexts(desktop: Device, world: World) -> None:
    Checkout(desktop.tab).open(world.cart())
    expect(Widget(desktop.tab).pay_button).to_be_visible()
    returned, state = desktop.tab.evaluate(
        """() => new Promise((resolve) => {
          let returned = "unset";
          const called = () => resolve([typeof returned, document.querySelector(".pl-end")?.dataset.state ?? ""]);
          returned = window.Payline.Api.endToken(null, called, null, true);
        })"""
    )
    assert (returned, state) == ("undefined", "")
