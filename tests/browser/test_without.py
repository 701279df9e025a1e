"""Without JavaScript, without Monext's widget, without a mouse: the payment still goes through."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.devices import Device
from tests.browser.pages.checkout import Checkout
from tests.browser.pages.endings import Result, wait_for_shop_page
from tests.browser.pages.monext import ACCEPTED, HostedPage, Partner, Widget
from tests.browser.recorded import assert_paid_once
from tests.world import World

BROKEN = "widget-min|Failed to load resource"
BLOCKERS: dict[str, dict[str, Any]] = {
    "down": {"action": "drop_before", "path": "/cdn/", "times": 0},
    "answers 503": {"action": "status", "code": 503, "path": "/cdn/", "times": 0},
    "answers a page": {"action": "html", "path": "/cdn/", "times": 0},
}


@pytest.fixture
def without_script(new_device: Callable[..., Device]) -> Device:
    return new_device("phone", java_script_enabled=False)


@pytest.mark.parametrize("mode", ["widget", "redirect", "direct"])
def test_paid_without_script(mode: str, without_script: Device, world: World) -> None:
    tab = without_script.tab
    Checkout(tab).open(cart := world.cart(), mode=mode)
    if mode == "widget":
        tab.locator("noscript .button").click()
    HostedPage(tab).pay_by_card().back_to_shop()
    wait_for_shop_page(tab, "paid")
    assert_paid_once(world, cart)


def test_given_up_without_script(without_script: Device, world: World) -> None:
    Checkout(without_script.tab).open(world.cart()).cancel()
    wait_for_shop_page(without_script.tab, "cancelled")


def test_pending_then_paid_without_script(without_script: Device, world: World) -> None:
    tab = without_script.tab
    Checkout(tab).open(cart := world.cart(), mode="redirect")
    HostedPage(tab).is_there().choose("PayPal")
    Partner(tab).leave_pending()
    HostedPage(tab).back_to_shop()
    Result(tab).says("pending")
    refresh = tab.locator("noscript meta[http-equiv=refresh]").get_attribute("content") or ""
    world.resolve(world.payment(cart)["interfaceId"], "accepted")
    tab.goto(refresh.partition("url=")[2])
    wait_for_shop_page(tab, "paid")
    assert_paid_once(world, cart)


@pytest.mark.parametrize("how", BLOCKERS)
def test_widget_host_that_does_not_serve(how: str, desktop: Device, world: World) -> None:
    desktop.browser_errors.expect(BROKEN + "|Unexpected token|MIME type")
    world.fault("monext", **BLOCKERS[how])
    checkout = Checkout(desktop.tab).open(cart := world.cart())
    checkout.notices.get_by_role("link").click()
    HostedPage(desktop.tab).pay_by_card().back_to_shop()
    wait_for_shop_page(desktop.tab, "paid")
    assert_paid_once(world, cart)


def test_widget_that_is_blocked_by_the_browser_is_not_waited_for(desktop: Device, world: World) -> None:
    desktop.browser_errors.expect(BROKEN)
    desktop.tab.clock.install(time=0)
    desktop.tab.clock.pause_at(1)
    desktop.tab.route("**/cdn/**", lambda route: route.abort("blockedbyclient"))
    checkout = Checkout(desktop.tab).open(world.cart())
    checkout.notices.get_by_role("link").click()
    HostedPage(desktop.tab).is_there()


def test_widget_that_never_comes(desktop: Device, world: World) -> None:
    desktop.hold("**/cdn/scripts/**")
    desktop.tab.clock.install()
    checkout = Checkout(desktop.tab).open(world.cart(), lang="en")
    expect(checkout.notices).to_contain_text("loading")
    expect(checkout.due).to_be_visible()
    desktop.tab.clock.fast_forward(13_000)
    checkout.notices.get_by_role("link").click()
    HostedPage(desktop.tab).is_there()


def test_widget_that_draws_nothing_to_act_on_counts_as_failed(desktop: Device, world: World) -> None:
    empty = "document.getElementById('PaylineWidget').append(document.createElement('div'))"
    desktop.tab.route(
        "**/cdn/scripts/**", lambda route: route.fulfill(body=empty, content_type="text/javascript")
    )
    desktop.tab.clock.install()
    checkout = Checkout(desktop.tab).open(world.cart(), lang="en")
    expect(desktop.tab.locator("#PaylineWidget > div")).to_be_attached()
    expect(checkout.notices).to_contain_text("loading")
    desktop.tab.clock.fast_forward(13_000)
    expect(checkout.notices.get_by_role("link")).to_be_visible()


def test_widget_that_comes_late_takes_the_place_of_the_notice(desktop: Device, world: World) -> None:
    held = desktop.hold("**/cdn/scripts/**")
    desktop.tab.clock.install()
    checkout = Checkout(desktop.tab).open(cart := world.cart(), lang="en")
    expect(checkout.notices).to_contain_text("loading")
    desktop.tab.clock.fast_forward(13_000)
    expect(checkout.notices.get_by_role("link")).to_be_visible()
    held.pop().continue_()
    Widget(desktop.tab).pay_by_card()
    wait_for_shop_page(desktop.tab, "paid")
    assert_paid_once(world, cart)


def test_keyboard_alone_in_the_widget(desktop: Device, world: World) -> None:
    tab = desktop.tab
    checkout = Checkout(tab).open(cart := world.cart())
    expect(Widget(tab).pay_button).to_be_visible()
    walk_to(tab, "#pl-number")
    tab.keyboard.type(ACCEPTED)
    walk_to(tab, "#pl-expiry")
    tab.keyboard.type("12/35")
    walk_to(tab, "#pl-cvv")
    tab.keyboard.type("123")
    walk_to(tab, ".pl-pay-btn")
    tab.keyboard.press("Enter")
    wait_for_shop_page(tab, "paid")
    assert_paid_once(world, cart)
    assert checkout.widget.count() == 0


def test_keyboard_alone_from_the_result_back_to_the_payment(desktop: Device, world: World) -> None:
    tab = desktop.tab
    checkout = Checkout(tab).open(cart := world.cart())
    result = str(checkout.widget.get_attribute("data-result"))
    tab.goto(result)
    Result(tab).says("not_finished")
    walk_to(tab, "#retry")
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(re.compile(rf"/checkout/{cart}|/v2/"))


def walk_to(tab: Page, selector: str) -> None:
    """Press Tab until the element has the focus, which must be visible on every stop."""
    for _ in range(40):
        tab.keyboard.press("Tab")
        state = tab.evaluate(
            """(selector) => { const e = document.activeElement; const style = getComputedStyle(e);
            return [e.matches(selector), e === document.body || style.outlineStyle !== "none"]; }""",
            selector,
        )
        assert state[1], "the focus can't be seen"
        if state[0]:
            return
    raise AssertionError(f"the keyboard does not reach {selector}")
