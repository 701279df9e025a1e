"""So many places; a wait for one only while the others move."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from monext_bridge.errors import RemoteUnreachable
from monext_bridge.runtime.bulkhead import LONGEST_WAIT, SLOTS_IN_ALL, SLOTS_PER_REMOTE, Bulkhead
from monext_bridge.runtime.deadlines import within
from tests.gateways.remotes import Remote, client
from tests.manual_clock import ManualClock


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
