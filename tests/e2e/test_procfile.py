"""The Procfile as it is, with Redis and without: every process type runs until it is told to stop."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from sandbox.runner import Sandbox
from tests.bridges import ROOT, environment, free_port
from tests.redis_server import RedisServer
from tests.world import wait_for

PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
BEGUN = {"web": '"event": "reconciled"', "reconcile": '"event": "reconciled"', "worker": '"event": "worker_'}
"""What the log of each has once it does what it is for; of `web` what runs beside it."""


class ProcessType:
    """One line of the Procfile, started as a runner does."""

    def __init__(self, name: str, *, log: Path, env: dict[str, str]) -> None:
        self.name, self.log = name, log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                shlex.split(PROCFILE[name]),
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def __enter__(self) -> ProcessType:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def has_begun(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        return BEGUN[self.name] in self.log.read_text()


@pytest.fixture(params=["with Redis", "without Redis"])
def redis_url(request: pytest.FixtureRequest) -> str:
    if request.param == "without Redis":
        return ""
    redis: RedisServer = request.getfixturevalue("empty_redis")
    return redis.url


@pytest.fixture
def running(sandbox: Sandbox, redis_url: str, tmp_path: Path) -> Iterator[list[ProcessType]]:
    """All of them at once, in an environment of which only the program path is known."""
    found = environment(sandbox, port=free_port(), RECONCILE_IN_WEB="", REDIS_URL=redis_url)
    env = found | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with ExitStack() as stack:
        yield [
            stack.enter_context(ProcessType(name, log=tmp_path / f"{name}.log", env=env)) for name in PROCFILE
        ]


def test_every_process_type_runs_and_ends_when_it_is_told_to(running: list[ProcessType]) -> None:
    for each in running:
        wait_for(each.has_begun)
    for each in running:
        assert each.process.poll() is None, each.name
        each.process.terminate()
    assert {each.name: each.process.wait(60) for each in running} == dict.fromkeys(PROCFILE, 0)
