"""Drives Monext's pages as the sandbox has them: the widget, the hosted page, and the bank's and partner's pages."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from sandbox.bank import CARDS, Scenario
from sandbox.monext.cards import ACCEPTED_CARD

ACCEPTED, CHALLENGED = ACCEPTED_CARD, CARDS[Scenario.CHALLENGE]
REFUSED = "4970103469011001"
MASTERCARD = "5111111111111118"
AMEX = "371449635398431"


def card_form(form: Locator, *, number: str, prefix: str = "") -> None:
    """Fill in the card form, which the widget and the hosted page have alike."""
    form.locator(f"#{prefix}number").fill(number)
    form.locator(f"#{prefix}expiry").fill("12/35")
    form.locator(f"#{prefix}cvv").fill("1234" if number == AMEX else "123")


class Widget:
    """Monext's widget in the payment page."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab
        self.box = tab.locator("#PaylineWidget")
        self.pay_button = self.box.locator(".pl-pay-btn")
        self.message = self.box.locator(".pl-message")

    def choose(self, method: str) -> Widget:
        """Choose a payment method by the name that the buyer reads."""
        self.box.get_by_label(method, exact=True).check()
        return self

    def fill_in(self, number: str = ACCEPTED) -> Widget:
        card_form(self.box.locator(".pl-form"), number=number, prefix="pl-")
        return self

    def pay(self) -> None:
        self.pay_button.click()

    def pay_by_card(self, number: str = ACCEPTED) -> None:
        self.fill_in(number).pay()

    def cancel(self) -> None:
        self.box.locator(".pl-cancel-btn").click()


class HostedPage:
    """Monext's own payment page, to which the redirect and the direct mode lead."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab
        self.state = tab.locator("#state")
        self.failure = tab.locator("#failure")

    def is_there(self) -> HostedPage:
        expect(self.tab.locator("header.order #amount")).to_be_visible()
        return self

    def choose(self, method: str) -> HostedPage:
        self.tab.locator("a.method").get_by_text(method, exact=True).click()
        return self

    def pay_by_card(self, number: str = ACCEPTED) -> HostedPage:
        """By a bank card, whose name depends on the page's language."""
        self.is_there().tab.locator("a.method[href*='method=CB_']").click()
        card_form(self.tab.locator("#card-form"), number=number)
        self.tab.locator("#pay").click()
        return self

    def back_to_shop(self) -> None:
        self.tab.locator("#back-to-shop").click()

    def cancel(self) -> None:
        self.tab.locator("#cancel").click()


class Bank:
    """The bank's page of 3-D Secure."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab

    def authenticate(self) -> None:
        self.tab.locator("#authenticate").click()

    def fail(self) -> None:
        self.tab.locator("#fail").click()


class Partner:
    """The page of a wallet or partner (PayPal, iDEAL …), and the box on it that stands for a phone."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab

    def approve(self) -> None:
        self.tab.locator("#approve").click()

    def refuse(self) -> None:
        self.tab.locator("#refuse").click()

    def leave_pending(self) -> None:
        self.tab.locator("#pending").click()

    def cancel(self) -> None:
        self.tab.locator("#partner-cancel").click()

    def send_to_phone(self) -> Partner:
        self.tab.locator("#send").click()
        return self
