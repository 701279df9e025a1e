"""A bridge whose clock tests move, for what happens when everybody has gone."""

from __future__ import annotations

import pytest

from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.services.reconciling import KEY, Later, Night
from tests.world import World


@pytest.fixture(scope="session")
def later() -> Later:
    return Later()


@pytest.fixture(scope="session")
def late_bridge(sandbox: Sandbox, later: Later) -> InProcess:
    return InProcess(sandbox, clock=later, SECRET_KEY=KEY)


@pytest.fixture
def night(late_bridge: InProcess, later: Later, world: World) -> Night:
    return Night(late_bridge, later, world)
