"""3-D Secure in the widget, in Chromium: a form to the bank in a hidden frame, then one in place of our page.

The bank is at an origin that the page's policy does not name, over TLS. The policy is the one that buyers get, and
the devices fail the test where it is violated.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from sandbox.bank import CARDS, Scenario
from sandbox.monext.words import words_in
from sandbox.runner import Sandbox
from tests.browser.devices import Device
from tests.browser.pages.checkout import Checkout
from tests.browser.pages.endings import wait_for_shop_page
from tests.browser.pages.monext import Widget
from tests.browser.recorded import assert_nothing_taken, assert_paid_once
from tests.browser.three_d_secure import STORIES, patience
from tests.world import World


@pytest.mark.parametrize("story", STORIES)
def test_3d_secure_in_the_widget(story: str, desktop: Device, world: World, sandbox: Sandbox) -> None:
    cart = world.cart()
    with patience(sandbox, story):
        for attempt in STORIES[story]:
            Checkout(desktop.tab).open(cart)
            Widget(desktop.tab).pay_by_card(attempt.number)
            if attempt.press:
                expect(desktop.tab).to_have_url(f"{sandbox.bank_url}/acs/challenge")
                desktop.tab.locator(f"#{attempt.press}").click()
            wait_for_shop_page(desktop.tab, attempt.status)
    if attempt.status == "paid":
        assert_paid_once(world, cart)
    else:
        assert_nothing_taken(world, cart)


def test_the_method_is_posted_in_a_hidden_frame_and_the_challenge_in_place_of_the_page(
    desktop: Device, world: World, sandbox: Sandbox
) -> None:
    Checkout(desktop.tab).open(world.cart())
    Widget(desktop.tab).pay_by_card(CARDS[Scenario.CHALLENGE])
    expect(desktop.tab).to_have_url(f"{sandbox.bank_url}/acs/challenge")
    posted = [r for r in desktop.browser_errors.requests if r.method == "POST" and "/acs/" in r.url]
    assert [
        (each.url.removeprefix(sandbox.bank_url), each.frame == desktop.tab.main_frame) for each in posted
    ] == [
        ("/acs/3ds-method", False),
        ("/acs/challenge", True),
    ]


def test_a_challenge_that_is_posted_twice_is_refused_and_another_method_can_be_chosen(
    desktop: Device, world: World, sandbox: Sandbox
) -> None:
    desktop.browser_errors.expect("400: POST|status of 400")
    Checkout(desktop.tab).open(cart := world.cart())
    widget = Widget(desktop.tab)
    widget.pay_by_card(CARDS[Scenario.CHALLENGE])
    expect(desktop.tab.locator("#authenticate")).to_be_visible()
    Checkout(desktop.tab).open(cart)
    widget.box.get_by_role("button", name="Continue").click()
    expect(desktop.tab.locator("#refusal")).to_have_attribute("data-code", "305")
    Checkout(desktop.tab).open(cart)
    widget.box.get_by_role("button", name=words_in("fr")["Another method"]).click()
    widget.pay_by_card()
    wait_for_shop_page(desktop.tab, "paid")
    assert_paid_once(world, cart)


def test_the_policy_of_the_page_opens_nothing_else_to_the_bank(
    desktop: Device, world: World, sandbox: Sandbox
) -> None:
    desktop.browser_errors.expect(f"CSP violation|{sandbox.bank_url}|Content Security Policy")
    Checkout(desktop.tab).open(world.cart())
    expect(Widget(desktop.tab).pay_button).to_be_visible()
    blocked = desktop.tab.evaluate(TRIES, f"{sandbox.bank_url}/static/send_on.js")
    assert blocked == ["connect-src", "img-src", "script-src-elem", "style-src-elem"]


TRIES = """async (address) => {
  const blocked = [];
  document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
  const tried = [["script", "src"], ["link", "href"], ["img", "src"]].map(([tag, name]) => new Promise((resolve) => {
    const node = document.createElement(tag);
    node.rel = "stylesheet";
    node.onload = node.onerror = resolve;
    node[name] = address;
    document.head.append(node);
  }));
  await Promise.all([...tried, fetch(address, { mode: "no-cors" }).catch(() => null)]);
  return blocked.sort();
}"""
