"""What the payment page weighs: our own part stays small, so that Monext's form is not kept waiting."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.bridges import Gunicorn
from tests.browser.devices import Device
from tests.browser.pages.checkout import Checkout
from tests.browser.pages.monext import Widget
from tests.world import World

OUR_BYTES = 30_000
OUR_REQUESTS = 4
"""Page, stylesheet, colours of the shop, script; a browser with a window asks for the icon as well."""


def test_own_part_of_the_widget_page_is_small(phone: Device, bridge: Gunicorn, world: World) -> None:
    Checkout(phone.tab).open(world.cart())
    expect(Widget(phone.tab).pay_button).to_be_visible()
    own = [request for request in phone.browser_errors.requests if request.url.startswith(bridge.url)]
    bodies = [request.response().body() for request in own if (request.response())]  # type: ignore[union-attr]
    assert len(own) <= OUR_REQUESTS
    assert sum(map(len, bodies)) < OUR_BYTES


def test_nobody_but_monext_and_the_bridge_is_asked_for_anything(
    phone: Device, bridge: Gunicorn, world: World
) -> None:
    Checkout(phone.tab).open(world.cart())
    expect(Widget(phone.tab).pay_button).to_be_visible()
    allowed = (bridge.url, world.sandbox.monext_url)
    assert [each.url for each in phone.browser_errors.requests if not each.url.startswith(allowed)] == []


def test_the_order_is_painted_while_monexts_host_is_silent(phone: Device, world: World) -> None:
    phone.hold("**/cdn/**")
    checkout = Checkout(phone.tab).open(world.cart())
    phone.tab.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    expect(checkout.due).to_be_visible()
    expect(checkout.cancel_link).to_be_visible()
