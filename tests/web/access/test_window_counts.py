"""Counts of limits in one process: exact while they are needed, few where many come, and gone when they are over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monext_bridge.web.access.window_counts import WindowCounts
from tests.manual_clock import ManualClock

NOW = 1_800_000_000.0


def counts(*, most: int = 1000) -> tuple[WindowCounts, ManualClock]:
    clock = ManualClock(NOW)
    return WindowCounts(clock=clock, most=most), clock


def test_a_window_counts_from_its_first_request_until_its_length_is_over() -> None:
    windows, clock = counts()
    assert [windows.incr("a", 60), windows.incr("a", 60, 2)] == [1, 3]
    assert (windows.get("a"), windows.get_expiry("a")) == (3, NOW + 60)
    clock.advance(59.9)
    assert windows.incr("a", 60) == 4
    clock.advance(0.1)
    assert (windows.get("a"), windows.incr("a", 60)) == (0, 1)
    assert windows.get_expiry("a") == NOW + 120


def test_a_key_that_was_never_counted_has_nothing_and_ends_now() -> None:
    windows, _ = counts()
    assert (windows.get("a"), windows.get_expiry("a"), len(windows)) == (0, NOW, 0)


def test_what_is_over_is_taken_away_by_those_who_come_later() -> None:
    windows, clock = counts()
    for number in range(100):
        windows.incr(f"early {number}", 60)
    clock.advance(60)
    for number in range(50):
        windows.incr(f"late {number}", 60)
    assert len(windows) == 50


def test_a_long_window_does_not_keep_the_short_ones() -> None:
    windows, clock = counts()
    windows.incr("an hour", 3600)
    windows.incr("a minute", 60)
    clock.advance(60)
    windows.incr("another minute", 60)
    assert (len(windows), windows.get("an hour")) == (2, 1)


def test_a_flood_of_keys_has_an_end_and_the_newest_count() -> None:
    windows, _ = counts(most=10)
    for number in range(1000):
        windows.incr(f"key {number}", 60)
    assert len(windows) == 10
    assert windows.incr("key 999", 60) == 2


def test_a_key_can_be_forgotten_and_so_can_all() -> None:
    windows, _ = counts()
    windows.incr("a", 60)
    windows.incr("b", 60)
    windows.clear("a")
    windows.clear("never counted")
    assert (windows.get("a"), windows.get("b"), windows.reset(), windows.get("b")) == (0, 1, 1, 0)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 40)), max_size=80))
def test_any_sequence_counts_as_a_list_of_all_requests_would(steps: list[tuple[str, int]]) -> None:
    windows, clock = counts()
    began, seen = dict[str, float](), dict[str, int]()
    lengths = {key: 30 + 30 * (key > "c") for key in "abcdef"}
    for key, pause in steps:
        clock.advance(pause)
        if key not in began or clock() >= began[key] + lengths[key]:
            began[key], seen[key] = clock(), 0
        seen[key] += 1
        assert windows.incr(key, lengths[key]) == seen[key]
