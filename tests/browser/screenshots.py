"""Photographs every page in every state (`make screenshots`), so that we look at them before a customer does.

python -m tests.browser.screenshots FOLDER [LANGUAGE ...]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser

from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn
from tests.browser.chromium import chromium
from tests.browser.devices import device
from tests.browser.scenes import SCENES, THREE_D_SECURE, Scene, Stage, in_language
from tests.browser.shop import shop_settings
from tests.world import World

SHOWN = SCENES | THREE_D_SECURE
LANGUAGES = ("fr", "de")
DEVICES = ("phone", "desktop")
SCHEMES = ("light", "dark")

SETTLED = "document.readyState !== 'loading' || document.getElementById('widget-script')"
"""The page has its styles and its script has run; that of the widget may hang."""


def take(folder: Path, *, languages: Sequence[str] = LANGUAGES) -> int:
    """Write `<language>/<scene>-<device>-<scheme>.png` for all scenes, and give their number."""
    folder.mkdir(parents=True, exist_ok=True)
    with Sandbox() as sandbox, chromium() as browser:
        bridge = Gunicorn(sandbox, log=folder / "bridge.jsonl", workers=1, **shop_settings(sandbox))
        bridge.start()
        try:
            world = World(sandbox)
            for language in languages:
                for name, scene in SHOWN.items():
                    for kind in DEVICES:
                        path = in_language(scene.path(Stage(world, Buyer(bridge))), language)
                        target = folder / language / f"{_slug(name)}-{kind}"
                        _photograph(browser, scene, kind=kind, url=bridge.url + path, target=target)
                        world.reset()
                print(f"{language}: {len(SHOWN)} scenes", flush=True)
        finally:
            bridge.stop()
    return len(languages) * len(SHOWN) * len(DEVICES) * len(SCHEMES)


def _photograph(browser: Browser, scene: Scene, *, kind: str, url: str, target: Path) -> None:
    shown = device(browser, base_url="", kind=kind, java_script_enabled=scene.script, reduced_motion="reduce")
    scene.open(shown, url)
    shown.tab.wait_for_function(SETTLED)
    for scheme in SCHEMES:
        shown.tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        picture = target.with_name(f"{target.name}-{scheme}.png")
        shown.tab.screenshot(path=picture, full_page=True, animations="disabled")
    shown.close()


def _slug(name: str) -> str:
    return re.sub(r"\W+", "-", name)


if __name__ == "__main__":
    into = Path(sys.argv[1])
    print(f"{take(into, languages=sys.argv[2:] or LANGUAGES)} pictures in {into}")
