"""The time of the records is taken from commercetools' answers, and what is wrong with one of them does no harm."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from monext_bridge.gateways.commercetools import CommercetoolsClock
from monext_bridge.gateways.commercetools.clock import BACK_FOR, DIFFERENCE, TOLD_EVERY
from monext_bridge.gateways.http import HttpAnswer, RoundTrip
from tests.log_lines import LogLines, captured_logs
from tests.manual_clock import ManualClock

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Remote:
    """commercetools and its true time, the seconds and the clock of our machine, and the clock under test."""

    def __init__(self, *, at: datetime = NOON, machine_ahead_by: timedelta = timedelta(0)) -> None:
        self.time, self.seconds = at, ManualClock()
        self.machine_ahead_by = machine_ahead_by
        self.clock = CommercetoolsClock(
            machine_clock=lambda: self.time + self.machine_ahead_by, seconds=self.seconds
        )

    def pass_seconds(self, seconds: float) -> None:
        self.seconds.advance(seconds)
        self.time += timedelta(seconds=seconds)

    def answer(self, *, there: float = 0.02, back: float = 0.02, status: int = 200, **headers: Any) -> None:
        """Let it answer: `there` and `back` are the seconds on the way. `headers` take the place of its own."""
        sent = self.seconds()
        self.pass_seconds(there)
        own = {"Date": format_datetime(self.time, usegmt=True)}
        self.pass_seconds(back)
        merged = {name: value for name, value in (own | headers).items() if value}
        self.clock.hear(HttpAnswer(status, {}, merged, RoundTrip(sent, self.seconds())))

    @property
    def error(self) -> timedelta:
        """By how much the clock is wrong."""
        return abs(self.clock.stamp() - self.time)


@pytest.fixture
def log() -> Iterator[LogLines]:
    with captured_logs() as lines:
        yield lines


@pytest.mark.parametrize("ahead", [timedelta(0), HOUR, -HOUR, timedelta(days=400)], ids=str)
def test_one_answer_tells_the_time_to_half_a_second_whatever_the_machine_says(ahead: timedelta) -> None:
    remote = Remote(at=NOON + timedelta(milliseconds=900), machine_ahead_by=ahead)
    remote.answer()
    assert remote.error <= timedelta(milliseconds=520)
    assert remote.clock.now() == remote.clock.stamp()


def test_between_answers_the_time_goes_on_by_our_own_seconds() -> None:
    remote = Remote()
    remote.answer()
    before = remote.clock.now()
    remote.machine_ahead_by += HOUR
    remote.pass_seconds(1800)
    assert remote.clock.now() - before == pytest.approx(
        timedelta(seconds=1800), abs=timedelta(milliseconds=1)
    )


def test_more_answers_make_it_more_exact() -> None:
    remote = Remote()
    for _ in range(40):
        remote.answer()
        remote.pass_seconds(0.93)
    assert remote.error <= timedelta(milliseconds=60)


def test_a_slow_answer_adds_no_doubt() -> None:
    remote = Remote()
    for _ in range(40):
        remote.answer()
        remote.pass_seconds(0.93)
    exact = remote.error
    remote.answer(there=0.1, back=25)
    assert remote.error <= exact + timedelta(milliseconds=10)


def test_a_first_answer_that_was_slow_is_in_the_middle_of_its_round_trip() -> None:
    remote = Remote()
    remote.answer(there=0, back=8)
    assert remote.error <= timedelta(seconds=4.5)
    remote.answer()
    assert remote.error <= timedelta(milliseconds=520)


def test_a_machine_whose_seconds_run_wrong_is_followed() -> None:
    remote = Remote()
    for _ in range(48):
        remote.seconds.advance(0.15)  # half an hour in which a bad crystal ran ahead
        remote.pass_seconds(1800)
        remote.answer()
    assert remote.error <= SECOND


@pytest.mark.parametrize("leap", [SECOND, HOUR, timedelta(days=3)], ids=str)
def test_a_leap_forward_is_followed_at_once(leap: timedelta) -> None:
    remote = Remote()
    remote.answer()
    remote.time += leap  # the process was held up, or commercetools' clock was put forward
    remote.answer()
    assert remote.error <= SECOND


def test_a_step_back_is_followed_when_answers_agree_on_it_for_a_while(log: LogLines) -> None:
    remote = Remote()
    remote.answer()
    remote.time -= HOUR
    remote.answer()
    assert remote.error > HOUR - SECOND
    remote.pass_seconds(BACK_FOR)
    remote.answer()
    assert remote.error <= SECOND
    (moved,) = log.of("record_clock_moved")
    assert moved["seconds"] == pytest.approx(-3600, abs=2)


def test_an_answer_that_was_kept_an_hour_changes_nothing() -> None:
    remote = Remote()
    remote.answer()
    for _ in range(10):
        remote.answer(Date=format_datetime(NOON - HOUR, usegmt=True))
        remote.pass_seconds(BACK_FOR)
    assert remote.error <= SECOND


def test_true_answers_between_two_old_ones_keep_the_time() -> None:
    remote = Remote()
    remote.answer()
    for _ in range(10):
        remote.answer(Date=format_datetime(remote.time - HOUR, usegmt=True))
        remote.pass_seconds(BACK_FOR)
        remote.answer()
    assert remote.error <= SECOND


def test_a_first_answer_that_was_wrong_is_forgotten() -> None:
    remote = Remote()
    remote.answer(Date=format_datetime(NOON + HOUR, usegmt=True))
    for _ in range(2):
        remote.pass_seconds(BACK_FOR)
        remote.answer()
    assert remote.error <= SECOND


UNUSABLE: list[dict[str, Any]] = [
    {"Date": ""},
    {"Date": "yesterday"},
    {"Date": "Mon, 30 Nov 2026 13:00:00 -0000"},
    {"Date": "Mon, 30 Nov 2026 99:00:00 GMT"},
    {"Date": "Thu, 01 Jan 1970 00:00:00 GMT"},
    {"Date": "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"Date": "Mon, 30 Nov 99999999999999 13:00:00 GMT"},
    {"Date": "Mon, 30 Nov 2026 13:00:00 GMT", "Age": "3600"},
    {"Date": "Mon, 30 Nov 2026 13:00:00 GMT", "Age": "0"},
]


@pytest.mark.parametrize("headers", UNUSABLE, ids=str)
def test_an_unusable_date_changes_nothing(headers: dict[str, Any]) -> None:
    remote = Remote()
    remote.answer(**headers)
    assert not remote.clock.is_known
    remote.answer()
    for _ in range(3):
        remote.pass_seconds(BACK_FOR)
        remote.answer(**headers)
    assert remote.error <= SECOND


def test_an_error_of_whatever_stands_in_between_tells_no_time() -> None:
    remote = Remote()
    remote.answer(status=502)
    assert not remote.clock.is_known


def test_before_the_first_answer_nothing_is_old_and_stamps_are_the_machines(
    log: LogLines,
) -> None:
    remote = Remote(machine_ahead_by=HOUR)
    assert remote.clock.now() < datetime(2000, 1, 1, tzinfo=UTC)
    assert remote.clock.stamp() == remote.time + HOUR
    assert remote.clock.machine_is_ahead_by() is None
    remote.answer(Date="")
    (alarm,) = log.of("record_time_unknown")
    assert alarm["level"] == "ERROR"


@pytest.mark.parametrize("ahead", [HOUR, -HOUR, DIFFERENCE + 2 * SECOND], ids=str)
def test_a_machine_whose_clock_is_wrong_is_an_alarm_once_in_a_while(ahead: timedelta, log: LogLines) -> None:
    remote = Remote(machine_ahead_by=ahead)
    for _ in range(5):
        remote.answer()
        remote.pass_seconds(TOLD_EVERY / 10)
    (alarm,) = log.of("clocks_differ")
    assert alarm["level"] == "ERROR"
    assert alarm["machine_ahead_by_seconds"] == pytest.approx(ahead.total_seconds(), abs=1)
    remote.pass_seconds(TOLD_EVERY)
    remote.answer()
    assert len(log.of("clocks_differ")) == 2
    told = remote.clock.machine_is_ahead_by()
    assert told is not None
    assert abs(told - ahead) <= SECOND


@pytest.mark.parametrize("ahead", [timedelta(0), DIFFERENCE - 2 * SECOND, 2 * SECOND - DIFFERENCE], ids=str)
def test_a_machine_whose_clock_is_about_right_is_no_alarm(ahead: timedelta, log: LogLines) -> None:
    Remote(machine_ahead_by=ahead).answer()
    assert log.all() == []


def test_many_threads_hear_one_time() -> None:
    seconds = ManualClock()
    clock = CommercetoolsClock(seconds=seconds)

    def hear(number: int) -> None:
        trip = RoundTrip(seconds() - 0.5 - number % 7 / 10, seconds())
        clock.hear(HttpAnswer(200, {}, {"Date": format_datetime(NOON, usegmt=True)}, trip))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(hear, range(2000)))
    # The shortest of the round trips allows 1.5 seconds, whatever came first.
    assert clock.now() - NOON == pytest.approx(timedelta(seconds=0.75), abs=timedelta(milliseconds=1))
