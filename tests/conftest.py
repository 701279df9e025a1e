"""Gives the fixtures that all tests share: one sandbox for each test process, free of faults for each test."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from monext_bridge.logs import correlation_id
from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn, InProcess
from tests.log_lines import LogLines, captured_logs
from tests.redis_server import RedisServer, redis_server
from tests.skips import pytest_runtest_makereport as pytest_runtest_makereport
from tests.world import World


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end of a process: from now on it looks for no garbage among them."""
    gc.freeze()


@pytest.fixture(scope="session")
def running_sandboxes() -> list[Sandbox]:
    """The sandbox of the test process, once a test has needed it."""
    return []


@pytest.fixture(scope="session")
def sandbox(running_sandboxes: list[Sandbox]) -> Iterator[Sandbox]:
    with Sandbox(allow_kill=True) as running:
        running_sandboxes.append(running)
        yield running


@pytest.fixture(scope="module", autouse=True)
def _nothing_of_another_file(running_sandboxes: list[Sandbox]) -> Iterator[None]:
    """Each file finds the sandbox as it was at the start.

    What others made would be read again by every pass of reconciliation, and make each slower than the one before.
    """
    yield
    for running in running_sandboxes:
        running.reset()


@pytest.fixture
def world(sandbox: Sandbox) -> Iterator[World]:
    world = World(sandbox)
    world.reset()
    yield world
    world.reset()


@pytest.fixture(scope="session")
def in_process(sandbox: Sandbox) -> InProcess:
    """The bridge inside the test process, with the sandbox's plain settings."""
    return InProcess(sandbox)


@pytest.fixture
def buyer(in_process: InProcess) -> Buyer:
    return Buyer(in_process)


@pytest.fixture(scope="session")
def gunicorn(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """The bridge under gunicorn with two worker processes."""
    log: Path = tmp_path_factory.mktemp("gunicorn") / "log.jsonl"
    running = Gunicorn(sandbox, log=log, workers=2)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def lines() -> Iterator[LogLines]:
    """Everything that this process logs during the test."""
    with captured_logs() as found:
        yield found


@pytest.fixture(scope="session")
def redis_process() -> Iterator[RedisServer]:
    with redis_server() as running:
        yield running


@pytest.fixture
def empty_redis(redis_process: RedisServer) -> RedisServer:
    """A running Redis that holds nothing yet."""
    redis_process.clear()
    return redis_process


@pytest.fixture(autouse=True)
def _no_correlation_of_another_test() -> None:
    """A command of the terminal that a test calls in process leaves its correlation id to the next test."""
    correlation_id.set(None)
