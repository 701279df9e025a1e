"""Has Lighthouse look at pages as on a phone (`make lighthouse`): python -m tests.browser.lighthouse PROGRAM FOLDER

It prints a line for each page: the figures of 100, what failed in them, and where the report is. Figures of
performance differ from machine to machine and from run to run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn
from tests.browser.chromium import ARGUMENTS, NAMES
from tests.browser.scenes import SCENES, Stage
from tests.browser.shop import shop_settings
from tests.world import World

MEANT = {"is-crawlable"}
"""Audits that fail on purpose: no page of a payment belongs into a search engine (`noindex`)."""


def redirecting(stage: Stage) -> str:
    """Give the page that leads on to Monext, while Monext's page lets browsers stay where they are."""
    stage.world.fault("monext", action="status", code=204, path="/v2/", times=0)
    return SCENES["redirect"].path(stage)


PAGES: Mapping[str, Callable[[Stage], str]] = {
    "widget": SCENES["widget"].path,
    "redirect": redirecting,
    "paid": SCENES["paid"].path,
    "error": SCENES["cart empty"].path,
}


def look(program: str, folder: Path) -> None:
    """Write `<page>.json` for each page and print what it says."""
    folder.mkdir(parents=True, exist_ok=True)
    with Sandbox() as sandbox:
        bridge = Gunicorn(sandbox, log=folder / "bridge.jsonl", workers=1, **shop_settings(sandbox))
        bridge.start()
        try:
            for name, url in _addresses(World(sandbox), bridge):
                report = folder / f"{name}.json"
                _run(program, url, report)
                print(f"{name}: {_summary(json.loads(report.read_text(encoding='utf-8')))}", flush=True)
        finally:
            bridge.stop()


def _addresses(world: World, bridge: Gunicorn) -> Iterator[tuple[str, str]]:
    for name, path in PAGES.items():
        yield name, bridge.url + path(Stage(world, Buyer(bridge)))
        world.reset()
    yield "shop", f"{world.sandbox.shop_url}/"


def _run(program: str, url: str, report: Path) -> None:
    """Run Lighthouse as it is preset, on a phone with a slow line. Its error page may answer with an error."""
    flags = " ".join(("--headless=new", *ARGUMENTS))
    options = ["--quiet", "--output=json", f"--output-path={report}", f"--chrome-flags={flags}"]
    found = next(filter(None, map(shutil.which, NAMES)), "")
    environment = {"CHROME_PATH": found, **os.environ}
    subprocess.run([program, url, *options, "--ignore-status-code"], env=environment, check=True, timeout=300)


def _summary(report: Mapping[str, Any]) -> str:
    figures = {name: round(100 * (part["score"] or 0)) for name, part in report["categories"].items()}
    failed = {
        ref["id"]
        for part in report["categories"].values()
        for ref in part["auditRefs"]
        if ref["weight"] and (report["audits"][ref["id"]]["score"] or 0) < 0.9
        if report["audits"][ref["id"]]["scoreDisplayMode"] in ("binary", "numeric", "metricSavings")
    }
    told = ", ".join(f"{name} {figure}" for name, figure in figures.items())
    return f"{told}; failed: {', '.join(sorted(failed - MEANT)) or 'nothing'}"


if __name__ == "__main__":
    look(sys.argv[1], Path(sys.argv[2]))
