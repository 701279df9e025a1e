"""Fixtures that every level shares: one sandbox a test process, fresh of faults for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn, InProcess
from tests.log_lines import Lines, logged
from tests.redis_server import RedisServer, redis_server
from tests.world import World


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(allow_kill=True) as running:
        yield running


@pytest.fixture
def world(sandbox: Sandbox) -> Iterator[World]:
    world = World(sandbox)
    world.calm()
    yield world
    world.calm()


@pytest.fixture(scope="session")
def in_process(sandbox: Sandbox) -> InProcess:
    """The bridge with the sandbox's plain settings, in this process."""
    return InProcess(sandbox)


@pytest.fixture
def buyer(in_process: InProcess) -> Buyer:
    return Buyer(in_process)


@pytest.fixture(scope="session")
def gunicorn(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """One gunicorn with two worker processes."""
    log: Path = tmp_path_factory.mktemp("gunicorn") / "log.jsonl"
    running = Gunicorn(sandbox, log=log, workers=2)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Everything that is logged in this process meanwhile."""
    with logged() as found:
        yield found


@pytest.fixture(scope="session")
def redis_process() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture
def redis_of_its_own(redis_process: RedisServer) -> RedisServer:
    """A Redis that holds nothing yet."""
    redis_process.clear()
    return redis_process
