"""Gives the mocks and the bridge that talks to one of them, and tells at the end how much was checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from monext_bridge.config import StoreSettings
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.services.remotes import MonextPayments
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.openapi.checking_mock import CheckingMock, corrected_description, published_description

CHECKED: Counter[str] = Counter()
"""Counts requests and violations by the mock that they came to."""

WISHES = {
    "MONEXT_FALLBACK_METHOD_IDS": "AMEX_FR",
    "MONEXT_PAGE_CODE": "winter",
    "MONEXT_SOFT_DESCRIPTOR": "Chaises SA",
    "MONEXT_CHALLENGE": "CHALLENGE_REQUESTED",
}


def served(name: str, description: Path, *, log: Path) -> Iterator[CheckingMock]:
    running = CheckingMock(description, log=log)
    running.start()
    yield running
    asked = running.requests()
    CHECKED[f"{name}: requests"] = len(asked)
    CHECKED[f"{name}: requests with violations"] = sum(bool(each.violations) for each in asked)
    running.stop()


@pytest.fixture(scope="session")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckingMock]:
    folder = tmp_path_factory.mktemp("mock")
    yield from served("the bridge", corrected_description(folder), log=folder / "log.txt")


@pytest.fixture(scope="session")
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckingMock]:
    """Another mock, for requests that are broken on purpose."""
    folder = tmp_path_factory.mktemp("control")
    yield from served("control, broken on purpose", corrected_description(folder), log=folder / "log.txt")


@pytest.fixture(scope="session")
def uncorrected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CheckingMock]:
    """A mock over the description as it is published."""
    log = tmp_path_factory.mktemp("uncorrected") / "log.txt"
    yield from served("control, description as published", published_description(), log=log)


@pytest.fixture(scope="session")
def bridge(sandbox: Sandbox, mock: CheckingMock) -> InProcess:
    """The bridge with every wish of a store set, whose Monext is the mock."""
    return InProcess(sandbox, variables=WISHES, MONEXT_API_URL=mock.url)


@pytest.fixture
def buyer(bridge: InProcess) -> Buyer:
    return Buyer(bridge)


@pytest.fixture(scope="session")
def store(bridge: InProcess) -> StoreSettings:
    return bridge.settings.store("fr-store")


@pytest.fixture(scope="session")
def monext() -> MonextPayments:
    return MonextPayments(MonextGateway())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line, number in CHECKED.items():
        terminalreporter.write_line(f"{line}: {number}")
