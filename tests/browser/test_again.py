"""Back, reload, double click, two tabs, giving up, running out of time: harmless, and told truly."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from playwright.sync_api import TimeoutError as NoMoreLooks

from sandbox.runner import Sandbox
from tests.browser.devices import TIMEOUT_MS, Device
from tests.browser.pages.checkout import Checkout
from tests.browser.pages.endings import Result, wait_for_shop_page
from tests.browser.pages.monext import HostedPage, Partner, Widget
from tests.browser.recorded import assert_nothing_taken, assert_paid_once
from tests.world import World

MORE_LOOKS_THAN_ANY_PAGE_TAKES = 40


def look_again(tab: Page, *, patience: float = TIMEOUT_MS) -> None:
    """The page's own next look, without the wait for it. Raises NoMoreLooks after `patience` milliseconds."""
    with tab.expect_response(re.compile(r"/result/.*waiting="), timeout=patience):
        tab.clock.run_for(20_500)


@pytest.mark.parametrize(("outcome", "status"), [("accepted", "paid"), ("refused", "refused")])
def test_a_pending_payment_moves_on_by_itself(outcome: str, status: str, phone: Device, world: World) -> None:
    Checkout(phone.tab).open(cart := world.cart())
    token = Checkout(phone.tab).token
    Widget(phone.tab).choose("PayPal").pay()
    phone.tab.clock.install()
    Partner(phone.tab).leave_pending()
    Result(phone.tab).says("pending")
    assert world.orders(cart) == []
    look_again(phone.tab)
    Result(phone.tab).says("pending")
    world.resolve(token, outcome)
    look_again(phone.tab)
    wait_for_shop_page(phone.tab, status)
    assert len(world.orders(cart)) == (outcome == "accepted")


def test_a_pending_payment_stops_looking_and_says_so(phone: Device, world: World) -> None:
    Checkout(phone.tab).open(world.cart())
    Widget(phone.tab).choose("PayPal").pay()
    phone.tab.clock.install()
    Partner(phone.tab).leave_pending()
    again = Result(phone.tab).says("pending").notices.locator(".button")
    looking = phone.tab.locator(".looking")
    expect(looking).to_be_visible()
    for _ in range(MORE_LOOKS_THAN_ANY_PAGE_TAKES):
        if again.count():
            break
        with contextlib.suppress(NoMoreLooks):
            look_again(phone.tab, patience=2_000)
    expect(again).to_be_visible()
    expect(looking).to_be_hidden()


def test_the_way_out_of_the_page(desktop: Device, world: World) -> None:
    checkout = Checkout(desktop.tab).open(cart := world.cart())
    expect(Widget(desktop.tab).pay_button).to_be_visible()
    checkout.cancel()
    wait_for_shop_page(desktop.tab, "cancelled")
    assert_nothing_taken(world, cart)


@pytest.mark.parametrize("mode", ["widget", "redirect"])
def test_the_way_out_of_monexts_part(mode: str, desktop: Device, world: World) -> None:
    Checkout(desktop.tab).open(cart := world.cart(), mode=mode)
    (Widget(desktop.tab) if mode == "widget" else HostedPage(desktop.tab).is_there()).cancel()
    wait_for_shop_page(desktop.tab, "cancelled")
    assert_nothing_taken(world, cart)


def test_cancelled_then_paid_after_all(phone: Device, world: World) -> None:
    checkout = Checkout(phone.tab).open(cart := world.cart())
    expect(Widget(phone.tab).pay_button).to_be_visible()
    checkout.cancel()
    wait_for_shop_page(phone.tab, "cancelled")
    checkout.open(cart)
    Widget(phone.tab).pay_by_card()
    wait_for_shop_page(phone.tab, "paid")
    assert_paid_once(world, cart)


@pytest.mark.parametrize("mode", ["widget", "redirect"])
def test_time_that_ran_out(
    mode: str, desktop: Device, world: World, expire_sessions: Callable[[], None]
) -> None:
    Checkout(desktop.tab).open(cart := world.cart(), mode=mode)
    if mode == "widget":
        widget = Widget(desktop.tab).fill_in()
        expire_sessions()
        widget.pay()
    else:
        HostedPage(desktop.tab).is_there()
        expire_sessions()
        desktop.tab.reload()
        HostedPage(desktop.tab).back_to_shop()
    wait_for_shop_page(desktop.tab, "expired")
    assert_nothing_taken(world, cart)


def test_back_after_paying_shows_the_result_and_no_second_form(desktop: Device, world: World) -> None:
    Checkout(desktop.tab).open(cart := world.cart())
    Widget(desktop.tab).pay_by_card()
    wait_for_shop_page(desktop.tab, "paid")
    desktop.tab.go_back(wait_until="commit")
    Result(desktop.tab).says("paid")
    assert_paid_once(world, cart)


