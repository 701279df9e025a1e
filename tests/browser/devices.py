"""Makes the devices of a buyer, a phone or a desktop computer, each with its own browser profile."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from tests.browser.browser_errors import BrowserErrors

TIMEOUT_MS = 15_000
"""Milliseconds that the browser waits for something before a test fails: the machine may be busy."""

expect.set_options(timeout=TIMEOUT_MS)

KINDS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "narrow": {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True},
}


@dataclass(frozen=True, slots=True)
class Device:
    """A browser context, its first tab, and the errors in any of its tabs."""

    context: BrowserContext
    tab: Page
    browser_errors: BrowserErrors
    held: list[Route] = field(default_factory=list)

    def hold(self, address: str) -> list[Route]:
        """Leave the first tab's requests to this URL pattern unanswered; they gather in the list that is returned."""
        self.tab.route(address, lambda route: self.held.append(route))
        return self.held

    def reset(self) -> None:
        """Prepare the same profile for another use: an empty page, no errors, no held or rerouted requests."""
        self._let_go()
        self.tab.unroute_all()
        self.tab.goto("about:blank")
        self.tab.set_viewport_size(KINDS["desktop"]["viewport"])
        self.tab.emulate_media(color_scheme="light")
        self.browser_errors.errors.clear()

    def close(self) -> None:
        """Close it. What breaks off because of this is no error."""
        self.browser_errors.expect("")
        self._let_go()
        self.context.close()

    def new_tab(self) -> Page:
        return self.context.new_page()

    def _let_go(self) -> None:
        while self.held:
            with contextlib.suppress(Error):
                self.held.pop().abort()


def device(browser: Browser, *, base_url: str, kind: str = "desktop", **changes: Any) -> Device:
    """Make a device with a new profile: no cookie, no cache. `changes` are options of `Browser.new_context`."""
    # The sandbox's bank has a certificate that nobody has signed.
    options = {
        "locale": "en-GB",
        "reduced_motion": "no-preference",
        "ignore_https_errors": True,
        **KINDS[kind],
        **changes,
    }
    context = browser.new_context(base_url=base_url, **options)
    context.set_default_timeout(TIMEOUT_MS)
    browser_errors = BrowserErrors(context)
    return Device(context, context.new_page(), browser_errors)
