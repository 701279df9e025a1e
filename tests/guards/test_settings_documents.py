"""The documents that list the settings are what the code declares."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from monext_bridge.config import FILE_NAMES, SETTING_NAMES, SETTINGS, Group
from tools.settings.documents import DOCUMENTS, renewed, settings_example, settings_tables

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_lists_the_settings_as_the_code_declares_them(document: str) -> None:
    assert (ROOT / document).read_text() == renewed(document), "out of date: make settings"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_program_prints_it(document: str) -> None:
    command = [sys.executable, "-m", "tools.settings", document]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == renewed(document)


def test_make_settings_writes_all_of_them() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    (named,) = [line.partition(" := ")[2].split() for line in lines if line.startswith("SETTINGS := ")]
    assert named == list(DOCUMENTS)


def test_each_document_has_each_setting_once() -> None:
    tables = re.findall(r"^\| `(\w+)` \|", settings_tables(), re.MULTILINE)
    example = re.findall(r"^#?(\w+)=", settings_example(), re.MULTILINE)
    assert sorted(tables) == sorted(SETTING_NAMES)
    assert sorted(example) == sorted((*SETTING_NAMES, *FILE_NAMES))


def test_the_example_has_its_groups_one_after_the_other() -> None:
    for group, block in zip(Group, settings_example().split("\n\n"), strict=True):
        names = re.findall(r"^#?(\w+)=", block, re.MULTILINE)
        in_group = [each for each in SETTINGS if each.group is group]
        assert names == [name for each in in_group for name in (each.name, each.file_name) if name]
