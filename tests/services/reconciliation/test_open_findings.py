"""Which findings ask for somebody, and since when, over passes that look back a day or over everything."""

from __future__ import annotations

from datetime import UTC, datetime

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.reconciliation import FollowUp
from monext_bridge.services.reconciliation import Finding, FindingStatus, OpenFindings, Summary
from tests.manual_clock import ManualClock

OLD, NEW = PaymentId("old"), PaymentId("new")
STUCK = FindingStatus.STUCK


class Passes:
    """Plays one pass after the other, a minute apart; the clock begins at 0."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.open = OpenFindings(clock=lambda: datetime.fromtimestamp(self.clock(), UTC))

    def play(
        self, *payments: PaymentId, whole: bool = False, status: FindingStatus = STUCK, broken: bool = False
    ) -> tuple[int, float | None]:
        for payment in payments:
            self.open.take(Finding(payment, FollowUp.NO_ORDER, status))
        self.open.end(Summary(broken_off="stopped" if broken else None), whole=whole)
        self.clock.advance(60)
        return self.open.number, self.open.oldest


def test_what_is_stuck_is_open_since_it_was_first_found() -> None:
    passes = Passes()
    first = passes.clock()
    assert passes.play(NEW, whole=True) == (1, first)
    assert passes.play(NEW) == (1, first)


def test_a_difference_of_ledgers_is_open_until_they_are_compared_again_and_agree() -> None:
    passes = Passes()
    first = passes.clock()
    passes.open.take(Finding(OLD, FollowUp.LEDGER, STUCK))
    assert passes.play() == passes.play() == passes.play(whole=True) == (1, first)
    passes.open.ledgers_agree([NEW])
    assert passes.play() == (1, first)
    passes.open.ledgers_agree([OLD, NEW])
    assert passes.play() == (0, None)


def test_what_is_found_no_more_is_open_no_more() -> None:
    passes = Passes()
    passes.play(NEW)
    assert passes.play() == (0, None)


def test_a_pass_of_a_day_closes_nothing_that_is_older() -> None:
    passes = Passes()
    first = passes.clock()
    passes.play(OLD, NEW, whole=True)
    assert passes.play(NEW) == (2, first)
    assert passes.play() == (1, first)
    assert passes.play(whole=True) == (0, None)


def test_what_becomes_older_than_a_day_keeps_its_beginning() -> None:
    passes = Passes()
    first = passes.clock()
    passes.play(OLD)
    passes.play()
    assert passes.play(OLD, whole=True) == (1, first)


def test_a_pass_that_was_broken_off_closes_nothing() -> None:
    passes = Passes()
    first = passes.clock()
    passes.play(NEW, whole=True)
    assert passes.play(broken=True, whole=True) == (1, first)


def test_what_others_have_yet_to_decide_asks_for_nobody() -> None:
    assert Passes().play(NEW, status=FindingStatus.WAITING, whole=True) == (0, None)
