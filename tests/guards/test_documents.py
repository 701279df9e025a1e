"""What the documents say is so: settings, addresses, make targets, examples and links."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dotenv import dotenv_values
from flask import Flask

from monext_bridge.config import SETTINGS, Setting, load_settings
from monext_bridge.errors import SettingsError
from monext_bridge.web import create_app
from monext_bridge.web.auth import check_link
from sandbox.commercetools.seed import SITUATIONS
from sandbox.faults import ACTIONS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "sandbox").rglob("*.md")])
README, CONFIGURATION = ROOT / "README.md", ROOT / "docs" / "configuration.md"
SANDBOX = ROOT / "sandbox" / "README.md"
LINK = re.compile(r"\]\((?!https?:|mailto:)(?P<path>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
FAULTY = "MONEXT_SESSION_MINUTES=5\n"


def blocks(document: Path, language: str) -> list[str]:
    """The fenced blocks of a language, in their order."""
    return [found["body"] for found in FENCE.finditer(document.read_text()) if found["language"] == language]


def variables(text: str) -> dict[str, str]:
    """What a `.env` file with this text says."""
    return {name: value or "" for name, value in dotenv_values(stream=io.StringIO(text)).items()}


def table(document: Path, *, heading: str) -> list[list[str]]:
    """The cells of the table whose head begins with these words."""
    lines = document.read_text().splitlines()
    begin = next(place for place, line in enumerate(lines) if line.startswith(f"| {heading}")) + 2
    rows: list[list[str]] = []
    for line in lines[begin:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def links() -> Iterator[tuple[Path, str, str | None]]:
    """Every relative link: where it stands, its path, its anchor."""
    for document in DOCUMENTS:
        for found in LINK.finditer(FENCE.sub("", document.read_text())):
            yield document, found["path"], found["anchor"]


def anchors(document: Path) -> set[str]:
    """The anchors of the headings, as a forge makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", document.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def default_cell(setting: Setting) -> str:
    if setting.required:
        return "required"
    return f"`{setting.default}`" if setting.default is not None else setting.otherwise


@pytest.fixture(scope="module")
def minimal() -> dict[str, str]:
    """The README's example of an environment."""
    return variables(blocks(README, "dotenv")[0])


@pytest.fixture(scope="module")
def app(minimal: dict[str, str]) -> Flask:
    return create_app(load_settings(minimal))


def test_the_readme_lists_exactly_the_settings_with_their_defaults() -> None:
    listed = [(name, by_store, default) for name, _, by_store, default in table(README, heading="Name")]
    wanted = [(f"`{s.name}`", "yes" if s.by_store else "", default_cell(s)) for s in SETTINGS]
    assert listed == wanted


def test_the_readmes_environment_is_enough_and_needed(minimal: dict[str, str]) -> None:
    assert load_settings(minimal).stores()
    assert {s.name for s in SETTINGS if s.required} <= set(minimal)


@pytest.mark.parametrize(
    "text", [b for b in blocks(CONFIGURATION, "dotenv") if FAULTY not in b], ids=lambda text: text[:40]
)
def test_an_example_of_the_configuration_is_right(text: str, minimal: dict[str, str]) -> None:
    assert load_settings(minimal | variables(text)).stores()


def test_the_example_of_faults_is_what_start_up_says(minimal: dict[str, str]) -> None:
    (faulty,) = [text for text in blocks(CONFIGURATION, "dotenv") if FAULTY in text]
    (said,) = blocks(CONFIGURATION, "text")
    with pytest.raises(SettingsError) as raised:
        load_settings(minimal | variables(faulty))
    assert str(raised.value) == said.strip()


def test_the_environment_for_the_sandbox_is_right() -> None:
    (text,) = blocks(SANDBOX, "dotenv")
    assert load_settings(variables(text)).stores()


def test_the_readme_lists_exactly_the_addresses(app: Flask) -> None:
    listed = {cells[0].strip("`") for cells in table(README, heading="Address ")}
    served = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert listed == served


def test_the_readmes_signed_link_opens_its_cart(minimal: dict[str, str]) -> None:
    secret = load_settings(minimal).link_secrets[0]
    known: dict[str, object] = {
        "link_secret": secret.get_secret_value(),
        "cart_id": "c0000000-0000-4000-8000-000000000001",
        "public_url": "https://pay.shop.example.com",
    }
    exec(blocks(README, "python")[0], known)
    check_link(
        str(known["cart_id"]),
        expires=str(known["expires"]),
        signature=str(known["signature"]),
        keys=[secret],
        now=time.time(),
    )
    assert str(known["url"]).endswith(f"?expires={known['expires']}&signature={known['signature']}")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", document.read_text(), re.MULTILINE))
    assert named <= targets


def test_every_relative_link_leads_somewhere() -> None:
    broken = [
        f"{document.relative_to(ROOT)}: {path}#{anchor or ''}"
        for document, path, anchor in links()
        if not (target := document.parent / path if path else document).exists()
        or (anchor and anchor not in anchors(target))
    ]
    assert broken == []


def test_links_are_found_at_all() -> None:
    assert len(list(links())) > 10


def test_the_sandbox_tells_all_its_carts_and_faults() -> None:
    assert [row[0] for row in table(SANDBOX, heading="Cart")] == [f"`{name}`" for name in SITUATIONS]
    assert [row[0] for row in table(SANDBOX, heading="`action`")] == [f"`{name}`" for name in ACTIONS]
