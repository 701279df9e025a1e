"""What a buyer has: little room or much, paper, and a wish for less motion."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.bridges import Buyer
from tests.browser.devices import Device
from tests.browser.pages.checkout import Checkout
from tests.browser.pages.monext import Widget
from tests.browser.scenes import SCENES, Stage
from tests.world import World


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", True), ("reduce", False)])
def test_only_who_did_not_object_sees_motion(
    motion: str, moves: bool, new_device: Callable[..., Device], world: World, buyer: Buyer
) -> None:
    device = new_device("phone", reduced_motion=motion)
    SCENES["pending"].open(device, SCENES["pending"].path(Stage(world, buyer)))
    expect(device.tab.locator(".icon-ground")).to_have_css("animation-name", "turn" if moves else "none")


def test_printed_result_is_a_receipt(desktop: Device, world: World, buyer: Buyer) -> None:
    tab = desktop.tab
    SCENES["paid"].open(desktop, SCENES["paid"].path(Stage(world, buyer)))
    tab.emulate_media(media="print")
    for kept in ("#amount", "#order-number", "#reference", ".verdict"):
        expect(tab.locator(kept)).to_be_visible()
    expect(tab.locator("main .actions")).to_be_hidden()
    expect(tab.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")


def test_printed_result_can_be_read_where_the_screen_is_dark(
    new_device: Callable[..., Device], world: World, buyer: Buyer
) -> None:
    device = new_device("desktop", color_scheme="dark")
    tab = device.tab
    SCENES["paid"].open(device, SCENES["paid"].path(Stage(world, buyer)))
    tab.emulate_media(media="print")
    for text in (".verdict", "#amount", "#reference", ".facts dt", "h1"):
        color = tab.locator(text).first.evaluate(
            "(e) => getComputedStyle(e).color.match(/[0-9]+/g).map(Number)"
        )
        assert max(color[:3]) < 128, f"{text} is {color} on white paper"


def test_on_a_phone_the_order_is_folded_and_the_form_in_sight(phone: Device, world: World) -> None:
    tab = phone.tab
    Checkout(tab).open(world.cart("discounted"))
    expect(tab.locator("#due")).to_be_visible()
    expect(tab.locator(".lines")).to_be_hidden()
    expect(Widget(tab).pay_button).to_be_visible()
    top = tab.locator("#PaylineWidget").evaluate("(e) => e.getBoundingClientRect().top / window.innerHeight")
    assert top < 2 / 3
    tab.locator(".summary summary").click()
    expect(tab.locator(".lines")).to_be_visible()
    expect(tab.locator(".totals")).to_be_visible()


def test_beside_the_form_and_on_paper_all_of_the_order_shows(
    new_device: Callable[..., Device], world: World
) -> None:
    cart = world.cart("discounted")
    for kind, media in (("desktop", "screen"), ("phone", "print")):
        tab = new_device(kind).tab
        Checkout(tab).open(cart)
        tab.emulate_media(media=media)  # type: ignore[arg-type]
        expect(tab.locator(".lines")).to_be_visible()
        expect(tab.locator(".totals")).to_be_visible()
        expect(tab.locator(".summary summary")).to_be_hidden()
