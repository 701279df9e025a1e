"""What is remembered of proofs that only a remote can judge: for how long, how many, and what pushes out what."""

from __future__ import annotations

import pytest

from monext_bridge.services.access import ProofMemory, Seen
from tests.manual_clock import ManualClock

LASTS = {Seen.GENUINE: 60.0, Seen.MADE_UP: 5.0}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def memory(clock: ManualClock) -> ProofMemory:
    return ProofMemory(most=3, monotonic=clock)


@pytest.mark.parametrize("seen", Seen)
def test_a_verdict_is_remembered_for_its_time(seen: Seen, memory: ProofMemory, clock: ManualClock) -> None:
    memory.remember("one", seen)
    clock.advance(LASTS[seen] - 0.1)
    assert (memory.find("one"), memory.find("another")) == (seen, None)
    clock.advance(0.1)
    assert memory.find("one") is None


@pytest.mark.parametrize(("before", "after"), [tuple(Seen), tuple(reversed(Seen))])
def test_the_last_verdict_counts(before: Seen, after: Seen, memory: ProofMemory) -> None:
    memory.remember("one", before)
    memory.remember("one", after)
    assert memory.find("one") is after


@pytest.mark.parametrize("seen", Seen)
def test_the_oldest_of_a_kind_are_forgotten_where_there_is_no_room(seen: Seen, memory: ProofMemory) -> None:
    for number in range(5):
        memory.remember(str(number), seen)
    memory.remember("2", seen)
    memory.remember("5", seen)
    assert [memory.find(str(number)) for number in range(6)] == [None, None, seen, None, seen, seen]


def test_made_up_ones_push_out_no_genuine_one(memory: ProofMemory) -> None:
    memory.remember("genuine", Seen.GENUINE)
    for number in range(100):
        memory.remember(f"made up {number}", Seen.MADE_UP)
    assert memory.find("genuine") is Seen.GENUINE


def test_any_text_can_be_remembered(memory: ProofMemory) -> None:
    for text in ("", "\udcff", "é" * 5000):
        memory.remember(text, Seen.MADE_UP)
        assert memory.find(text) is Seen.MADE_UP
