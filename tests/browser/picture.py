"""Photographs the checkout page for the README (`make picture`): python -m tests.browser.picture FILE"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn
from tests.browser.chromium import chromium
from tests.browser.devices import device
from tests.browser.scenes import SCENES, Stage, in_language
from tests.browser.shop import shop_settings
from tests.world import World

SCENE = SCENES["widget, looks of a shop"]
VIEWPORT = {"width": 900, "height": 520}
"""Small enough for a file of some tens of kilobytes, and wide enough for the layout of a desktop."""


def take(file: Path) -> None:
    """Write the picture. The scene is the same each time, but for the reference of its payment."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox, chromium() as browser:
        bridge = Gunicorn(sandbox, log=Path(folder, "bridge.jsonl"), workers=1, **shop_settings(sandbox))
        bridge.start()
        try:
            path = in_language(SCENE.path(Stage(World(sandbox), Buyer(bridge))), "en")
            shown = device(browser, base_url="", viewport=VIEWPORT, reduced_motion="reduce")
            SCENE.open(shown, bridge.url + path)
            shown.tab.screenshot(path=file, animations="disabled")
            shown.close()
        finally:
            bridge.stop()


if __name__ == "__main__":
    into = Path(sys.argv[1])
    into.parent.mkdir(parents=True, exist_ok=True)
    take(into)
    print(f"{into}: {into.stat().st_size // 1000} KB")
