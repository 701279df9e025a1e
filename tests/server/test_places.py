"""Which connections end where a worker's places get scarce: none that serves a request, and no more than needed."""

from __future__ import annotations

import pytest

from monext_bridge.server.places import Places

TWENTY = 20
SPARE_OF_TWENTY = 2


class Worker:
    """Has places, and ends connections at once, or once it is told to."""

    def __init__(self, *, at_once: bool = True) -> None:
        self.ended: list[str] = []
        self._at_once = at_once
        self.places = Places(TWENTY, end=self._end)

    def _end(self, connection: str) -> None:
        self.ended.append(connection)
        if self._at_once:
            self.places.leave(connection)

    def half_sent(self, number: int, *, name: str = "half") -> list[str]:
        names = [f"{name} {each}" for each in range(number)]
        for each in names:
            self.places.enter(each)
        return names

    def idle(self, number: int, *, name: str = "idle") -> list[str]:
        names = self.serving(number, name=name)
        for each in names:
            self.places.rests(each)
        return names

    def serving(self, number: int, *, name: str = "serving") -> list[str]:
        names = [f"{name} {each}" for each in range(number)]
        for each in names:
            self.places.enter(each)
            self.places.waits_for_body(each)
            self.places.serves(each)
        return names


@pytest.fixture
def worker() -> Worker:
    return Worker()


def test_nobody_is_ended_while_there_are_places(worker: Worker) -> None:
    worker.idle(9)
    worker.half_sent(9)
    assert worker.ended == []


def test_one_more_than_leaves_some_free_ends_the_oldest_idle_one(worker: Worker) -> None:
    (oldest, *_) = worker.idle(TWENTY - SPARE_OF_TWENTY)
    worker.half_sent(1)
    assert worker.ended == [oldest]


def test_idle_ones_are_ended_before_older_ones_that_have_sent_a_half(worker: Worker) -> None:
    worker.half_sent(15)
    idle = worker.idle(3)
    worker.half_sent(3, name="new")
    assert worker.ended == idle


def test_those_that_have_sent_a_half_are_ended_oldest_first(worker: Worker) -> None:
    half = worker.half_sent(TWENTY - SPARE_OF_TWENTY)
    worker.half_sent(2, name="new")
    assert worker.ended == half[:2]


def test_one_whose_body_is_not_there_is_ended_like_one_without_a_head(worker: Worker) -> None:
    half = worker.half_sent(TWENTY - SPARE_OF_TWENTY)
    worker.places.waits_for_body(half[0])
    worker.half_sent(TWENTY - SPARE_OF_TWENTY, name="new")
    assert worker.ended == [*half[1:], half[0]]


def test_one_that_was_idle_and_asks_again_is_not_the_oldest_any_more(worker: Worker) -> None:
    first, second, *_ = worker.idle(TWENTY - SPARE_OF_TWENTY)
    worker.places.waits_for_body(first)
    worker.places.serves(first)
    worker.places.rests(first)
    worker.half_sent(1)
    assert worker.ended == [second]


def test_no_request_under_way_is_ever_ended(worker: Worker) -> None:
    serving = worker.serving(TWENTY - SPARE_OF_TWENTY)
    worker.half_sent(100)
    assert not set(worker.ended) & set(serving)


def test_one_that_gets_idle_where_nothing_is_free_gives_its_place(worker: Worker) -> None:
    (first, *_) = worker.serving(TWENTY)
    worker.places.rests(first)
    assert worker.ended == [first]


def test_where_requests_have_nearly_all_places_the_last_ones_that_came_are_left_time_to_ask(
    worker: Worker,
) -> None:
    worker.serving(TWENTY - SPARE_OF_TWENTY)
    worker.half_sent(SPARE_OF_TWENTY)
    assert worker.ended == []


def test_those_that_are_about_to_end_count_as_free() -> None:
    """Their handlers leave in a later round of the event loop; meanwhile many may come."""
    worker = Worker(at_once=False)
    idle = worker.idle(TWENTY - SPARE_OF_TWENTY)
    worker.half_sent(SPARE_OF_TWENTY)
    assert worker.ended == idle[:SPARE_OF_TWENTY]


def test_one_whose_request_was_whole_before_its_end_keeps_its_place(worker: Worker) -> None:
    worker = Worker(at_once=False)
    first, second, *_ = worker.idle(TWENTY - SPARE_OF_TWENTY)
    worker.half_sent(1)
    worker.places.waits_for_body(first)
    worker.places.serves(first)
    worker.half_sent(1, name="new")
    assert worker.ended[:2] == [first, second]


def test_whoever_has_left_is_not_held(worker: Worker) -> None:
    for each in worker.idle(5):
        worker.places.leave(each)
    worker.idle(TWENTY - SPARE_OF_TWENTY, name="others")
    assert worker.ended == []
    assert len(worker.places.without_head()) == TWENTY - SPARE_OF_TWENTY


def test_those_without_a_head_are_the_idle_and_those_that_begin(worker: Worker) -> None:
    idle, half, body, serving = (*worker.idle(1), *worker.half_sent(2), *worker.serving(1))
    worker.places.waits_for_body(body)
    assert set(worker.places.without_head()) == {idle, half}
    assert serving not in worker.places.without_head()
