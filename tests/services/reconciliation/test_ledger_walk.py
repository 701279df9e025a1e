"""The walk over the ledgers: who is compared when, and what happens where there is no time or no remote."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.reconciliation import FollowUp
from monext_bridge.errors import RemoteUnavailable, SchedulerBusy
from monext_bridge.services.reconciliation.candidates import Page
from monext_bridge.services.reconciliation.ledger_slices import LedgerSlice
from monext_bridge.services.reconciliation.ledger_walk import LedgerWalk
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, LedgerStep, Scope, Task
from monext_bridge.services.reconciliation.run import GIVEN_UP_AFTER, Reconciliation, Throttle
from monext_bridge.services.reconciliation.threads import ThreadRunner
from tests.log_lines import captured_logs
from tests.manual_clock import ManualClock

IDS = [PaymentId(str(UUID(int=n * ((1 << 128) // 1000) + 1))) for n in range(1000)]
"""Payments that are due 86.4 seconds after one another."""

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@dataclass(slots=True)
class Paid:
    """Stands in for the candidates: payments that were paid, by their ids."""

    ids: list[PaymentId]
    away: bool = False

    def ledgers(self, scope: Scope, due: LedgerSlice) -> Iterator[Page]:  # noqa: ARG002
        if self.away:
            raise RemoteUnavailable("away", remote="commercetools")
        for after, up_to in due.ranges:
            found = self.ids[bisect_right(self.ids, after) : bisect_right(self.ids, up_to)]
            for start in range(0, len(found), 10):
                some = found[start : start + 10]
                yield Page(
                    len(some), some[-1], tuple(Task(id_, frozenset({FollowUp.LEDGER})) for id_ in some)
                )


@dataclass(slots=True)
class Ledgers:
    """Stands in for the comparing. What is in `odd` ends so; `takes` seconds pass for each."""

    clock: ManualClock
    takes: float = 0.0
    odd: dict[PaymentId, FindingStatus] = field(default_factory=dict)
    compared: list[PaymentId] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def finish(self, task: Task) -> tuple[Finding, ...]:
        with self.lock:
            self.compared.append(task.payment_id)
            self.clock.advance(self.takes)
        ending = self.odd.get(task.payment_id)
        return (Finding(task.payment_id, FollowUp.LEDGER, ending, "differs"),) if ending else ()


class Busy:
    """Stands in for the queue while another scheduler is at work."""

    def run(self, *_: object) -> Any:
        raise SchedulerBusy("another scheduler is at work")


class Walker:
    """A walk with its clock, which stands except while ledgers are read, and between steps."""

    def __init__(self, *, every: float = MINUTE, takes: float = 0.0) -> None:
        self.clock = ManualClock(20_000 * DAY + 12 * HOUR)
        self.paid, self.ledgers, self.every = Paid(IDS), Ledgers(self.clock, takes), every
        self.told: list[Finding] = []
        self.walk = self.begun_anew()

    def begun_anew(self, runner: Any = None) -> LedgerWalk:
        """The walk of a process that has just begun."""
        return LedgerWalk(
            Reconciliation(self.paid, self.ledgers, runner or ThreadRunner(1)),  # type: ignore[arg-type]
            Scope(),
            timedelta(seconds=self.every),
            clock=lambda: datetime.fromtimestamp(self.clock(), UTC),
            pace=Throttle(10.0, clock=self.clock, sleep=self.clock.advance),
        )

    def step(self, *, again: bool = False) -> LedgerStep:
        return self.walk.step(tell=self.told.append, stopped=lambda: False, again=again)

    def steps(self, number: int) -> list[PaymentId]:
        """What so many steps have compared, one after the other."""
        self.ledgers.compared.clear()
        for _ in range(number):
            due = self.clock() + self.every
            self.step()
            self.clock.now = max(due, self.clock())
        return list(self.ledgers.compared)


def test_each_payment_is_compared_once_a_day() -> None:
    walker = Walker()
    walker.steps(1)
    assert sorted(walker.steps(1440)) == IDS
    assert sorted(walker.steps(1440)) == IDS


@pytest.mark.parametrize("every", [10 * MINUTE, HOUR, DAY])
def test_rarer_passes_compare_each_as_often(every: float) -> None:
    walker = Walker(every=every)
    walker.steps(1)
    assert sorted(walker.steps(round(DAY / every))) == IDS


def test_a_process_that_begins_looks_an_hour_back() -> None:
    walker = Walker()
    assert len(walker.steps(1)) in (41, 42)
    walker.walk = walker.begun_anew()
    assert len(walker.steps(1)) in (41, 42)


def test_a_restart_leaves_none_out() -> None:
    walker, seen = Walker(), set[PaymentId]()
    for n in range(48):
        seen |= set(walker.steps(30))
        if n % 5 == 0:
            walker.clock.advance(20 * MINUTE)
            walker.walk = walker.begun_anew()
    assert sorted(seen) == IDS


def test_a_step_takes_half_of_the_time_between_two_passes_and_the_next_one_goes_on() -> None:
    """A ledger takes 5 seconds, so 6 of the 42 that are due at the start are compared in half a minute."""
    walker = Walker(takes=5.0)
    began = walker.clock()
    step = walker.step()
    assert walker.clock() - began == pytest.approx(30, abs=10)
    assert step.not_begun is not None
    first = list(walker.ledgers.compared)
    assert walker.steps(1)[0] in (step.not_begun, first[-1])


def test_what_there_is_no_time_for_comes_as_soon_as_there_is() -> None:
    walker = Walker(takes=5.0)
    compared = set(walker.steps(1500))
    assert compared == set(IDS)


def test_each_is_reached_even_where_a_day_is_too_short_for_all_and_that_is_told() -> None:
    """There is time for one in each step, and there are 1440 steps a day for 2000 payments."""
    walker = Walker(takes=60.0)
    walker.paid.ids = [PaymentId(str(UUID(int=n * ((1 << 128) // 2000) + 1))) for n in range(2000)]
    walker.step()
    with captured_logs() as lines:
        compared = {id_ for _ in range(40) for id_ in walker.steps(60)}
        for _ in range(2):
            walker.step(again=True)
    assert compared == set(walker.paid.ids)
    (first, _) = lines.of("ledger_behind")
    assert (first["level"], first["hours"] >= 6) == ("WARNING", True)


def test_nothing_is_told_while_a_few_hours_are_open() -> None:
    walker = Walker()
    walker.step()
    walker.clock.advance(5 * HOUR)
    walker.paid.away = True
    with captured_logs() as lines:
        walker.step(again=True)
    assert lines.of("ledger_behind") == []
    assert [line["level"] for line in lines.of("ledgers_compared")] == ["WARNING"]


def test_what_was_due_while_a_remote_was_away_is_compared_afterwards() -> None:
    walker = Walker()
    walker.step()
    walker.paid.away = True
    assert walker.steps(300) == []
    walker.paid.away = False
    assert len(set(walker.steps(20))) >= 5 * HOUR / 86.4


def test_after_days_without_a_remote_each_is_compared_once_and_not_once_for_each_day() -> None:
    walker = Walker(every=HOUR)
    walker.step()
    walker.clock.advance(3 * DAY)
    assert sorted(walker.steps(1)) == IDS
    assert len(walker.steps(1)) <= 43


def test_a_ledger_that_can_not_be_read_many_times_over_ends_the_step_and_not_the_walk() -> None:
    walker = Walker(every=HOUR)
    walker.ledgers.odd = dict.fromkeys(IDS, FindingStatus.UNKNOWN)
    step = walker.step()
    assert step.summary.broken_off == f"{GIVEN_UP_AFTER} payments in a row could not be looked at"
    walker.ledgers.odd.clear()
    walker.ledgers.compared.clear()
    assert walker.step().agree >= set(walker.ledgers.compared[:40])


def test_ledgers_that_can_not_be_read_among_others_that_agree_end_nothing() -> None:
    walker = Walker(every=DAY)
    walker.ledgers.odd = dict.fromkeys(IDS[::3], FindingStatus.UNKNOWN)
    step = walker.step()
    assert step.summary.broken_off is None
    assert step.agree == set(IDS) - set(IDS[::3])


def test_where_another_scheduler_is_at_work_it_compares_and_nobody_is_behind() -> None:
    walker = Walker(every=HOUR)
    walker.walk = walker.begun_anew(runner=Busy())
    with captured_logs() as lines:
        for _ in range(10):
            walker.step(again=True)
            walker.clock.advance(HOUR)
    assert lines.of("ledger_behind") == lines.of("ledgers_compared") == []
    assert walker.step().busy


@pytest.mark.parametrize("ending", [FindingStatus.STUCK, FindingStatus.UNKNOWN])
def test_what_differs_is_looked_at_again_each_hour_until_it_agrees(ending: FindingStatus) -> None:
    walker = Walker()
    odd = LedgerSlice(0, round((walker.clock() - MINUTE) * 1000) % round(DAY * 1000)).ranges[0][1]
    odd = max(id_ for id_ in IDS if id_ < odd)
    walker.ledgers.odd[odd] = ending
    walker.step()
    assert [finding.payment_id for finding in walker.told] == [odd]
    walker.clock.advance(MINUTE)
    walker.step()
    walker.step(again=True)
    assert [finding.payment_id for finding in walker.told] == [odd] * 2
    walker.ledgers.odd.clear()
    assert odd in walker.step(again=True).agree
    assert odd not in walker.step(again=True).compared


def test_what_is_too_old_to_come_on_its_turn_is_forgotten() -> None:
    walker = Walker(every=HOUR)
    walker.ledgers.odd = dict.fromkeys(IDS, FindingStatus.STUCK)
    walker.step()
    open_now = {finding.payment_id for finding in walker.told}
    walker.paid.ids, closed = [], set[PaymentId]()
    for hours in range(32):
        walker.clock.advance(HOUR)
        closed |= walker.step(again=True).agree
        assert hours > 24 or closed == set()
    assert closed == open_now
