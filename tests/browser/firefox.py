"""Drives Firefox through Node's puppeteer-core, by WebDriver BiDi. Skips the tests where one of them is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

NODE = Path(__file__).parent / "node"
NAMES = ("firefox-esr", "firefox")
MISSING = "needs Firefox (Debian: apt-get install firefox-esr), node 20 and `npm ci` in tests/browser/node: make test"


class Firefox:
    """A headless Firefox with an empty profile. Each story gets cookies and a cache of its own."""

    def __init__(self, process: subprocess.Popen[str], *, log: Path) -> None:
        self._process = process
        self._log = log
        self.version = self._heard()["version"]

    def play(self, story: dict[str, Any]) -> dict[str, Any]:
        """Play one story, and give the addresses that its attempts ended at, and all errors of the browser."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(story) + "\n")
        self._process.stdin.flush()
        return self._heard()

    def _heard(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"Firefox is gone: {self._log.read_text()[-2000:]}")
        return dict(json.loads(line))


@contextmanager
def firefox(log: Path) -> Iterator[Firefox]:
    """Run it until the `with` block ends; it also ends when the test process dies."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    node = shutil.which("node")
    if program is None or node is None or not (NODE / "node_modules").is_dir():
        pytest.skip(MISSING)
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [node, "firefox.mjs", program],
            cwd=NODE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        yield Firefox(process, log=log)
        process.communicate(timeout=60)
