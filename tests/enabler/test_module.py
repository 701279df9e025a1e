"""The shop's JavaScript module, by tests in its own language: Node's test runner, without a package."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from monext_bridge.config import MonextEnvironment
from monext_bridge.config.stores import WIDGET_HOSTS
from monext_bridge.web.headers import FAIL_OVER_HOSTS
from tests.guards.test_documents import ROOT, blocks, column

HERE = Path(__file__).parent
SOURCE, DOCUMENT = (ROOT / "static" / "enabler.js").read_text(), ROOT / "docs" / "enabler.md"
NODE = shutil.which("node")
OLDEST = 20
"""Node's first major version with all that the tests use."""


@pytest.mark.skipif(NODE is None, reason=f"needs node {OLDEST} or newer on the PATH")
def test_the_module_does_what_its_document_promises() -> None:
    assert NODE is not None
    version = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST:
        pytest.skip(f"needs node {OLDEST} or newer, this is {version.strip()}")
    command = [NODE, "--test", str(HERE / "enabler.test.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.findall(r"pass ([0-9]+)", done.stdout)[-1]) > 50


def test_the_document_tells_every_code_and_status() -> None:
    made = set(re.findall(r'EnablerError\(\s*"(\w+)"', SOURCE)) | set(re.findall(r'"(bad_\w+)"', SOURCE))
    codes = re.search(r"const CODES = \{(.*?)\}", SOURCE)
    assert codes
    made |= set(re.findall(r'"(\w+)"', codes[1])) | {"already_paid", "not_available", "refused"}
    told = {code for cell in column(DOCUMENT, heading="`code`") for code in cell.split(", ")}
    assert told == made
    assert set(column(DOCUMENT, heading="`status`")) == set(re.findall(r'status: "(\w+)"', SOURCE))


def test_the_document_names_every_host_that_the_widget_needs() -> None:
    homologation, production = blocks(DOCUMENT, "text")
    for environment, text in (("HOMOLOGATION", homologation), ("PRODUCTION", production)):
        known = MonextEnvironment(environment)
        hosts = {WIDGET_HOSTS[known], *FAIL_OVER_HOSTS[known]}
        for line in (line for line in text.splitlines() if "https://" in line):
            assert set(re.findall(r"https://\S+", line)) - {"https://pay.shop.example.com"} == hosts
