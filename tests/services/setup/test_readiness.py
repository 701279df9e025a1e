"""Readiness: asked of both remotes at most once in some seconds, and answered in time whatever they do."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from monext_bridge.errors import RemoteTimeout
from monext_bridge.runtime.deadlines import seconds_left
from monext_bridge.services.setup.readiness import ANSWERS_IN, READINESS_KEPT_FOR, Readiness
from tests.manual_clock import ManualClock
from tests.settings_environment import settings_with


@dataclass
class Remotes:
    """Both of them; what each call had left of its time, and what becomes of a call."""

    answers: dict[str, bool] = field(default_factory=lambda: {"commercetools": True, "monext": True})
    seconds: list[float] = field(default_factory=list)
    goes_on: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.goes_on.set()

    def check(self) -> None:
        self.goes_on.wait(60)
        self.seconds.append(seconds_left())
        if not self.answers["commercetools"]:
            raise RemoteTimeout("no answer", remote="commercetools")

    def alive(self, _: object) -> bool:
        self.seconds.append(seconds_left())
        return self.answers["monext"]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def remotes() -> Remotes:
    return Remotes()


@pytest.fixture
def readiness(remotes: Remotes, clock: ManualClock) -> Readiness:
    both: Any = remotes
    return Readiness(settings_with(), commercetools=both, monext=both, monotonic=clock)


@pytest.mark.parametrize("silent", ["commercetools", "monext"])
def test_it_tells_which_remote_does_not_answer(silent: str, remotes: Remotes, readiness: Readiness) -> None:
    remotes.answers[silent] = False
    assert [name for name, up in readiness.remotes().items() if not up] == [silent]


def test_no_remote_has_longer_than_the_caller_of_a_health_check_waits(
    remotes: Remotes, readiness: Readiness
) -> None:
    readiness.remotes()
    assert len(remotes.seconds) == 2
    assert max(remotes.seconds) <= ANSWERS_IN


def test_an_answer_is_given_again_for_some_seconds(
    remotes: Remotes, readiness: Readiness, clock: ManualClock
) -> None:
    readiness.remotes()
    remotes.answers["monext"] = False
    clock.advance(READINESS_KEPT_FOR)
    assert readiness.remotes()["monext"]
    clock.advance(0.1)
    assert not readiness.remotes()["monext"]


def test_who_comes_while_they_are_asked_gets_the_answer_before(
    remotes: Remotes, readiness: Readiness, clock: ManualClock
) -> None:
    before = readiness.remotes()
    clock.advance(2 * READINESS_KEPT_FOR)
    remotes.goes_on.clear()
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(readiness.remotes)
        while len(remotes.seconds) < 3:
            continue
        assert readiness.remotes() == before
        remotes.goes_on.set()
        assert asking.result(5) == before