def test_back_from_the_hosted_page_and_on_again(desktop: Device, world: World, sandbox: Sandbox) -> None:
    desktop.tab.goto(sandbox.shop_url)
    Checkout(desktop.tab).open(cart := world.cart(), mode="redirect")
    HostedPage(desktop.tab).is_there()
    desktop.tab.go_back(wait_until="commit")
    expect(desktop.tab).to_have_url(re.compile(rf"^{sandbox.shop_url}/$|/checkout/|/v2/"))
    Checkout(desktop.tab).open(cart, mode="redirect")
    HostedPage(desktop.tab).pay_by_card().back_to_shop()
    wait_for_shop_page(desktop.tab, "paid")
    assert_paid_once(world, cart)


def test_a_page_that_the_browser_had_kept_is_asked_for_again(phone: Device, world: World) -> None:
    Checkout(phone.tab).open(world.cart())
    expect(Widget(phone.tab).pay_button).to_be_visible()
    with phone.tab.expect_response(re.compile("/checkout/")):
        phone.tab.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(Widget(phone.tab).pay_button).to_be_visible()


def test_reload_keeps_the_session(desktop: Device, world: World) -> None:
    checkout = Checkout(desktop.tab).open(cart := world.cart())
    token = checkout.token
    desktop.tab.reload()
    assert checkout.token == token
    Widget(desktop.tab).pay_by_card()
    wait_for_shop_page(desktop.tab, "paid")
    assert_paid_once(world, cart)


def test_reload_of_the_result_changes_nothing(desktop: Device, world: World) -> None:
    Checkout(desktop.tab).open(cart := world.cart())
    Widget(desktop.tab).choose("PayPal").pay()
    Partner(desktop.tab).leave_pending()
    result = Result(desktop.tab).says("pending")
    before = world.payment(cart)["version"]
    desktop.tab.reload()
    result.says("pending")
    assert world.payment(cart)["version"] == before


def test_double_click_on_pay(desktop: Device, world: World) -> None:
    Checkout(desktop.tab).open(cart := world.cart())
    Widget(desktop.tab).fill_in().pay_button.dblclick()
    wait_for_shop_page(desktop.tab, "paid")
    assert_paid_once(world, cart)
    assert len(world.payments(cart)) == 1


def test_double_click_on_continue(desktop: Device, world: World) -> None:
    """After the page's own redirect, which is held up here: it would be faster than the buyer."""
    forwards: list[Route] = []

    def hold_up_the_first(route: Route) -> None:
        forwards.append(route)
        route.fulfill(status=204) if len(forwards) == 1 else route.continue_()

    desktop.tab.route("**/v2/?token=*", hold_up_the_first)
    with desktop.tab.expect_request("**/v2/?token=*"):
        checkout = Checkout(desktop.tab).open(cart := world.cart(), mode="redirect")
        expect(checkout.continue_link).to_be_visible()
    checkout.continue_link.dblclick()
    HostedPage(desktop.tab).pay_by_card().back_to_shop()
    wait_for_shop_page(desktop.tab, "paid")
    assert_paid_once(world, cart)


def test_two_tabs_have_one_session_and_one_payment(desktop: Device, world: World) -> None:
    first, second = desktop.tab, desktop.new_tab()
    cart = world.cart()
    tokens = {Checkout(tab).open(cart).token for tab in (first, second)}
    assert len(tokens) == 1
    expect(Widget(second).pay_button).to_be_visible()
    Widget(first).pay_by_card()
    wait_for_shop_page(first, "paid")
    Widget(second).pay_by_card()
    wait_for_shop_page(second, "paid")
    assert_paid_once(world, cart)
    assert len(world.payments(cart)) == 1


def test_a_tab_that_was_left_open_cancels_nothing_that_is_paid(desktop: Device, world: World) -> None:
    first, second = desktop.tab, desktop.new_tab()
    cart = world.cart()
    for tab in (first, second):
        Checkout(tab).open(cart)
    Widget(first).pay_by_card()
    wait_for_shop_page(first, "paid")
    Checkout(second).cancel()
    wait_for_shop_page(second, "paid")
    assert_paid_once(world, cart)


def test_a_cart_that_changed_while_it_was_paid(phone: Device, world: World) -> None:
    Checkout(phone.tab).open(cart := world.cart())
    Widget(phone.tab).fill_in()
    world.add_one_item(cart)
    Widget(phone.tab).pay()
    result = Result(phone.tab).says("returned")
    assert world.orders(cart) == []
    assert [shape[:2] for shape in world.transactions(cart)] == [("Charge", "Success"), ("Refund", "Success")]
    result.shop.click()
    wait_for_shop_page(phone.tab, "returned")
