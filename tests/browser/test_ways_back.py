"""From a form of the shop into the payment and back again, with no session in any address; by visits alone."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from sandbox.runner import Sandbox
from tests.bridges import Buyer
from tests.browser.devices import Device
from tests.browser.pages.checkout import Checkout
from tests.browser.pages.endings import wait_for_shop_page
from tests.browser.pages.monext import HostedPage, Widget
from tests.browser.recorded import assert_nothing_taken, assert_paid_once
from tests.world import World

IN_THE_BACKGROUND = "address => fetch(address, { mode: 'no-cors' }).then(() => null, () => null)"
"""Asks, whatever the browser makes of the answer: our headers keep it from the page of another origin."""


def named(device: Device) -> set[str]:
    """What the address of the page names."""
    return set(parse_qs(urlsplit(device.tab.url).query))


@pytest.mark.parametrize("proof", ["signed", "session"])
def test_a_form_of_the_shop_leads_to_the_payment_and_back(
    proof: str, desktop: Device, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    desktop.tab.goto(f"{sandbox.shop_url}/carts/{cart}/pay?sent=form&mode=widget&proof={proof}")
    desktop.tab.locator("#to-the-payment button").click()
    checkout = Checkout(desktop.tab)
    expect(Widget(desktop.tab).pay_button).to_be_visible()
    assert named(desktop) == {"ref"}
    token = checkout.token
    desktop.tab.reload()
    expect(Widget(desktop.tab).pay_button).to_be_visible()
    assert checkout.token == token
    checkout.hosted.click()
    HostedPage(desktop.tab).is_there().pay_by_card().back_to_shop()
    wait_for_shop_page(desktop.tab, "paid")
    assert_paid_once(world, cart)


def test_what_a_page_loads_in_the_background_cancels_nothing(
    desktop: Device, buyer: Buyer, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    address = f"{sandbox.bridge_url}/cancel/{buyer.start(cart).ref}"
    desktop.tab.goto(f"{sandbox.shop_url}/carts/{cart}")
    desktop.browser_errors.expect("ERR_BLOCKED_BY_RESPONSE")
    desktop.tab.evaluate(IN_THE_BACKGROUND, address)
    assert world.transactions(cart)[0][1] == "Initial"
    desktop.tab.goto(address)
    wait_for_shop_page(desktop.tab, "cancelled")
    assert_nothing_taken(world, cart)
