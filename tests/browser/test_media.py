"""What a buyer has: little room or much, paper, and a wish for less motion."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.bridges import Buyer
from tests.browser.devices import Device
from tests.browser.pages.checkout import Checkout, address
from tests.browser.pages.monext import Widget
from tests.browser.scenes import PICTURES, SCENES, Stage
from tests.world import World

WATCH_SHIFTS = """() => {
  window.shifted = 0;
  const add = (list) => list.getEntries().forEach((each) => { window.shifted += each.value; });
  new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
}"""
"""Adds up how far things moved by themselves, as https://web.dev/articles/cls counts it."""


def top_of(tab: Page, selector: str) -> float:
    """How far below the upper edge of the screen it begins, in pixels."""
    return float(tab.locator(selector).evaluate("(e) => e.getBoundingClientRect().top"))


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
    assert top_of(tab, "#PaylineWidget") < 300
    assert tab.locator(".summary").evaluate("(e) => e.offsetHeight") < 100, "it is one line"
    tab.locator(".summary summary").click()
    expect(tab.locator(".lines")).to_be_visible()
    expect(tab.locator(".totals")).to_be_visible()


def test_on_a_desktop_the_order_stays_in_sight_while_one_scrolls(desktop: Device, world: World) -> None:
    tab = desktop.tab
    Checkout(tab).open(world.cart("discounted"))
    expect(Widget(tab).pay_button).to_be_visible()
    tab.locator("#hosted").scroll_into_view_if_needed()
    assert tab.evaluate("scrollY") > 200
    assert 0 <= top_of(tab, "#due") < 150


def test_long_amount_finds_its_place_on_the_narrowest_phone(
    new_device: Callable[..., Device], world: World
) -> None:
    tab = new_device("narrow").tab
    Checkout(tab).open(world.cart("discounted"), lang="de")
    tab.locator("#due").evaluate("(e) => e.textContent = '123.456.789,00\u00a0IDR'")
    amount, items = (tab.locator(each).bounding_box() for each in ("#due", ".pieces"))
    assert amount
    assert items
    assert amount["x"] + amount["width"] <= 320
    assert amount["y"] + amount["height"] <= items["y"] or amount["x"] >= items["x"] + items["width"]


@pytest.mark.parametrize("kind", ["phone", "desktop"])
def test_nothing_moves_while_the_form_and_the_pictures_come(
    kind: str, new_device: Callable[..., Device], world: World
) -> None:
    device = new_device(kind)
    tab = device.tab
    SCENES["widget, pictures"].prepare(device)
    held = device.hold("**/cdn/scripts/widget-min.js")
    Checkout(tab).open(world.cart_with_pictures(*PICTURES))
    expect(tab.locator("[data-notices] .notice")).to_be_visible()
    tab.evaluate(WATCH_SHIFTS)
    held.pop().continue_()
    expect(Widget(tab).pay_button).to_be_visible()
    assert tab.evaluate("window.shifted") < 0.01


def test_page_that_forwards_is_not_seen_before_it_can_be_read(desktop: Device, world: World) -> None:
    scene, tab = SCENES["redirect"], desktop.tab
    scene.prepare(desktop)
    tab.goto(address(world.cart(), mode="redirect"), wait_until="commit")
    at = "(ms) => document.getAnimations().forEach((each) => { each.pause(); each.currentTime = ms; })"
    for milliseconds, seen in ((0, False), (1900, False), (2100, True)):
        tab.evaluate(at, milliseconds)
        expect(tab.locator("#continue")).to_be_visible(visible=seen)
        expect(tab.locator("footer")).to_be_visible(visible=seen)


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
