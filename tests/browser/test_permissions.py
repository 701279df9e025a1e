"""A wallet may ask for money on the page with the widget alone, as Chromium reads our header."""

from __future__ import annotations

from tests.browser.devices import Device
from tests.browser.pages.checkout import Checkout
from tests.world import World

ALLOWS = "([feature, origin]) => document.featurePolicy.allowsFeature(feature, origin || location.origin)"


def test_wallets_may_ask_on_the_page_with_the_widget_and_nobody_else(desktop: Device, world: World) -> None:
    Checkout(desktop.tab).open(world.cart())
    monext = world.sandbox.monext_url
    for origin in ("", monext, "https://pay.google.com", "https://applepay.cdn-apple.com"):
        assert desktop.tab.evaluate(ALLOWS, ["payment", origin])
    assert not desktop.tab.evaluate(ALLOWS, ["payment", "https://evil.example"])
    for feature in ("camera", "display-capture", "geolocation", "microphone"):
        assert not desktop.tab.evaluate(ALLOWS, [feature, ""])
