"""Keeps commercetools' time, from the `Date` of its answers. All records are stamped and judged by it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from threading import Lock

from monext_bridge.gateways.http import HttpAnswer
from monext_bridge.logs import event
from monext_bridge.runtime import MachineClock, seconds_with_suspend, utc_now

log = logging.getLogger(__name__)

DIFFERENCE = timedelta(minutes=2)
"""More than this between commercetools' time and the machine's is an alarm."""

TOLD_EVERY = 600.0
"""Seconds between two comparisons with the machine's clock, and so between two alarms of a process."""

DRIFT = 200e-6
"""Seconds by which two clocks may run apart in each second. Crystals keep to a quarter of it."""

BACK_FOR = 5.0
"""Seconds between two answers that agree on an earlier time before it is believed. An answer that was kept somewhere
stands still meanwhile, and so does not agree with itself."""

RESOLUTION = 1.0
"""Seconds that one `Date` stands for: the fraction of the second is cut off."""

PLAUSIBLE = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
"""Before and after these, a `Date` is nonsense."""

MOST_DATES = 16

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""A moment before all records."""


@dataclass(frozen=True, slots=True)
class _Offset:
    """Holds between which bounds commercetools' time less our seconds lies, as it was heard at one of our seconds."""

    least: float
    most: float
    at: float

    def on(self, second: float) -> _Offset:
        """Return the bounds as they are some time later: the clocks may have run apart."""
        apart = DRIFT * abs(second - self.at)
        return _Offset(self.least - apart, self.most + apart, second)

    def within(self, other: _Offset) -> bool:
        return other.least <= self.least and self.most <= other.most

    def agrees(self, other: _Offset) -> bool:
        return self.least <= other.most and other.least <= self.most

    def narrowed(self, other: _Offset) -> _Offset:
        """Return what both bounds allow, where they agree."""
        return _Offset(max(self.least, other.least), min(self.most, other.most), other.at)

    @property
    def middle(self) -> float:
        return (self.least + self.most) / 2


class CommercetoolsClock:
    """The clock of the records (`runtime.RecordClock`): our seconds, and how far commercetools' time is from them.

    An answer was dated between the moments at which its request was sent and it had come. Each answer gives such
    bounds, and what all of them allow is kept. It grows slowly wider, so that old answers lose their say. A later
    time than the bounds allow is believed at once: the process was held up, or the server's clock was put forward,
    and no answer is dated in the future. An earlier one is believed when answers agree on it for a while.

    Thread-safe. An answer that adds nothing, as nearly all do, takes no lock.
    """

    def __init__(
        self,
        *,
        machine_clock: MachineClock = utc_now,
        seconds: Callable[[], float] = seconds_with_suspend,
    ) -> None:
        self._seconds, self._machine_clock = seconds, machine_clock
        self._lock = Lock()
        self._offset: _Offset | None = None
        self._earlier: _Offset | None = None
        self._told_at: float | None = None

    @property
    def is_known(self) -> bool:
        return self._offset is not None

    def stamp(self) -> datetime:
        return self._time() or self._machine_clock()

    def now(self) -> datetime:
        return self._time() or BEFORE_ALL

    def machine_is_ahead_by(self) -> timedelta | None:
        """Return how far the machine's clock is ahead of commercetools', or None before that is known."""
        time_there = self._time()
        return self._machine_clock() - time_there if time_there else None

    def hear(self, answer: HttpAnswer) -> None:
        """Take the time from an answer. One without a usable `Date` changes nothing."""
        trip = answer.round_trip
        if trip is None or answer.status >= 500:  # such an answer may be from whatever stands in between
            return
        dated = _dated(answer)
        if dated is not None:
            self._take(_Offset(dated - trip.received, dated + RESOLUTION - trip.sent, trip.received))
        self._compare(trip.received)

    def _take(self, heard: _Offset) -> None:
        held = self._offset
        if held is not None and self._earlier is None and held.on(heard.at).within(heard):
            return
        with self._lock:
            self._offset = self._joined(heard)

    def _joined(self, heard: _Offset) -> _Offset:
        """Return what is held from now on. The lock is held."""
        held = self._offset.on(heard.at) if self._offset else heard
        if held.agrees(heard):
            self._earlier = None
            return held.narrowed(heard)
        if heard.least > held.most:
            return self._moved(held, heard)
        first = self._earlier
        if first is None or not first.on(heard.at).agrees(heard):
            self._earlier = heard
        elif heard.at - first.at >= BACK_FOR:
            return self._moved(held, first.on(heard.at).narrowed(heard))
        return held

    def _moved(self, held: _Offset, new: _Offset) -> _Offset:
        self._earlier = None
        seconds = new.middle - held.middle
        if abs(seconds) > RESOLUTION:
            event(log, "record_clock_moved", seconds=round(seconds, 1), then="followed")
        return new

    def _compare(self, second: float) -> None:
        """Raise an alarm, once in a while, where the clocks differ or the time is not known."""
        if self._told_at is not None and second - self._told_at < TOLD_EVERY:
            return
        with self._lock:
            if self._told_at is not None and second - self._told_at < TOLD_EVERY:
                return
            self._told_at = second
        ahead = self.machine_is_ahead_by()
        if ahead is None:
            then = "records get the machine's time, and nothing in them counts as too old"
            event(log, "record_time_unknown", level=logging.ERROR, remote="commercetools", then=then)
        elif abs(ahead) > DIFFERENCE:
            then = "records go by commercetools' time; links and tokens end by the machine's: set its clock"
            seconds = round(ahead.total_seconds())
            event(log, "clocks_differ", level=logging.ERROR, machine_ahead_by_seconds=seconds, then=then)

    def _time(self) -> datetime | None:
        offset = self._offset
        return datetime.fromtimestamp(self._seconds() + offset.middle, UTC) if offset else None


def _dated(answer: HttpAnswer) -> float | None:
    """Return the answer's `Date` in Unix seconds.

    None where it has none that can be true, or where its `Age` says that it was kept somewhere.
    """
    return None if "Age" in answer.headers else _unix_seconds(answer.headers.get("Date", ""))


@lru_cache(maxsize=MOST_DATES)
def _unix_seconds(date: str) -> float | None:
    """Return a plausible `Date` in Unix seconds. All answers of one second have the same one."""
    try:
        dated = parsedate_to_datetime(date)
    except (TypeError, ValueError, OverflowError):
        return None
    return dated.timestamp() if dated.tzinfo and PLAUSIBLE[0] <= dated <= PLAUSIBLE[1] else None
