"""Answers that many want at once: asked for once, kept as long as they say, while there is room."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from monext_bridge.runtime.bulkhead import Bulkhead
from monext_bridge.runtime.deadlines import within
from monext_bridge.services.access.single_flight import CachedAnswer, SingleFlightCache
from tests.manual_clock import ManualClock


class Asked:
    """Answers `1`, `2` …, each of them kept for some seconds."""

    def __init__(self, clock: ManualClock, *, seconds: float = 60) -> None:
        self.clock, self.seconds, self.times = clock, seconds, 0

    def __call__(self) -> CachedAnswer[int]:
        self.times += 1
        return CachedAnswer(self.times, until=self.clock() + self.seconds)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def answers(clock: ManualClock) -> SingleFlightCache[int]:
    return SingleFlightCache(most=3, monotonic=clock)


def test_an_answer_is_given_again_until_its_end(answers: SingleFlightCache[int], clock: ManualClock) -> None:
    ask = Asked(clock)
    assert [answers.get(b"a", ask=ask) for _ in range(3)] == [1, 1, 1]
    clock.advance(59.9)
    assert answers.get(b"a", ask=ask) == 1
    clock.advance(0.1)
    assert answers.get(b"a", ask=ask) == 2


def test_what_is_kept_is_known_without_asking(answers: SingleFlightCache[int], clock: ManualClock) -> None:
    assert answers.known(b"a") is None
    answers.get(b"a", ask=Asked(clock))
    clock.advance(59.9)
    assert answers.known(b"a") == 1
    clock.advance(0.1)
    assert answers.known(b"a") is None


def test_every_key_has_its_own_answer(answers: SingleFlightCache[int], clock: ManualClock) -> None:
    ask = Asked(clock)
    assert (answers.get(b"a", ask=ask), answers.get(b"b", ask=ask)) == (1, 2)


def test_an_answer_that_is_not_to_be_kept_is_asked_for_each_time(
    answers: SingleFlightCache[int], clock: ManualClock
) -> None:
    ask = Asked(clock, seconds=0)
    assert [answers.get(b"a", ask=ask) for _ in range(2)] == [1, 2]


def test_an_error_is_not_kept(answers: SingleFlightCache[int], clock: ManualClock) -> None:
    def fail() -> CachedAnswer[int]:
        raise LookupError

    with pytest.raises(LookupError):
        answers.get(b"a", ask=fail)
    assert answers.get(b"a", ask=Asked(clock)) == 1


def test_the_one_that_ends_first_makes_room(answers: SingleFlightCache[int], clock: ManualClock) -> None:
    short, long = Asked(clock, seconds=5), Asked(clock)
    for key, ask in ((b"a", long), (b"b", short), (b"c", long), (b"d", short), (b"e", short)):
        answers.get(key, ask=ask)
    assert (answers.get(b"a", ask=long), answers.get(b"c", ask=long)) == (1, 2)
    assert answers.get(b"b", ask=short) == 4


def test_a_failure_reaches_everybody_who_waits_and_other_keys_do_not_wait(
    answers: SingleFlightCache[int], clock: ManualClock
) -> None:
    begun, go_on, others = Event(), Event(), Barrier(4)

    def fail_late() -> CachedAnswer[int]:
        begun.set()
        go_on.wait(60)
        raise LookupError

    def wait() -> int:
        others.wait(60)
        return answers.get(b"a", ask=fail_late)

    with ThreadPoolExecutor(4) as pool:
        flights = [pool.submit(answers.get, b"a", ask=fail_late)]
        begun.wait(60)
        flights += [pool.submit(wait) for _ in range(3)]
        others.wait(60)
        assert answers.get(b"b", ask=Asked(clock)) == 1
        go_on.set()
        assert [type(flight.exception(5)) for flight in flights] == [LookupError] * 4


def test_who_finds_no_place_to_wait_or_no_time_does_not(clock: ManualClock) -> None:
    place = Bulkhead(1, longest_wait=0.01)
    answers: SingleFlightCache[int] = SingleFlightCache(most=3, monotonic=clock, waiting=place)
    begun, go_on = Event(), Event()

    def ask_late() -> CachedAnswer[int]:
        begun.set()
        go_on.wait(60)
        return CachedAnswer(1, until=60)

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(answers.get, b"a", ask=ask_late)
        begun.wait(60)
        with within(0.05), pytest.raises(TimeoutError):
            answers.get(b"a", ask=ask_late)
        place.enter()
        with pytest.raises(TimeoutError):
            answers.get(b"a", ask=ask_late)
        go_on.set()
        assert asking.result(5) == 1
