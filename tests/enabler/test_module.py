"""The shop's JavaScript module, by tests in its own language: Node's test runner, without a package."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from monext_bridge.config import FETCHES, MonextEnvironment
from monext_bridge.config.stores import WIDGET_HOSTS
from monext_bridge.domain.languages import LANGUAGES
from monext_bridge.web.http.headers import allow_sources, content_security_policy
from monext_bridge.web.http.widget_sources import WALLET_SOURCES, widget_sources
from tests.document_blocks import ROOT, blocks, column

HERE = Path(__file__).parent
STATIC, DOCUMENT = ROOT / "static", ROOT / "docs" / "enabler.md"
SOURCE = "\n".join(
    path.read_text() for path in (STATIC / "enabler.js", *sorted((STATIC / "enabler").iterdir()))
)
NODE = shutil.which("node")
OLDEST = 20
"""Node's first major version with all that the tests use."""

BRIDGE = "https://pay.shop.example.com"


@pytest.mark.skipif(NODE is None, reason=f"needs node {OLDEST} or newer on the PATH")
def test_the_module_does_what_its_document_promises() -> None:
    assert NODE is not None
    version = subprocess.run([NODE, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST:
        pytest.skip(f"needs node {OLDEST} or newer, this is {version.strip()}")
    command = [NODE, "--test", *map(str, sorted(HERE.glob("*.test.mjs")))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.findall(r"pass ([0-9]+)", done.stdout)[-1]) > 150


def test_the_module_has_texts_in_the_languages_of_the_pages() -> None:
    found = re.findall(r"^  (\w+): \{$", (STATIC / "enabler" / "texts.js").read_text(), re.M)
    assert [each for each in LANGUAGES if each not in found] == [], "add these languages to enabler/texts.js"
    assert [each for each in found if each not in LANGUAGES] == []


def test_the_document_tells_every_code() -> None:
    made = set(re.findall(r'EnablerError\(\s*"(\w+)"', SOURCE)) | set(re.findall(r'"(bad_\w+)"', SOURCE))
    codes = re.search(r"const CODES = \{(.*?)\}", SOURCE)
    assert codes
    made |= set(re.findall(r'"(\w+)"', codes[1])) | {"already_paid", "given_back", "not_available", "refused"}
    told = {code for cell in column(DOCUMENT, heading="`code`") for code in cell.split(", ")}
    assert told == made


def test_the_document_tells_every_status() -> None:
    endings = re.search(r"const ENDINGS = \{(.*?)\n\};", SOURCE, re.DOTALL)
    assert endings
    assert set(column(DOCUMENT, heading="`status`")) == set(re.findall(r"^  (\w+): \{", endings[1], re.M))


@pytest.mark.parametrize("environment", MonextEnvironment)
def test_the_document_lists_what_the_bridges_own_page_allows_the_widget(
    environment: MonextEnvironment,
) -> None:
    own = in_own_words(environment)
    block = blocks(DOCUMENT, "text")[list(MonextEnvironment).index(environment)]
    assert as_policy(block) == {
        **{name: allowed for name, allowed in own.items() if name not in ("script-src", "connect-src")},
        "script-src": own["script-src"] | {BRIDGE},
        "connect-src": own["connect-src"] | {BRIDGE},
    }


def test_the_document_lists_the_hosts_of_every_wallet() -> None:
    block = as_policy(blocks(DOCUMENT, "text")[len(MonextEnvironment)])
    assert block == {
        directive: {host for sources in WALLET_SOURCES.values() for host in sources.get(directive, ())}
        for directive in FETCHES
    }


def in_own_words(environment: MonextEnvironment) -> dict[str, set[str]]:
    """What the bridge allows on its page for the widget: without what is its own, and what is allowed nobody."""
    with Flask("policy").test_request_context():
        allow_sources(widget_sources(WIDGET_HOSTS[environment], environment))
        policy = as_policy(content_security_policy().replace("; ", "\n"))
    allowed = {
        name: {each for each in sources if not each.startswith("'")} for name, sources in policy.items()
    }
    return {name: sources for name, sources in allowed.items() if sources}


def as_policy(text: str) -> dict[str, set[str]]:
    """The sources by directive, one directive a line."""
    lines = (line.split() for line in text.splitlines() if line.strip())
    return {name: set(sources) for name, *sources in lines}
