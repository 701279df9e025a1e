"""Gives a bridge whose clock a test can shift, to test the reconciliation of payments that nobody came back to."""

from __future__ import annotations

import pytest

from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.services.reconciling import KEY, ReconciliationTester, ShiftedClock
from tests.world import World


@pytest.fixture(scope="session")
def shifted_clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture(scope="session")
def shifted_bridge(sandbox: Sandbox, shifted_clock: ShiftedClock) -> InProcess:
    return InProcess(sandbox, clock=shifted_clock, SECRET_KEY=KEY)


@pytest.fixture
def reconciliation(
    shifted_bridge: InProcess, shifted_clock: ShiftedClock, world: World
) -> ReconciliationTester:
    return ReconciliationTester(shifted_bridge, shifted_clock, world)
