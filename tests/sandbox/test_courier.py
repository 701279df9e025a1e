"""What notifications and messages have in common; `monext/test_notifications.py` shows the rest."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.clock import ShiftedClock
from sandbox.courier import Courier, Terms

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Receiver:
    """Takes what arrives, with the next of its answers, then with 200; 0 is nobody there."""

    def __init__(self, *answers: int) -> None:
        self.taken: list[str] = []
        self._answers = list(answers)

    def __call__(self, content: str) -> int:
        self.taken.append(content)
        answer = self._answers.pop(0) if self._answers else 200
        if not answer:
            raise ConnectionRefusedError
        return answer


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock(lambda: START)


def courier_to(receiver: Receiver, clock: ShiftedClock) -> Courier[str]:
    """Repeats after 1, 3 and 9 seconds, then every 10, for a minute."""
    terms = Terms(taken=frozenset({200, 204}), horizon=timedelta(minutes=1), interval=1, growth=3, longest=10)
    return Courier(terms=terms, send=receiver, clock=clock)


def test_pauses_grow_up_to_the_longest(clock: ShiftedClock) -> None:
    courier = courier_to(Receiver(503, 503, 503, 503, 503), clock)
    courier.order("news")
    pauses = []
    for _ in range(5):
        courier.flush()
        pause = (courier.journal[0].due - clock()).total_seconds()
        pauses.append(pause)
        clock.advance(pause)
    assert pauses == [1, 3, 9, 10, 10]


def test_nobody_tries_any_more_after_the_horizon(clock: ShiftedClock) -> None:
    courier = courier_to(Receiver(*[0] * 10), clock)
    courier.order("news")
    for _ in range(10):
        courier.flush()
        clock.advance(10)
    assert courier.journal[0].state == "given_up"
    assert set(courier.journal[0].answers) == {"ConnectionRefusedError"}


def test_another_answer_of_those_that_count_ends_the_repeats(clock: ShiftedClock) -> None:
    courier = courier_to(Receiver(500, 204), clock)
    courier.order("news")
    courier.flush()
    courier.flush(everything=True)
    assert (courier.journal[0].state, courier.journal[0].answers) == ("delivered", ["500", "204"])


def test_reversed_errands_arrive_newest_first(clock: ShiftedClock) -> None:
    receiver = Receiver()
    courier = courier_to(receiver, clock)
    courier.mode, courier.late_seconds = "reversed", 5
    for news in ("first", "second", "third"):
        courier.order(news)
    assert courier.flush() == 0
    clock.advance(5)
    assert courier.flush() == 3
    assert receiver.taken == ["third", "second", "first"]


def test_reversed_errands_wait_until_it_is_quiet(clock: ShiftedClock) -> None:
    receiver = Receiver()
    courier = courier_to(receiver, clock)
    courier.mode, courier.late_seconds = "reversed", 5
    courier.order("first")
    clock.advance(4)
    courier.order("second")
    clock.advance(4)
    assert courier.flush() == 0
    clock.advance(1)
    assert courier.flush() == 2
    assert receiver.taken == ["second", "first"]


def test_a_delivered_errand_can_be_ordered_again(clock: ShiftedClock) -> None:
    receiver = Receiver()
    courier = courier_to(receiver, clock)
    courier.order("news")
    courier.flush()
    assert courier.repeat(0)
    courier.flush()
    assert receiver.taken == ["news", "news"]


@pytest.mark.parametrize("place", [-1, 1])
def test_an_errand_that_is_not_in_the_journal_can_not_be_repeated(clock: ShiftedClock, place: int) -> None:
    courier = courier_to(Receiver(), clock)
    courier.order("news")
    assert not courier.repeat(place)
