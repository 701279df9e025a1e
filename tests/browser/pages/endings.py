"""Drives the pages on which a payment ends for the buyer: the result page, an error page, or the shop."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.bridges import landing_parameters


class Result:
    """The result page `/result/<ref>` in a tab."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab
        self.outcome = tab.locator("main [data-status]")
        self.reference = tab.locator("#reference")
        self.order_number = tab.locator("#order-number")
        self.retry = tab.locator("#retry")
        self.shop = tab.locator("#shop")
        self.notices = tab.locator("[data-notices]")

    def says(self, status: str) -> Result:
        expect(self.outcome).to_have_attribute("data-status", status)
        return self


def error_page(tab: Page) -> Locator:
    """Find the element that has the status of an error page in `data-error`."""
    return tab.locator("main [data-error]")


def wait_for_shop_page(tab: Page, status: str) -> dict[str, str]:
    """Wait until the shop's landing page is shown, and give the query parameters of its address.

    The sandbox's shop asks commercetools itself whether the status in its address is true.
    """
    path = "thanks" if status in ("paid", "authorized") else "cancelled"
    expect(tab).to_have_url(re.compile(rf"/{path}\?.*\bstatus={status}\b"))
    expect(tab.locator(".verdict.good")).to_be_visible()
    return landing_parameters(tab.url)
