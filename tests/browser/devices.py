"""What a buyer holds in the hand: a phone or a desktop computer, with one browser profile."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from tests.browser.browser_errors import Watch

PATIENCE = 15_000
"""Milliseconds that the browser waits for something before a test fails: the machine may be busy."""

expect.set_options(timeout=PATIENCE)

KINDS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "narrow": {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True},
}


@dataclass(frozen=True, slots=True)
class Device:
    """A browser context, its first tab, and what is wrong in any of its tabs."""

    context: BrowserContext
    tab: Page
    watch: Watch
    held: list[Route] = field(default_factory=list)

    def hold(self, address: str) -> list[Route]:
        """Requests of the first tab to this pattern get no answer; they gather in what is returned."""
        self.tab.route(address, lambda route: self.held.append(route))
        return self.held

    def start_afresh(self) -> None:
        """For something else in the same profile: an empty page, no troubles, nothing held or rerouted."""
        self._let_go()
        self.tab.unroute_all()
        self.tab.goto("about:blank")
        self.tab.set_viewport_size(KINDS["desktop"]["viewport"])
        self.tab.emulate_media(color_scheme="light")
        self.watch.troubles.clear()

    def put_away(self) -> None:
        """Close it. What breaks off by this is no trouble."""
        self.watch.asks_for("")
        self._let_go()
        self.context.close()

    def new_tab(self) -> Page:
        return self.context.new_page()

    def _let_go(self) -> None:
        while self.held:
            with contextlib.suppress(Error):
                self.held.pop().abort()


def device(browser: Browser, *, base_url: str, kind: str = "desktop", **changes: Any) -> Device:
    """A new profile: no cookie, no cache. `changes` are those of `Browser.new_context`."""
    options = {"locale": "en-GB", "reduced_motion": "no-preference", **KINDS[kind], **changes}
    context = browser.new_context(base_url=base_url, **options)
    context.set_default_timeout(PATIENCE)
    watch = Watch(context)
    return Device(context, context.new_page(), watch)
