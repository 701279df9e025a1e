"""gunicorn: its configuration, faults in it before anything is served, and what it keeps beside its workers."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monext_bridge.runtime import SLOTS_IN_ALL
from monext_bridge.runtime.addresses import MOST_AT_ONCE
from sandbox.runner import Sandbox
from tests.bridges import ROOT, Gunicorn
from tests.settings_environment import valid_environment
from tests.world import wait_for

GENEROUS = 60.0
"""Seconds for whatever comes at once, on a machine that does much else."""

SHOWN = """
import json, runpy
found = runpy.run_path("gunicorn.conf.py")
print(json.dumps({name: found[name] for name in ("bind", "workers", "loglevel", "worker_connections")}))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working directory with the configuration and without `.env`."""
    (tmp_path / "gunicorn.conf.py").symlink_to(ROOT / "gunicorn.conf.py")
    return tmp_path


def run_configuration(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it in a process of its own, which it changes for good."""
    return subprocess.run(
        [sys.executable, "-c", SHOWN],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def configured(folder: Path, **variables: str) -> dict[str, Any]:
    done = run_configuration(folder, **variables)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_port_workers_and_level_come_from_the_settings(folder: Path) -> None:
    found = configured(folder, **valid_environment(PORT="9876", WEB_CONCURRENCY="3", LOG_LEVEL="warning"))
    assert (found["workers"], found["loglevel"]) == (3, "warning")
    assert found["bind"] in ("[::]:9876", "0.0.0.0:9876")


def test_the_process_environment_wins_over_the_env_file(folder: Path) -> None:
    given = valid_environment(PORT="9876", WEB_CONCURRENCY="3")
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    found = configured(folder, PORT="9999")
    assert (found["bind"].rpartition(":")[2], found["workers"]) == ("9999", 3)


def test_faults_end_it_with_all_of_them_named(folder: Path) -> None:
    ended = run_configuration(folder, **valid_environment(PORT="none", SECRET_KEY="short"))
    assert ended.returncode != 0
    assert "PORT: " in ended.stderr
    assert "SECRET_KEY: " in ended.stderr


def test_a_misspelt_setting_ends_it_wherever_it_stands(folder: Path) -> None:
    given = valid_environment(MONEXT_CAPTURE_TYP="MANUAL")
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    ended = run_configuration(folder, CHECKOUT_MOD="direct")
    assert ended.returncode != 0
    assert "CHECKOUT_MOD: no such setting, did you mean CHECKOUT_MODE?" in ended.stderr
    assert "MONEXT_CAPTURE_TYP: no such setting, did you mean MONEXT_CAPTURE_TYPE?" in ended.stderr


def test_connections_outnumber_the_requests_under_way(folder: Path) -> None:
    assert configured(folder, **valid_environment())["worker_connections"] // 2 > SLOTS_IN_ALL


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    running = Gunicorn(sandbox, log=tmp_path_factory.mktemp("one") / "log.jsonl", workers=1)
    running.start()
    yield running
    running.kill()


def test_requests_that_follow_on_one_connection_are_each_answered(bridge: Gunicorn) -> None:
    kept = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=GENEROUS)
    found = []
    for path in ("/health", "/openapi.json", "/health", "/nowhere"):
        kept.request("GET", path)
        answer = kept.getresponse()
        answer.read()
        found.append((answer.status, answer.getheader("Connection")))
    kept.close()
    assert found == [(200, "keep-alive"), (200, "keep-alive"), (200, "keep-alive"), (404, "keep-alive")]


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/static/bridge.css", "/checkout/x"])
def test_no_answer_of_the_bridge_says_which_software_made_it(path: str, bridge: Gunicorn) -> None:
    answer = bridge.call("GET", path)
    told = {name.lower(): value.lower() for name, value in answer.headers.items()}
    assert not {"server", "x-powered-by", "via"} & told.keys()
    assert not any(word in value for value in told.values() for word in ("gunicorn", "werkzeug", "python"))


def test_a_body_that_is_too_large_is_answered_in_our_words_and_ends_the_connection(bridge: Gunicorn) -> None:
    sent = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=GENEROUS)
    sent.request("POST", "/payment", body=b"x" * 100_000, headers={"Content-Type": "application/json"})
    answer = sent.getresponse()
    assert (answer.status, answer.getheader("Connection")) == (401, "close")
    assert json.loads(answer.read())["statusCode"] == 401
    sent.close()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_a_worker_needs_no_threads_but_for_names(bridge: Gunicorn) -> None:
    (worker,) = Path(f"/proc/{bridge.pid}/task/{bridge.pid}/children").read_text().split()
    assert len(list(Path(f"/proc/{worker}/task").iterdir())) <= 1 + MOST_AT_ONCE


def test_starting_it_warns_of_nothing(bridge: Gunicorn) -> None:
    """Such as greenlets of the first process that go on in the workers, or modules that gevent came too late for."""
    lines = bridge.log.read_text().splitlines()
    assert [line for line in lines if not line.startswith("{")] == []
    assert {json.loads(line)["level"] for line in lines if "gunicorn" in line} <= {"INFO"}


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


@pytest.mark.parametrize(
    "line", ["SCRIPT_NAME: /x", "Script_Name: /x", "Script-Name: /x", "PATH_INFO: /nowhere"]
)
def test_a_header_does_not_say_where_the_application_begins(line: str, bridge: Gunicorn) -> None:
    """gunicorn takes it from a proxy on the same machine, which may pass on what a client sent."""
    with socket.create_connection(("127.0.0.1", bridge.port), timeout=GENEROUS) as client:
        client.sendall(f"GET /health HTTP/1.1\r\nHost: a\r\n{line}\r\nConnection: close\r\n\r\n".encode())
        answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert "Traceback" not in bridge.log.read_text()


NO_REQUESTS = {
    "two lengths": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
    "a length below zero": b"Content-Length: -1\r\n\r\n",
    "a chunk below zero": b"Transfer-Encoding: chunked\r\n\r\n-1\r\nxx\r\n",
    "a chunk with a null byte": b"Transfer-Encoding: chunked\r\n\r\n1;\x00\r\nx\r\n",
}


@pytest.mark.parametrize("rest", NO_REQUESTS.values(), ids=NO_REQUESTS)
def test_what_is_no_request_is_answered_with_400_and_a_line_that_is_no_error(
    rest: bytes, bridge: Gunicorn
) -> None:
    with socket.create_connection(("127.0.0.1", bridge.port), timeout=GENEROUS) as client:
        client.sendall(b"POST /csp-reports HTTP/1.1\r\nHost: a\r\n" + rest)
        answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    lines = [json.loads(line) for line in bridge.log.read_text().splitlines()]
    assert {line["level"] for line in lines} <= {"INFO", "WARNING"}
