"""gunicorn: its configuration, faults in it before anything is served, and a worker that is crowded."""

from __future__ import annotations

import http.client
import os
import runpy
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from monext_bridge.runtime.bulkhead import SLOTS_IN_ALL, SLOTS_PER_REMOTE
from monext_bridge.runtime.parallel import EXTRA_THREADS
from sandbox.runner import Sandbox
from tests.bridges import Gunicorn
from tests.settings_environment import valid_environment
from tests.world import wait_for

SOON = 60.0
"""Seconds, generous, and less than gunicorn itself waits for somebody who says nothing."""

GRACE = 20.0
"""Seconds, generous, and less than what is under way has after SIGTERM."""

MORE_THAN_THREADS = 70
CONNECTIONS = 1000
"""gunicorn's `worker_connections`, where nobody changes it."""

MOST_THREADS_OF_A_SMALL_HOST = 256

CONFIGURATION = Path(__file__).resolve().parents[1] / "gunicorn.conf.py"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without `.env`, and an environment without any setting."""
    monkeypatch.chdir(tmp_path)
    for name in (*valid_environment(), "PORT", "WEB_CONCURRENCY", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def configured() -> dict[str, Any]:
    return runpy.run_path(str(CONFIGURATION))


def test_port_workers_and_level_come_from_the_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in valid_environment(PORT="9876", WEB_CONCURRENCY="3", LOG_LEVEL="warning").items():
        monkeypatch.setenv(name, value)
    found = configured()
    assert (found["bind"], found["workers"], found["loglevel"]) == ("0.0.0.0:9876", 3, "warning")


def test_the_process_environment_wins_over_the_env_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = valid_environment(PORT="9876", WEB_CONCURRENCY="3")
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    monkeypatch.setenv("PORT", "9999")
    found = configured()
    assert (found["bind"], found["workers"]) == ("0.0.0.0:9999", 3)


def test_faults_end_it_with_all_of_them_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in valid_environment(PORT="none", SECRET_KEY="short").items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        configured()
    assert "PORT: " in str(ended.value.code)
    assert "SECRET_KEY: " in str(ended.value.code)


def test_a_misspelt_setting_ends_it_wherever_it_stands(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = valid_environment(MONEXT_CAPTURE_TYP="MANUAL")
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    monkeypatch.setenv("CHECKOUT_MOD", "direct")
    with pytest.raises(SystemExit) as ended:
        configured()
    assert "CHECKOUT_MOD: no such setting, did you mean CHECKOUT_MODE?" in str(ended.value.code)
    assert "MONEXT_CAPTURE_TYP: no such setting, did you mean MONEXT_CAPTURE_TYPE?" in str(ended.value.code)


def test_what_hangs_leaves_threads_and_all_of_them_fit_on_a_small_host(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in valid_environment().items():
        monkeypatch.setenv(name, value)
    threads = configured()["threads"]
    assert SLOTS_PER_REMOTE < SLOTS_IN_ALL < threads
    assert SLOTS_PER_REMOTE < EXTRA_THREADS
    main_and_health = 3
    assert 2 * (threads + EXTRA_THREADS + main_and_health) + 1 < MOST_THREADS_OF_A_SMALL_HOST


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    running = Gunicorn(sandbox, log=tmp_path_factory.mktemp("crowded") / "log.jsonl", workers=1)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def held() -> Iterator[ExitStack]:
    """What the clients hold until the end of the test."""
    with ExitStack() as held:
        yield held


class TestCrowdedWorker:
    """One process, and clients who hold connections; whoever asks properly is answered as if they were not there."""

    def test_who_says_nothing_holds_no_thread(self, bridge: Gunicorn, held: ExitStack) -> None:
        for _ in range(MORE_THAN_THREADS):
            held.enter_context(connected(bridge))
        assert asked(bridge, "/openapi.json") == 200

    def test_who_asks_for_health_slowly_does_not_stop_who_asks_properly(
        self, bridge: Gunicorn, held: ExitStack
    ) -> None:
        for _ in range(8):
            held.enter_context(connected(bridge)).sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
        assert asked(bridge, "/health") == 200

    def test_requests_that_follow_on_one_connection_are_each_answered(self, bridge: Gunicorn) -> None:
        kept = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=SOON)
        found = []
        for path in ("/health", "/openapi.json", "/health", "/nowhere"):
            kept.request("GET", path)
            answer = kept.getresponse()
            answer.read()
            found.append((answer.status, answer.getheader("Connection")))
        kept.close()
        assert found == [(200, "keep-alive"), (200, "keep-alive"), (200, "keep-alive"), (404, "keep-alive")]

    def test_idle_connections_leave_room_for_busy_ones(self, bridge: Gunicorn, held: ExitStack) -> None:
        kept = 0
        for _ in range(CONNECTIONS // 2 + 20):
            idle = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=SOON)
            held.callback(idle.close)
            idle.request("GET", "/health")
            answer = idle.getresponse()
            answer.read()
            kept += not answer.will_close
        assert kept < CONNECTIONS // 2 + 20, "none was closed"
        assert asked(bridge, "/health") == 200

    @pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
    def test_all_threads_run_before_they_are_needed(self, bridge: Gunicorn) -> None:
        (worker,) = Path(f"/proc/{bridge.pid}/task/{bridge.pid}/children").read_text().split()
        assert len(list(Path(f"/proc/{worker}/task").iterdir())) > SLOTS_IN_ALL + EXTRA_THREADS


def test_a_connection_on_which_nothing_was_said_does_not_hold_up_the_end(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    bridge = Gunicorn(sandbox, log=tmp_path / "log.jsonl", workers=1)
    bridge.start()
    with connected(bridge):
        began = time.monotonic()
        assert bridge.stop() == 0
        assert time.monotonic() - began < GRACE


def connected(bridge: Gunicorn) -> socket.socket:
    return socket.create_connection(("127.0.0.1", bridge.port), timeout=SOON)


def asked(bridge: Gunicorn, path: str) -> int:
    """The status of an answer that comes soon; fails the test where none does."""
    connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=SOON)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


class TestReconciliationBesideTheWorkers:
    """`RECONCILE_IN_WEB`: a process that is not one of gunicorn's, begun and ended with them."""

    @pytest.fixture
    def reconciling(self, sandbox: Sandbox, tmp_path: Path) -> Iterator[Gunicorn]:
        bridge = Gunicorn(sandbox, log=tmp_path / "log.jsonl", workers=1, RECONCILE_IN_WEB="on")
        bridge.start()
        wait_for(lambda: '"event": "reconciled"' in bridge.log.read_text())
        yield bridge
        bridge.kill()

    def test_it_reconciles_and_ends_with_gunicorn(self, reconciling: Gunicorn) -> None:
        assert reconciling.stop() == 0
        wait_for(lambda: processes_of(reconciling) == 0)

    def test_it_ends_where_gunicorn_is_killed(self, reconciling: Gunicorn) -> None:
        os.kill(reconciling.pid, signal.SIGKILL)
        wait_for(lambda: processes_of(reconciling) == 0)

    def test_it_is_not_there_where_it_is_off(self, bridge: Gunicorn) -> None:
        master_and_worker = 2
        assert processes_of(bridge) == master_and_worker


def processes_of(bridge: Gunicorn) -> int:
    """Those of its session that still run, whoever is their parent by now."""
    found = subprocess.run(
        ["ps", "-o", "stat=", "-s", str(bridge.pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    return sum(not state.startswith("Z") for state in found)
