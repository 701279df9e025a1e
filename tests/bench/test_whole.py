"""The bench measures this checkout as it is: started, taught by the sandbox, proved, loaded and stopped."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from bench.measuring import CHAIN, Site
from bench.sites import ROOT, TOOLS
from bench.teaching import Teacher
from sandbox.runner import Sandbox

pytestmark = pytest.mark.skipif(
    not TOOLS.exists(), reason="the bench has no environment: make bench makes it"
)


def test_each_scenario_is_answered_as_wanted_and_as_taught(tmp_path: Path) -> None:
    """`Site.open` raises where the remotes do not answer as the sandbox does."""
    with Sandbox() as sandbox, closing(Teacher(sandbox)) as teacher:
        site = Site("this", checkout=ROOT, teacher=teacher, workers=1, log=tmp_path / "log")
        try:
            site.open(delay_ms=0)
            windows = site.chain(at_once=1, seconds=0.2)
        finally:
            site.close()
    assert [window.scenario for window in windows if window.requests and not window.errors] == list(CHAIN)
    assert all(window.cpu_ms >= 0 and window.calls >= 1 for window in windows)
    assert [window.oddities for window in windows if window.oddities] == []
