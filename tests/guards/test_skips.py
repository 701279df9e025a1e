"""A test that lacks something is skipped on a developer's machine, and fails in CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.document_blocks import ROOT

SKIPPED = """
import pytest

@pytest.mark.skipif(True, reason="no nginx")
def test_marked(): ...

def test_called():
    pytest.skip("no php")

@pytest.fixture
def redis():
    pytest.skip("no redis")

def test_in_its_fixture(redis): ...
"""
NOT_OURS = """
import pytest
from tests.monext_openapi import needs_openapi

@needs_openapi
def test_of_what_cannot_be_published(): ...

def test_expected_to_fail(request):
    pytest.xfail("known")
"""


def ended(program: str, folder: Path, **environment: str) -> str:
    """The last line of pytest, which runs these tests in a process of its own."""
    file = folder / "test_some.py"
    file.write_text(program)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.skips", "-c", os.devnull, str(file)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=200,
    )
    return done.stdout.splitlines()[-1].partition(" in ")[0]


@pytest.mark.parametrize(
    ("environment", "last"), [({}, "3 skipped"), ({"CI": "true"}, "1 failed, 2 errors")], ids=["here", "CI"]
)
def test_what_is_skipped_here_fails_in_ci(tmp_path: Path, environment: dict[str, str], last: str) -> None:
    assert ended(SKIPPED, tmp_path, **environment) == last


def test_ci_may_skip_what_cannot_be_published(tmp_path: Path) -> None:
    assert ended(NOT_OURS, tmp_path, CI="true") == "1 skipped, 1 xfailed"
