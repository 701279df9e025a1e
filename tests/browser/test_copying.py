"""The number to quote can be copied by a button, and by hand where there is no script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.bridges import Buyer
from tests.browser.devices import Device
from tests.browser.scenes import SCENES, Stage, in_language
from tests.world import World

CASES = {
    "paid": "#order-number",
    "refused": "#reference",
    "forged reference": "#reference",
    "no such cart": "#reference",
    "cart empty": "#reference",
    "start fails": "#reference",
}

OWN_FAULTS = "Failed to load resource|^(4|5)[0-9]{2}: GET .*/(checkout|result)/"
"""An error page answers with its status."""


@pytest.mark.parametrize("scene", CASES)
def test_button_copies_the_number_to_quote(scene: str, desktop: Device, world: World, buyer: Buyer) -> None:
    desktop.browser_errors.expect(OWN_FAULTS)
    desktop.context.grant_permissions(["clipboard-read", "clipboard-write"])
    SCENES[scene].open(desktop, in_language(SCENES[scene].path(Stage(world, buyer)), "en"))
    button = desktop.tab.locator("button")
    expect(button).to_have_count(1)
    button.click()
    expect(desktop.tab.get_by_role("status")).to_have_text("Copied")
    expect(button).to_have_text("Copied")
    quoted = desktop.tab.locator(CASES[scene]).inner_text()
    assert desktop.tab.evaluate("navigator.clipboard.readText()") == quoted


def test_number_is_selected_where_the_browser_lets_nobody_copy(
    desktop: Device, world: World, buyer: Buyer
) -> None:
    desktop.tab.add_init_script("delete Navigator.prototype.clipboard")
    SCENES["paid"].open(desktop, SCENES["paid"].path(Stage(world, buyer)))
    desktop.tab.get_by_role("button").click()
    assert desktop.tab.evaluate("String(getSelection())") == desktop.tab.locator("#order-number").inner_text()


def test_without_script_there_is_no_button_and_the_number_is_text(
    new_device: Callable[..., Device], world: World, buyer: Buyer
) -> None:
    device = new_device("phone", java_script_enabled=False)
    SCENES["paid"].open(device, SCENES["paid"].path(Stage(world, buyer)))
    expect(device.tab.locator("button")).to_be_hidden()
    expect(device.tab.locator("#order-number")).to_be_visible()
