"""Every page in every state: accessible in light and dark, fits a narrow screen, and loads without trouble."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn
from tests.browser.devices import Device, device
from tests.browser.scenes import SCENES, Stage, without_script
from tests.world import World

OWN_FAULTS = "no answer: .*widget-min.js|Failed to load resource|^(4|5)[0-9]{2}: GET .*/(checkout|result)/"
"""What scenes are about: a widget that is blocked, and pages that answer with an error."""

TOO_SMALL = """() => {
  const margin = (e) => 2 * (parseFloat(getComputedStyle(e, "::after").top) || 0);
  return [...document.querySelectorAll("body:not(.docs) :is(a, button, summary)")]
    .filter((e) => !e.closest("#PaylineWidget") && e.checkVisibility({ visibilityProperty: true }))
    .filter((e) => e.getBoundingClientRect().height - margin(e) < 44)
    .map((e) => e.outerHTML.slice(0, 80));
}"""
"""Finds what is lower than 44 pixels; a pseudo-element that reaches beyond its element counts."""

SQUEEZED = """() => [...document.querySelectorAll("main dt")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }))
  .map((e) => [e.textContent, e.getBoundingClientRect()])
  .filter(([, { width, height }]) => height && width < 60)
  .map(([text]) => text.trim());
"""
"""Finds labels that what stands beside them has made a column of letters."""


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


@pytest.fixture(scope="module")
def shown(browser: Browser, bridge: Gunicorn) -> Iterator[Device]:
    """One device for all scenes. Without motion, since a colour that is fading in is not the one that is meant."""
    made = device(browser, base_url=bridge.url, reduced_motion="reduce")
    made.browser_errors.expect(OWN_FAULTS)
    yield made
    made.close()


@pytest.fixture(scope="module", params=SCENES)
def seen(request: pytest.FixtureRequest, shown: Device, bridge: Gunicorn, sandbox: Sandbox) -> Device:
    """A scene, opened once for all the tests that look at it."""
    scene, world = SCENES[request.param], World(sandbox)
    shown.reset()
    if not scene.script:
        without_script(shown)
    scene.open(shown, scene.path(Stage(world, Buyer(bridge))))
    world.reset()
    return shown


def test_axe_finds_nothing(seen: Device, axe: Axe) -> None:
    assert _violations(seen.tab, axe) == []


def test_axe_finds_nothing_too_faint_in_the_dark(seen: Device, axe: Axe) -> None:
    seen.tab.emulate_media(color_scheme="dark")
    assert _violations(seen.tab, axe, runOnly=["color-contrast", "link-in-text-block"]) == []


def test_nothing_is_wider_than_a_narrow_screen(seen: Device) -> None:
    seen.tab.set_viewport_size({"width": 320, "height": 640})
    assert seen.tab.evaluate("document.documentElement.scrollWidth") <= 320
    assert _cut_off(seen.tab) == []


@pytest.mark.parametrize("width", [320, 1280])
def test_no_label_is_squeezed_by_what_stands_beside_it(seen: Device, width: int) -> None:
    seen.tab.set_viewport_size({"width": width, "height": 800})
    seen.tab.evaluate("document.querySelectorAll('main details').forEach((each) => (each.open = true))")
    assert seen.tab.evaluate(SQUEEZED) == []


def test_a_finger_finds_what_can_be_touched(seen: Device) -> None:
    seen.tab.set_viewport_size({"width": 390, "height": 844})
    assert seen.tab.evaluate(TOO_SMALL) == []


def test_nothing_goes_wrong_in_the_browser(seen: Device) -> None:
    assert seen.browser_errors.errors == []


def _cut_off(tab: Page) -> list[str]:
    """Our own elements that stick out of the screen to the right, which a page that can't scroll would hide."""
    return list(
        tab.evaluate(
            """() => {
              const scrolls = (e) => e &&
                (/auto|scroll/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
              return [...document.querySelectorAll("main *, header *, footer *")]
                .filter((e) => e.getBoundingClientRect().right > 321 && !scrolls(e))
                .map((e) => e.outerHTML.slice(0, 80));
            }"""
        )
    )


def _violations(tab: Page, axe: Axe, **options: Any) -> list[str]:
    answer = axe.run(tab, options={"preload": False, "resultTypes": ["violations"], **options})
    return [_told(violation) for violation in answer.response["violations"]]


def _told(violation: dict[str, Any]) -> str:
    where = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
    return f"{violation['impact']}: {violation['id']}: {violation['help']}: {where[:5]}"
