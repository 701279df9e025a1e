"""The bridge's JavaScript module on a page of the shop's own, under that page's strict CSP."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

from sandbox.runner import Sandbox
from tests.bridges import Gunicorn
from tests.browser.books import assert_paid_once
from tests.browser.devices import Device
from tests.browser.pages.endings import shop_hears
from tests.browser.pages.monext import CHALLENGED, Bank, HostedPage, Widget
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


@pytest.fixture
def page(bridge: Gunicorn, desktop: Device, sandbox: Sandbox) -> OwnPage:
    return OwnPage(desktop, sandbox)


def test_a_card_in_the_embedded_form(page: OwnPage, desktop: Device, world: World) -> None:
    desktop.watch.asks_for(
        "^409: POST .*/payment|status of 409"
    )  # by which the module asks whether it is paid
    page.open(cart := world.cart(), kind="embedded")
    Widget(page.tab).pay_by_card()
    expect(page.hears("onComplete")).to_contain_text('"isSuccess":true')
    expect(page.hears("order:")).to_contain_text("Paid")
    assert_paid_once(world, cart)


def test_3d_secure_of_the_embedded_form_ends_at_the_shop(page: OwnPage, world: World) -> None:
    page.open(cart := world.cart(), kind="embedded")
    Widget(page.tab).pay_by_card(CHALLENGED)
    Bank(page.tab).authenticate()
    shop_hears(page.tab, "paid")
    assert_paid_once(world, cart)


@pytest.mark.parametrize("button", ["yes", "no"])
def test_the_hosted_page_by_the_modules_or_the_shops_button(button: str, page: OwnPage, world: World) -> None:
    page.open(cart := world.cart(), kind="hpp", button=button)
    page.hears("onDropinReady")
    (page.place.get_by_role("button") if button == "yes" else page.tab.locator("#order")).click()
    HostedPage(page.tab).pay_by_card().back_to_shop()
    shop_hears(page.tab, "paid")
    assert_paid_once(world, cart)


def test_a_blocked_widget_leaves_the_hosted_page(page: OwnPage, desktop: Device, world: World) -> None:
    desktop.watch.asks_for("widget-min|Failed to load resource")
    desktop.tab.route("**/cdn/**", lambda route: route.abort("blockedbyclient"))
    page.open(world.cart(), kind="embedded")
    page.place.get_by_role("link").or_(page.place.get_by_role("button")).first.click()
    HostedPage(page.tab).is_there()


def test_an_expired_session_is_told_to_the_shop_and_the_buyer(
    page: OwnPage, desktop: Device, world: World
) -> None:
    desktop.watch.asks_for("^40[0-9]: |Failed to load resource")
    page.open(world.cart(), kind="embedded", session="expired", lang="en")
    page.hears("onError")
    expect(page.place).to_contain_text("Your checkout has ended")


@pytest.mark.parametrize("kind", ["embedded", "hpp"])
def test_axe_finds_nothing_in_what_the_module_draws(kind: str, page: OwnPage, world: World) -> None:
    page.open(world.cart(), kind=kind)
    page.hears("onDropinReady")
    answer = Axe().run(page.tab, context="#payment", options={"preload": False})
    assert [violation["id"] for violation in answer.response["violations"]] == []
