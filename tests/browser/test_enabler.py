"""The bridge's JavaScript module on a page of the shop's own, under that page's strict CSP."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Route, expect

from sandbox.runner import Sandbox
from tests.bridges import Gunicorn
from tests.browser.devices import Device
from tests.browser.pages.endings import wait_for_shop_page
from tests.browser.pages.monext import CHALLENGED, REFUSED, Bank, HostedPage, Widget
from tests.browser.recorded import assert_paid_once
from tests.world import World


class OwnPage:
    """The shop's checkout page with the module in it."""

    def __init__(self, device: Device, sandbox: Sandbox) -> None:
        self.tab, self._shop = device.tab, sandbox.shop_url
        self.place = self.tab.locator("#payment")
        self.told = self.tab.locator("#told")

    def open(self, cart: str, **query: str) -> OwnPage:
        choices = "&".join(f"{name}={value}" for name, value in query.items())
        self.tab.goto(f"{self._shop}/carts/{cart}/own-page?{choices}", wait_until="commit")
        return self

    def hears(self, event: str) -> Locator:
        found = self.told.get_by_role("listitem").filter(has_text=event)
        expect(found).to_be_visible()
        return found

    def says(self, words: str) -> None:
        expect(self.place.get_by_role("status")).to_contain_text(words)

    def presses(self, name: str) -> None:
        """A button of the module."""
        self.place.locator(".monext-enabler-actions").get_by_role("button", name=name).click()


@pytest.fixture
def page(bridge: Gunicorn, desktop: Device, sandbox: Sandbox) -> OwnPage:
    return OwnPage(desktop, sandbox)


def test_a_card_in_the_embedded_form(page: OwnPage, world: World) -> None:
    page.open(cart := world.cart(), kind="embedded", lang="en")
    Widget(page.tab).pay_by_card()
    expect(page.hears("onComplete")).to_contain_text('"isSuccess":true,"status":"paid"')
    expect(page.hears("order:")).to_contain_text("Paid")
    page.says("Payment confirmed")
    expect(page.place.get_by_role("status")).to_be_focused()
    assert_paid_once(world, cart)


def test_a_card_that_is_refused_for_good_then_one_that_is_not(page: OwnPage, world: World) -> None:
    page.open(cart := world.cart(), kind="embedded", lang="en")
    for _ in range(2):
        Widget(page.tab).pay_by_card(REFUSED)
        expect(page.tab.locator("#pl-number")).to_have_value("")  # the form of the next attempt
    Widget(page.tab).pay_by_card(REFUSED)
    expect(page.hears('"isSuccess":false')).to_contain_text('"status":"refused"')
    assert world.orders(cart) == []
    page.presses("Try again")
    Widget(page.tab).pay_by_card()
    expect(page.hears('"isSuccess":true')).to_contain_text('"status":"paid"')
    assert_paid_once(world, cart)


def test_a_payment_that_is_cancelled_in_the_form_then_made_after_all(page: OwnPage, world: World) -> None:
    page.open(cart := world.cart(), kind="embedded", lang="en")
    Widget(page.tab).cancel()
    expect(page.hears('"isSuccess":false')).to_contain_text('"status":"cancelled"')
    page.presses("Try again")
    Widget(page.tab).pay_by_card()
    page.hears('"isSuccess":true')
    assert_paid_once(world, cart)


def test_a_form_that_a_framework_wiped_is_drawn_again_and_pays(page: OwnPage, world: World) -> None:
    page.open(cart := world.cart(), kind="embedded")
    page.hears("onDropinReady")
    page.tab.locator("#redraw").click()
    expect(page.told.get_by_role("listitem").filter(has_text="onDropinReady")).to_have_count(2)
    Widget(page.tab).pay_by_card()
    expect(page.hears("onComplete")).to_contain_text('"isSuccess":true')
    assert_paid_once(world, cart)


def test_who_does_not_accept_the_terms_pays_nothing(page: OwnPage, desktop: Device, world: World) -> None:
    desktop.browser_errors.expect("the terms are not accepted")
    page.open(cart := world.cart(), kind="embedded", terms="ask")
    Widget(page.tab).pay_by_card()
    page.hears("onPayButtonClick")
    assert world.payment(cart)["transactions"][-1]["state"] == "Initial"
    page.tab.locator("#terms").check()
    Widget(page.tab).pay()
    expect(page.hears("onComplete")).to_contain_text('"isSuccess":true')
    expect(page.told.get_by_role("listitem").filter(has_text="onPayButtonClick")).to_have_count(2)
    assert_paid_once(world, cart)


