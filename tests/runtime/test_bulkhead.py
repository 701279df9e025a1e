"""So many places; a wait for one only while the others move."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from monext_bridge.errors import RemoteUnreachable
from monext_bridge.runtime.bulkhead import (
    ALWAYS,
    LONGEST_WAIT,
    SLOTS_IN_ALL,
    SLOTS_PER_REMOTE,
    USUAL_PACE,
    Bulkhead,
)
from monext_bridge.runtime.deadlines import within
from tests.gateways.remotes import Remote, client
from tests.manual_clock import ManualClock
from tests.world import wait_for

GENEROUS = 20.0


@contextmanager
def after(seconds: float, act: Callable[[], object]) -> Iterator[None]:
    """Something happens soon, in another thread."""
    timer = threading.Timer(seconds, act)
    timer.start()
    yield
    timer.join()


def test_there_are_as_many_places_as_were_given() -> None:
    bulkhead = Bulkhead(2, longest_wait=0.01)
    assert [bulkhead.enter() for _ in range(3)] == [True, True, False]


def test_a_place_that_is_left_can_be_taken_again() -> None:
    bulkhead = Bulkhead(1)
    for _ in range(3):
        with bulkhead.slot() as entered:
            assert entered


def test_a_place_is_left_after_an_error_too() -> None:
    bulkhead = Bulkhead(1)
    with pytest.raises(KeyError), bulkhead.slot():
        raise KeyError
    assert bulkhead.enter()


def test_who_got_no_place_leaves_none() -> None:
    bulkhead = Bulkhead(1, longest_wait=0.01)
    bulkhead.enter()
    with bulkhead.slot() as entered:
        assert not entered
    assert not bulkhead.enter()


def test_a_place_is_waited_for_while_the_others_move() -> None:
    bulkhead = Bulkhead(1, longest_wait=5)
    bulkhead.enter()
    with after(0.05, bulkhead.leave):
        assert bulkhead.enter()


def test_where_nobody_moves_nobody_waits() -> None:
    """The wait would last for ever: this clock stands still."""
    clock = ManualClock()
    bulkhead = Bulkhead(1, clock=clock)
    bulkhead.enter()
    clock.advance(LONGEST_WAIT)
    assert not bulkhead.enter()


def test_a_place_is_not_waited_for_past_the_deadline() -> None:
    bulkhead = Bulkhead(1, longest_wait=60)
    bulkhead.enter()
    with within(0.05):
        assert not bulkhead.enter()


def test_a_call_without_a_place_is_certainly_not_sent(remote: Remote) -> None:
    full = Bulkhead(1, longest_wait=0.01)
    full.enter()
    with pytest.raises(RemoteUnreachable):
        client(remote.url, bulkhead=full).send("GET", "/a", route="/a")
    assert remote.calls() == ()


def test_a_call_leaves_its_place_whatever_becomes_of_it(remote: Remote) -> None:
    remote.add_fault("drop_before")
    narrow = client(remote.url, bulkhead=Bulkhead(1, longest_wait=0.01))
    assert narrow.send("GET", "/a", route="/a").status == 200


def test_one_remote_that_hangs_leaves_slots_to_the_others() -> None:
    assert SLOTS_PER_REMOTE < SLOTS_IN_ALL


def begin_in_turn(bulkhead: Bulkhead, threads: list[threading.Thread]) -> None:
    """Have each wait for a slot before the next one does."""
    for count, thread in enumerate(threads, start=1):
        thread.start()
        wait_for(partial(has_waiting, bulkhead, count))


def has_waiting(bulkhead: Bulkhead, waiting: int) -> bool:
    return bulkhead.waiting == waiting


class TestACrowd:
    """The process has too much to compute: who comes waits behind who came before, and not for long."""

    def test_a_busy_process_lets_a_few_in_and_no_more(self) -> None:
        bulkhead = Bulkhead(2 * ALWAYS, longest_wait=0.01, is_crowded=lambda: True)
        assert [bulkhead.enter() for _ in range(ALWAYS + 1)] == [True] * ALWAYS + [False]

    def test_one_that_is_not_busy_lets_all_in(self) -> None:
        bulkhead = Bulkhead(2 * ALWAYS, longest_wait=0.01, is_crowded=lambda: False)
        assert all(bulkhead.enter() for _ in range(2 * ALWAYS))

    def test_they_are_served_in_turn_and_nobody_pushes_in(self) -> None:
        bulkhead, served = Bulkhead(1, longest_wait=GENEROUS), list[str]()
        bulkhead.enter()

        def come(name: str) -> None:
            if bulkhead.enter():
                served.append(name)
                bulkhead.leave()

        threads = [threading.Thread(target=come, args=(name,)) for name in ("first", "second", "third")]
        begin_in_turn(bulkhead, threads)
        bulkhead.leave()
        for thread in threads:
            thread.join(GENEROUS)
        assert served == ["first", "second", "third"]

    def test_who_would_wait_too_long_is_told_at_once(self) -> None:
        bulkhead = Bulkhead(1, longest_wait=GENEROUS, longest_queue=2 * USUAL_PACE, clock=ManualClock())
        bulkhead.enter()
        waiting = [threading.Thread(target=bulkhead.enter) for _ in range(2)]
        begin_in_turn(bulkhead, waiting)
        assert not bulkhead.enter()
        for _ in waiting:
            bulkhead.leave()
        for thread in waiting:
            thread.join(GENEROUS)

    def test_nobody_waits_longer_than_the_queue_may_last(self) -> None:
        bulkhead = Bulkhead(1, longest_wait=GENEROUS, longest_queue=0.05)
        bulkhead.enter()
        assert not bulkhead.enter()

    def test_a_crowd_that_has_ended_lets_those_in_who_wait(self) -> None:
        """All who are inside hang at a remote, so nobody leaves."""
        crowded = [True]
        bulkhead = Bulkhead(ALWAYS + 1, longest_wait=GENEROUS, is_crowded=lambda: crowded[0])
        for _ in range(ALWAYS):
            bulkhead.enter()
        entered = threading.Thread(target=bulkhead.enter)
        entered.start()
        wait_for(lambda: bulkhead.waiting == 1)
        crowded[:] = [False]
        entered.join(GENEROUS)
        assert not entered.is_alive()
