"""Drives the bridge's payment page as a buyer does."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.sync_api import Page, expect


class Checkout:
    """`/checkout/<cart id>` in a tab."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab
        self.widget = tab.locator("#PaylineWidget")
        self.notices = tab.locator("[data-notices]")
        self.due = tab.locator("#due")
        self.hosted = tab.locator("#hosted")
        self.cancel_link = tab.locator("#cancel")
        self.continue_link = tab.locator("#continue")

    def open(self, cart: str, **query: str) -> Checkout:
        """Open the page. Returns as soon as the page is there; Monext's widget may still be loading."""
        self.tab.goto(address(cart, **query), wait_until="commit")
        return self

    @property
    def token(self) -> str:
        """The token of the session that the page shows."""
        expect(self.widget).to_be_attached()
        return str(self.widget.get_attribute("data-token"))

    def cancel(self) -> None:
        self.cancel_link.click()


def address(cart: str, **query: str) -> str:
    """Give the path of a cart's payment page."""
    return f"/checkout/{cart}" + (f"?{urlencode(query)}" if query else "")
