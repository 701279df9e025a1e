from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monext_bridge.domain.ids import PaymentId
from monext_bridge.services.reconciliation.report import Scope
from monext_bridge.services.reconciliation.schedule import RECENT, WHOLE_EVERY, Schedule
from tests.manual_clock import ManualClock

MINUTE = timedelta(minutes=1)
SCOPE = Scope(since=timedelta(days=30), after=PaymentId("somewhere"))


def test_one_pass_is_as_it_was_asked_for() -> None:
    scope = replace(SCOPE, ledger=True)
    rounds = Schedule(scope, every=None, clock=ManualClock())
    assert rounds.next() == scope
    assert rounds.pause() == 0


def test_the_first_of_many_is_whole_and_the_next_ones_look_back_a_day() -> None:
    clock = ManualClock()
    rounds = Schedule(SCOPE, every=MINUTE, clock=clock)
    assert rounds.next() == SCOPE
    clock.advance(60)
    buyer_events = rounds.next()
    assert (buyer_events.since, buyer_events.after) == (RECENT, None)
    assert not rounds.is_whole


def test_what_is_asked_for_may_be_shorter_than_a_day() -> None:
    clock = ManualClock()
    rounds = Schedule(Scope(since=timedelta(hours=2)), every=MINUTE, clock=clock)
    rounds.next()
    clock.advance(60)
    assert rounds.next().since == timedelta(hours=2)


def test_after_an_hour_everything_is_looked_at_again() -> None:
    clock = ManualClock()
    rounds = Schedule(SCOPE, every=MINUTE, clock=clock)
    rounds.next()
    clock.advance(WHOLE_EVERY)
    whole = rounds.next()
    assert (whole.since, whole.after) == (SCOPE.since, None)


def test_the_next_one_begins_when_it_is_due_and_at_once_where_the_last_took_longer() -> None:
    clock = ManualClock()
    rounds = Schedule(SCOPE, every=MINUTE, clock=clock)
    rounds.next()
    clock.advance(20)
    assert rounds.pause() == 40
    clock.advance(100)
    assert rounds.pause() == 0
