"""Under gunicorn all processes of a machine are in one answer, also when a worker or all of them are replaced."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.runner import Sandbox
from tests.bridges import METRICS_TOKEN, Gunicorn
from tests.scrapes import scraped, total
from tests.world import wait_for

GUARDED = {"Authorization": f"Bearer {METRICS_TOKEN}"}


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Where gunicorn makes its own folder."""
    (tmp_path / "tmp").mkdir()
    return tmp_path / "tmp"


@pytest.fixture
def bridge(sandbox: Sandbox, tmp_path: Path, folders: Path) -> Iterator[Gunicorn]:
    running = Gunicorn(
        sandbox, log=tmp_path / "log.jsonl", workers=2, TMPDIR=str(folders), RECONCILE_IN_WEB="on"
    )
    running.start()
    yield running
    running.kill()


def scrape(bridge: Gunicorn) -> str:
    answer = bridge.call("GET", "/metrics", headers=GUARDED)
    assert answer.status == 200
    return answer.text


def served(bridge: Gunicorn) -> float:
    return total("bridge_requests_total", scrape(bridge), endpoint="health.health")


def workers(bridge: Gunicorn) -> list[int]:
    """The children of gunicorn's master but for the keeper, which is no fork of it."""
    found = subprocess.run(
        ["pgrep", "-f", "-P", str(bridge.pid), "gunicorn"], capture_output=True, text=True, check=False
    )
    return [int(pid) for pid in found.stdout.split()]


def test_one_answer_has_all_processes_and_none_is_lost_with_its_own(bridge: Gunicorn, folders: Path) -> None:
    begun = served(bridge)
    for _ in range(10):
        bridge.call("GET", "/health")
    assert served(bridge) == begun + 10

    before = workers(bridge)
    os.kill(before[0], signal.SIGKILL)
    wait_for(lambda: len(set(workers(bridge)) - set(before)) == 1)
    assert served(bridge) == begun + 10
    bridge.call("GET", "/health")
    assert served(bridge) == begun + 11

    wait_for(lambda: total("bridge_last_pass_timestamp_seconds", scrape(bridge)) > 0)
    text = scrape(bridge)
    assert scraped("bridge_alarms_total", text, event="not_kept") == [({"event": "not_kept"}, 0.0)]
    assert total("bridge_slots_in_use", text) == 0

    (folder,) = folders.glob("monext-bridge-metrics-*")
    assert len(list(folder.glob("counter_*.db"))) <= 5
    assert bridge.stop() == 0
    assert list(folders.glob("monext-bridge-metrics-*")) == []
