"""A cart is paid in the browser, in each mode and by each method; afterwards commercetools holds one paid order."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from sandbox.monext.words import words_in
from tests.browser.devices import Device
from tests.browser.pages.checkout import Checkout
from tests.browser.pages.endings import wait_for_shop_page
from tests.browser.pages.monext import (
    AMEX,
    CHALLENGED,
    MASTERCARD,
    REFUSED,
    Bank,
    HostedPage,
    Partner,
    Widget,
)
from tests.browser.recorded import assert_nothing_taken, assert_paid_once
from tests.world import World

CARDS = {
    "Visa": "4970101234567802",
    "Mastercard": MASTERCARD,
    "American Express": AMEX,
}
DECLINED = words_in("fr")["The payment was refused. You can try again."]
PARTNERS = ("Apple Pay", "Google Pay", "PayPal", "Bancontact", "iDEAL")


@pytest.mark.parametrize("kind", ["phone", "desktop"])
def test_a_card_in_the_widget(kind: str, new_device: Callable[..., Device], world: World) -> None:
    device, cart = new_device(kind), world.cart()
    Checkout(device.tab).open(cart)
    Widget(device.tab).pay_by_card()
    heard = wait_for_shop_page(device.tab, "paid")
    assert heard["paymentReference"] == assert_paid_once(world, cart)
    assert heard["orderNumber"] == world.orders(cart)[0]["orderNumber"]


@pytest.mark.parametrize("mode", ["redirect", "direct"])
@pytest.mark.parametrize("kind", ["phone", "desktop"])
def test_a_card_on_the_hosted_page(
    mode: str, kind: str, new_device: Callable[..., Device], world: World
) -> None:
    device, cart = new_device(kind), world.cart()
    Checkout(device.tab).open(cart, mode=mode)
    HostedPage(device.tab).pay_by_card().back_to_shop()
    wait_for_shop_page(device.tab, "paid")
    assert_paid_once(world, cart)


@pytest.mark.parametrize("method", CARDS)
def test_each_card_contract(method: str, phone: Device, world: World) -> None:
    Checkout(phone.tab).open(cart := world.cart())
    Widget(phone.tab).choose(method).pay_by_card(CARDS[method])
    wait_for_shop_page(phone.tab, "paid")
    assert_paid_once(world, cart)


@pytest.mark.parametrize("method", PARTNERS)
def test_each_partner_by_the_widget(method: str, phone: Device, world: World) -> None:
    Checkout(phone.tab).open(cart := world.cart())
    Widget(phone.tab).choose(method).pay()
    Partner(phone.tab).approve()
    wait_for_shop_page(phone.tab, "paid")
    assert_paid_once(world, cart)


def test_mb_way_in_the_widget_while_the_phone_is_asked(desktop: Device, world: World) -> None:
    Checkout(desktop.tab).open(cart := world.cart())
    widget = Widget(desktop.tab).choose("MB WAY")
    widget.pay()
    with desktop.context.expect_page() as phone:
        widget.box.get_by_role("link", name="play the phone").click()
    Partner(phone.value).approve()
    wait_for_shop_page(desktop.tab, "paid")
    assert_paid_once(world, cart)


@pytest.mark.parametrize("method", ["PayPal", "MB WAY"])
def test_a_partner_by_the_hosted_page(method: str, phone: Device, world: World) -> None:
    Checkout(phone.tab).open(cart := world.cart(), mode="redirect")
    HostedPage(phone.tab).is_there().choose(method)
    partner = Partner(phone.tab)
    if method == "MB WAY":
        partner.send_to_phone()
    partner.approve()
    HostedPage(phone.tab).back_to_shop()
    wait_for_shop_page(phone.tab, "paid")
    assert_paid_once(world, cart)


def test_one_method_asked_for_by_the_shop_is_the_only_one(phone: Device, world: World) -> None:
    Checkout(phone.tab).open(cart := world.cart(), method="IDEAL")
    widget = Widget(phone.tab)
    expect(widget.box.get_by_role("radio")).to_have_count(1)
    widget.pay()
    Partner(phone.tab).approve()
    wait_for_shop_page(phone.tab, "paid")
    assert_paid_once(world, cart)


def test_an_authorisation_of_the_store_that_captures_on_shipment(phone: Device, world: World) -> None:
    Checkout(phone.tab).open(cart := world.cart("german-store"))
    Widget(phone.tab).pay_by_card()
    wait_for_shop_page(phone.tab, "authorized")
    assert [shape[:2] for shape in world.transactions(cart)] == [("Authorization", "Success")]


@pytest.mark.parametrize("mode", ["widget", "redirect"])
def test_refused_then_paid_in_the_same_session(mode: str, phone: Device, world: World) -> None:
    Checkout(phone.tab).open(cart := world.cart(), mode=mode)
    if mode == "widget":
        widget = Widget(phone.tab)
        widget.pay_by_card(REFUSED)
        expect(widget.message).to_have_text(DECLINED)
        widget.pay_by_card()
    else:
        hosted = HostedPage(phone.tab).pay_by_card(REFUSED)
        expect(hosted.failure).to_be_visible()
        hosted.pay_by_card().back_to_shop()
    wait_for_shop_page(phone.tab, "paid")
    assert_paid_once(world, cart)


def test_refused_for_good_then_paid_in_a_new_session(desktop: Device, world: World) -> None:
    Checkout(desktop.tab).open(cart := world.cart("refused"))
    widget = Widget(desktop.tab)
    for tries in (1, 2, 3):
        with desktop.tab.expect_response("**/securedPaymentRequest"):
            widget.pay_by_card()
        if tries < 3:
            expect(widget.message).to_have_text(DECLINED)
    wait_for_shop_page(desktop.tab, "refused")
    assert_nothing_taken(world, cart)
    world.add_one_item(cart)
    Checkout(desktop.tab).open(cart)
    Widget(desktop.tab).pay_by_card()
    wait_for_shop_page(desktop.tab, "paid")
    assert_paid_once(world, cart)


@pytest.mark.parametrize("mode", ["widget", "redirect"])
def test_3d_secure_passed(mode: str, phone: Device, world: World) -> None:
    Checkout(phone.tab).open(cart := world.cart(), mode=mode)
    if mode == "widget":
        Widget(phone.tab).pay_by_card(CHALLENGED)
        Bank(phone.tab).authenticate()
    else:
        hosted = HostedPage(phone.tab).pay_by_card(CHALLENGED)
        Bank(phone.tab).authenticate()
        hosted.back_to_shop()
    wait_for_shop_page(phone.tab, "paid")
    assert_paid_once(world, cart)


def test_3d_secure_failed_then_paid(phone: Device, world: World) -> None:
    Checkout(phone.tab).open(cart := world.cart())
    Widget(phone.tab).pay_by_card(CHALLENGED)
    Bank(phone.tab).fail()
    expect(phone.tab).to_have_url(re.compile(r"/result/|/cancelled\?|/checkout/"))
    assert_nothing_taken(world, cart)
    Checkout(phone.tab).open(cart)
    Widget(phone.tab).pay_by_card()
    wait_for_shop_page(phone.tab, "paid")
    assert_paid_once(world, cart)
