"""The slices of a day hold each payment once, however the day is cut."""

from __future__ import annotations

import random
from collections.abc import Iterator
from uuid import UUID

import pytest

from monext_bridge.domain.ids import PaymentId
from monext_bridge.services.reconciliation.ledger_slices import DAY, LedgerSlice

HOUR, MINUTE = DAY // 24, 60_000
NOON = 20_000 * DAY + 12 * HOUR
RANDOM = random.Random(7)
IDS = [PaymentId(str(UUID(int=RANDOM.getrandbits(128), version=4))) for _ in range(3000)]


def held(part: LedgerSlice) -> list[PaymentId]:
    """The ids of the slice, in the order in which they are walked."""
    return [id_ for after, up_to in part.ranges for id_ in sorted(IDS) if after < id_ <= up_to]


def cut(begin: int, *lengths: int) -> Iterator[LedgerSlice]:
    for length in lengths:
        yield LedgerSlice(begin, begin + length)
        begin += length


@pytest.mark.parametrize(
    "lengths", [(MINUTE,) * 1440, (DAY,), (7 * HOUR, 10 * HOUR, 7 * HOUR), (12 * HOUR,) * 2]
)
@pytest.mark.parametrize("begin", [NOON, 20_000 * DAY, NOON + 1234])
def test_each_payment_is_in_one_slice_of_a_day(begin: int, lengths: tuple[int, ...]) -> None:
    assert sorted(id_ for part in cut(begin, *lengths) for id_ in held(part)) == sorted(IDS)


@pytest.mark.parametrize(("begin", "end"), [(NOON, NOON), (NOON, NOON - MINUTE)])
def test_no_time_holds_nothing(begin: int, end: int) -> None:
    assert LedgerSlice(begin, end).ranges == ()


def test_equal_times_hold_about_equally_many() -> None:
    sizes = [len(held(part)) for part in cut(NOON, *(HOUR,) * 24)]
    assert min(sizes) > 80
    assert max(sizes) < 170


@pytest.mark.parametrize("hours", [1, 13, 24])
def test_a_slice_goes_on_at_the_payment_that_it_was_cut_at(hours: int) -> None:
    whole = LedgerSlice(NOON, NOON + hours * HOUR)
    ids = held(whole)
    for n in (0, 1, len(ids) // 2, len(ids) - 1):
        rest = LedgerSlice(whole.due_at(ids[n]), whole.end)
        assert held(rest)[-(len(ids) - n) :] == ids[n:]
        assert len(held(rest)) <= len(ids) - n + 1
