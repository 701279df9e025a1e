"""The README stays a first page, and the documents say what the bridge does not do yet until somebody builds it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from monext_bridge.config import SETTING_NAMES
from monext_bridge.web import create_app
from tests.settings_environment import settings_with

ROOT = Path(__file__).resolve().parents[2]
SETTING = re.compile(r"`([A-Z]+(?:_[A-Z]+)+)`")
ADDRESS = re.compile(r"`((?:GET|POST) /[^`]*)`")
IN_PASSING = {"PUBLIC_URL"}
"""A setting that is there, and does not do all that one may wish."""


README = (ROOT / "README.md").read_text()
NOT_YET = (ROOT / "docs" / "limits.md").read_text()
LONGEST = 120
"""Lines that people read to the end; what is more goes into `docs`."""


def section(heading: str) -> str:
    return README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_the_readme_is_read_to_its_end() -> None:
    assert len(README.splitlines()) <= LONGEST


def test_the_readme_tries_and_tests_the_bridge_by_one_command_each() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", section("Try it"), re.MULTILINE | re.DOTALL)
    assert blocks == ["make demo\n", "make test\n"]


def test_a_setting_that_is_told_to_be_missing_is_not_there() -> None:
    missed = set(SETTING.findall(NOT_YET)) - IN_PASSING
    assert sorted(missed & set(SETTING_NAMES)) == []


def test_an_address_that_is_told_to_be_missing_is_not_served() -> None:
    rules = create_app(settings_with()).url_map.iter_rules()
    served = {f"{method} {rule.rule}" for rule in rules for method in rule.methods or ()}
    assert sorted(set(ADDRESS.findall(NOT_YET)) & served) == []


def test_docker_files_are_told_to_be_missing_as_long_as_there_are_none() -> None:
    assert ("Docker" in NOT_YET) != any(ROOT.glob("Dockerfile*"))


def test_the_licence_is_the_one_that_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (project["license"], project["license-files"]) == ("MIT", ["LICENSE"])
    licence = (ROOT / "LICENSE").read_text()
    assert licence.startswith("MIT License\n\nCopyright (c) 2026 the monext_bridge authors\n")
    assert "[MIT](LICENSE)" in section("License")


def test_the_pictures_of_documents_load_fast() -> None:
    large = [path.name for path in (ROOT / "docs" / "images").iterdir() if path.stat().st_size > 60_000]
    assert large == []


def test_each_picture_of_the_readme_says_what_is_on_it() -> None:
    pictures = re.findall(r"<img\b[^>]*>|!\[[^\]]*\]", README)
    assert pictures
    assert [
        picture for picture in pictures if not re.search(r'alt="[^"]{20,}"|!\[[^\]]{20,}\]', picture)
    ] == []
