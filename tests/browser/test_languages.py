"""Each language from the link to the end: the page, Monext's session and the result speak it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from monext_bridge.domain.languages import LANGUAGES
from monext_bridge.web.pages.i18n import TAGS
from tests.browser.devices import Device
from tests.browser.pages.checkout import Checkout
from tests.browser.pages.endings import Result
from tests.browser.pages.monext import Partner, Widget
from tests.words_by_language import WORDS
from tests.world import World


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_form_to_the_result(language: str, new_device: Callable[..., Device], world: World) -> None:
    device = new_device("narrow", locale=language)
    cart = world.cart(locale=language)
    checkout = Checkout(device.tab).open(cart)
    expect(device.tab.locator("html")).to_have_attribute("lang", TAGS.get(language, language))
    currency = r"^€\d" if language in ("en", "nl") else r"€$"
    expect(checkout.due).to_have_text(re.compile(rf"{currency}|^€.\d"))
    asked = world.session_request(checkout.token)["languageCode"]
    Widget(device.tab).choose("PayPal").pay()
    Partner(device.tab).leave_pending()
    result = Result(device.tab).says("pending")
    assert asked.lower() == language
    expect(device.tab.locator("html")).to_have_attribute("lang", TAGS.get(language, language))
    expect(result.outcome).to_contain_text(WORDS[language].do_not)


def test_the_link_decides_before_cart_and_browser(new_device: Callable[..., Device], world: World) -> None:
    device = new_device("phone", locale="de-DE")
    Checkout(device.tab).open(world.cart(locale="fr"), lang="it")
    expect(device.tab.locator("html")).to_have_attribute("lang", "it")


def test_the_browser_decides_where_nobody_else_does(new_device: Callable[..., Device], world: World) -> None:
    device = new_device("phone", locale="es-ES")
    Checkout(device.tab).open(world.cart("yen"))
    expect(device.tab.locator("html")).to_have_attribute("lang", "es")
