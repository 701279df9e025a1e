"""Every page in every state is valid HTML by the checker of the W3C and WHATWG, in three languages."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn
from tests.browser.scenes import SCENES, Stage, in_language
from tests.browser.shop import shop_settings
from tests.world import World

CHECKER = Path(__file__).with_name("node") / "node_modules/vnu-jar/build/dist/vnu.jar"
LANGUAGES = ("en", "fr", "de")
MISSING = "needs java, and npm for the Nu checker (tests/markup/get_checker.sh)"


@pytest.fixture(scope="module")
def faults(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    """What the checker says of each scene. All pages are checked at once, since it takes long to start."""
    java = shutil.which("java")
    if java is None or not CHECKER.exists():
        pytest.skip(MISSING)
    folder = tmp_path_factory.mktemp("pages")
    bridge = Gunicorn(sandbox, log=folder.with_suffix(".jsonl"), workers=1, **shop_settings(sandbox))
    bridge.start()
    try:
        names = write_pages(folder, World(sandbox), Buyer(bridge))
    finally:
        bridge.stop()
    command = [java, "-Xss2m", "-jar", str(CHECKER), "--format", "json", "--exit-zero-always", str(folder)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stderr
    found = {name: list[str]() for name in names.values()}
    for message in json.loads(told)["messages"]:
        line = f"{message['message']} {message.get('extract', '')}"
        found[names[message["url"].rpartition("/")[2]]].append(line)
    return found


def write_pages(folder: Path, world: World, buyer: Buyer) -> dict[str, str]:
    """Write each scene in each language into a file, and give the scenes by their files' names."""
    names = {}
    for number, (name, scene) in enumerate(SCENES.items()):
        path = scene.path(Stage(world, buyer))
        for language in LANGUAGES:
            file = folder / f"{number}-{language}.html"
            file.write_text(buyer.get(in_language(path, language)).text)
            names[file.name] = name
        world.reset()
    return names


@pytest.mark.parametrize("name", SCENES)
def test_page_is_valid_html(name: str, faults: Mapping[str, list[str]]) -> None:
    assert faults[name] == []
