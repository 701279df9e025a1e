"""What a buyer has set for motion and for paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.bridges import Buyer
from tests.browser.devices import Device
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
