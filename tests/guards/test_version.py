"""One place says the version: `monext_bridge/__init__.py`. All others read it there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from monext_bridge import __version__

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "monext_bridge" / "__init__.py"
RELEASED = re.compile(r"^## \[([0-9]+\.[0-9]+\.[0-9]+)\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$", re.MULTILINE)


def order(version: str) -> tuple[int, ...]:
    """By which versions compare."""
    return tuple(int(part) for part in version.split("."))


def test_the_version_has_three_numbers() -> None:
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", __version__)


def test_the_packaging_reads_the_version_from_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" not in project["project"]
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"] == {"version": {"attr": "monext_bridge.__version__"}}


def test_no_other_source_repeats_the_version() -> None:
    folders = [ROOT / name for name in ("monext_bridge", "sandbox", "tools")]
    sources = [*ROOT.glob("*.py"), *(path for folder in folders for path in folder.rglob("*.py"))]
    repeating = [path for path in sources if f'"{__version__}"' in path.read_text()]
    assert repeating == [PLACE]


def test_no_released_heading_of_the_changelog_is_newer_than_the_version() -> None:
    released = RELEASED.findall((ROOT / "CHANGELOG.md").read_text())
    assert released
    assert max(released, key=order) == released[0]
    assert order(released[0]) <= order(__version__)