def test_a_receipt_that_monext_insists_on_is_a_payment_too(page: OwnPage, world: World) -> None:
    ends_in(page, "PAYMENT_SUCCESS_FORCE_TICKET_DISPLAY", instead_of="PAYMENT_SUCCESS")
    page.open(cart := world.cart(), kind="embedded")
    Widget(page.tab).pay_by_card()
    expect(page.hears("onComplete")).to_contain_text('"status":"paid"')
    assert_paid_once(world, cart)


def test_a_browser_that_the_form_does_not_support_is_led_to_monexts_page(page: OwnPage, world: World) -> None:
    ends_in(page, "BROWSER_NOT_SUPPORTED", instead_of="PAYMENT_METHODS_LIST")
    page.open(cart := world.cart(), kind="embedded")
    page.place.get_by_role("link").click()
    HostedPage(page.tab).pay_by_card().back_to_shop()
    wait_for_shop_page(page.tab, "paid")
    assert_paid_once(world, cart)


def ends_in(page: OwnPage, state: str, *, instead_of: str) -> None:
    """The widget is told a state that the sandbox's server does not know."""

    def answer(route: Route) -> None:
        fetched = route.fetch()
        told = fetched.json()
        told["type"] = state if told["type"] == instead_of else told["type"]
        route.fulfill(response=fetched, body=json.dumps(told))

    page.tab.route("**/services/token/**", answer)


def test_3d_secure_of_the_embedded_form_ends_at_the_shop(page: OwnPage, world: World) -> None:
    page.open(cart := world.cart(), kind="embedded")
    Widget(page.tab).pay_by_card(CHALLENGED)
    Bank(page.tab).authenticate()
    wait_for_shop_page(page.tab, "paid")
    assert_paid_once(world, cart)


@pytest.mark.parametrize("button", ["yes", "no"])
def test_the_hosted_page_by_the_modules_or_the_shops_button(button: str, page: OwnPage, world: World) -> None:
    page.open(cart := world.cart(), kind="hpp", button=button)
    page.hears("onDropinReady")
    (page.place.get_by_role("button") if button == "yes" else page.tab.locator("#order")).click()
    HostedPage(page.tab).pay_by_card().back_to_shop()
    wait_for_shop_page(page.tab, "paid")
    assert_paid_once(world, cart)


def test_back_from_the_hosted_page_and_on_again(page: OwnPage, world: World) -> None:
    page.open(cart := world.cart(), kind="hpp")
    page.place.get_by_role("button").click()
    HostedPage(page.tab).is_there()
    page.tab.go_back(wait_until="commit")
    page.place.get_by_role("button").click()
    HostedPage(page.tab).pay_by_card().back_to_shop()
    wait_for_shop_page(page.tab, "paid")
    assert_paid_once(world, cart)


def test_a_blocked_widget_leaves_the_hosted_page(page: OwnPage, desktop: Device, world: World) -> None:
    desktop.browser_errors.expect("widget-min|Failed to load resource")
    desktop.tab.route("**/cdn/**", lambda route: route.abort("blockedbyclient"))
    page.open(world.cart(), kind="embedded")
    page.place.get_by_role("link").or_(page.place.get_by_role("button")).first.click()
    HostedPage(page.tab).is_there()


def test_an_expired_session_is_told_to_the_shop_and_the_buyer(
    page: OwnPage, desktop: Device, world: World
) -> None:
    desktop.browser_errors.expect("^40[0-9]: |Failed to load resource")
    page.open(world.cart(), kind="embedded", session="expired", lang="en")
    page.hears("onError")
    page.says("Your checkout session has expired")


@pytest.mark.parametrize("kind", ["embedded", "hpp"])
def test_axe_finds_nothing_in_what_the_module_draws(kind: str, page: OwnPage, world: World) -> None:
    page.open(world.cart(), kind=kind)
    page.hears("onDropinReady")
    answer = Axe().run(page.tab, context="#payment", options={"preload": False})
    assert [violation["id"] for violation in answer.response["violations"]] == []
