"""Starts the Chromium that the browser tests drive: Debian's, or one that Playwright has downloaded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = "needs Chromium on the PATH (Debian: apt-get install chromium)"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a headless browser with an empty profile. Skips the test where there is none.

    Playwright occupies the thread's event loop inside the `with` block: nothing else may use it there.
    """
    with sync_playwright() as playwright:
        program = _program(playwright)
        if program is None:
            pytest.skip(MISSING)
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def _program(playwright: Playwright) -> str | None:
    on_path = (shutil.which(name) for name in NAMES)
    own = playwright.chromium.executable_path
    return next((found for found in on_path if found), own if Path(own).exists() else None)
