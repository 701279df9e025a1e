"""3-D Secure in the widget, in Firefox, which has rules of its own for what a policy lets a form and a frame do.

`FIREFOX_PICTURES=build/screenshots/firefox` has it photographed: `make screenshots`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Gunicorn
from tests.browser.firefox import Firefox, firefox
from tests.browser.pages.checkout import address
from tests.browser.recorded import assert_nothing_taken, assert_paid_once
from tests.browser.shop import shop_settings
from tests.browser.three_d_secure import STORIES, Attempt, patience
from tests.world import World

PICTURES = os.environ.get("FIREFOX_PICTURES", "")


@pytest.fixture(scope="module")
def fox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with firefox(tmp_path_factory.mktemp("firefox") / "driver.log") as running:
        yield running


@pytest.fixture(scope="module")
def bridge(fox: Firefox, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """The bridge as in production. It needs `fox`, so that none is started where there is no Firefox."""
    log = tmp_path_factory.mktemp("firefox-bridge") / "bridge.jsonl"
    running = Gunicorn(sandbox, log=log, workers=1, **shop_settings(sandbox))
    running.start()
    yield running
    running.stop()


def told(attempt: Attempt, *, url: str) -> dict[str, Any]:
    """An attempt as the driver reads it."""
    path = "thanks" if attempt.status == "paid" else "cancelled"
    return {
        "address": url,
        "number": attempt.number,
        "press": attempt.press and f"#{attempt.press}",
        "ends": rf"/{path}\?.*\bstatus={attempt.status}\b",
    }


@pytest.mark.parametrize("story", STORIES)
def test_3d_secure_in_the_widget_of_firefox(
    story: str, fox: Firefox, bridge: Gunicorn, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    attempts = [told(each, url=bridge.url + address(cart)) for each in STORIES[story]]
    played = {
        "name": re.sub(r"\W+", "-", story),
        "attempts": attempts,
        "pictures": PICTURES and str(Path(PICTURES).resolve()),
    }
    with patience(sandbox, story):
        heard = fox.play(played)
    assert heard["errors"] == []
    assert len(heard["addresses"]) == len(attempts)
    if STORIES[story][-1].status == "paid":
        assert_paid_once(world, cart)
    else:
        assert_nothing_taken(world, cart)
