"""Gives one commercetools-mock for all peer tests, and the bridge under gunicorn that talks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.bridge_settings import commercetools_environment
from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn
from tests.peer.mock_server import MockServer
from tests.peer.peer_world import PeerWorld


@pytest.fixture(scope="session")
def mock(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockServer]:
    running = MockServer(log=tmp_path_factory.mktemp("mock") / "log.txt")
    running.start()
    try:
        PeerWorld(sandbox, running).create_catalogue()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def bridge(
    sandbox: Sandbox, mock: MockServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gunicorn]:
    """The bridge with two worker processes, whose commercetools is the mock."""
    log = tmp_path_factory.mktemp("bridge") / "log.jsonl"
    running = Gunicorn(sandbox, log=log, workers=2, **commercetools_environment(mock.url))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def world(sandbox: Sandbox, mock: MockServer) -> Iterator[PeerWorld]:
    """The world over the mock. At the end, the sandbox's own commercetools must not have been called."""
    world = PeerWorld(sandbox, mock)
    world.reset()
    yield world
    assert world.calls("commercetools") == []


@pytest.fixture
def buyer(bridge: Gunicorn) -> Buyer:
    return Buyer(bridge)
