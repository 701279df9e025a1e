"""Compares the ledgers of paid payments step by step, between passes, so that each is compared once a day.

What was done in Monext's back office, and what Monext did twice, leaves no trace in commercetools. Only Monext's
ledger tells it. A step compares what has become due since the step before, for half of the time between two passes at
most. What it does not get to is due first in the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from monext_bridge import observed
from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.reconciliation import FollowUp
from monext_bridge.logs import event
from monext_bridge.runtime import MachineClock, utc_now
from monext_bridge.services.reconciliation.ledger_slices import DAY, LedgerSlice
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, LedgerStep, Scope, Task
from monext_bridge.services.reconciliation.run import LEDGERS_A_SECOND, Reconciliation, Tell, Throttle

log = logging.getLogger(__name__)

HOUR = 3600 * 1000

OVERLAP = HOUR
"""How far a process that has just begun looks back, in milliseconds. The one before it may have been killed."""

BEHIND = 6 * HOUR
"""Milliseconds after which what is due and not compared is told."""

MOST_AGAIN = 100
"""How many differences are looked at again each hour; further ones are, once a day."""


@dataclass(frozen=True, slots=True)
class OpenComparison:
    """Holds the task of a payment whose comparison asks for another one, and when its last turn of the day was."""

    task: Task
    turn: int


@dataclass(slots=True)
class LedgerWalk:
    """Knows how far the ledgers have been compared. After a restart it begins an hour back.

    A payment that is compared twice a day, by two processes or after a restart, reads as after the first.
    """

    reconciliation: Reconciliation
    scope: Scope
    every: timedelta
    clock: MachineClock = utc_now
    pace: Throttle = field(default_factory=lambda: Throttle(LEDGERS_A_SECOND))
    _until: int | None = field(default=None, init=False)
    _open: dict[PaymentId, OpenComparison] = field(default_factory=dict, init=False)

    def step(self, *, tell: Tell, stopped: Callable[[], bool], again: bool) -> LedgerStep:
        """Compare what is due; with `again`, first once more what differed or could not be read.

        Raises nothing that a remote causes, as a pass.
        """
        now = self._now()
        due = self._due(now)
        step = self.reconciliation.compare_ledgers(
            self.scope,
            due,
            again=[each.task for each in self._open.values()][:MOST_AGAIN] if again else (),
            tell=lambda finding: self._take(finding, due, tell),
            stopped=stopped,
            seconds=self.every.total_seconds() / 2,
            pace=self.pace,
        )
        self._until = self._reached(due, step, now=now)
        self._forget(step, now=now)
        observed.ledgers_compared(self._until / 1000)
        if again:
            self._tell_if_behind(now)
        return step

    def _due(self, now: int) -> LedgerSlice:
        if self._until is None:
            self._until = now - min(max(OVERLAP, _milliseconds(self.every)), DAY)
        return LedgerSlice(self._until, min(now, self._until + DAY))

    def _reached(self, due: LedgerSlice, step: LedgerStep, *, now: int) -> int:
        """Return until when everything that was due has been compared.

        Where another scheduler is at work, it compares; this one goes on as after a restart.
        """
        if step.busy:
            return max(due.begin, now - OVERLAP)
        if step.summary.broken_off:
            return due.begin
        if step.not_begun is not None:
            return due.due_at(step.not_begun)
        return now if due.is_whole_day else max(due.end, due.begin)

    def _take(self, finding: Finding, due: LedgerSlice, tell: Tell) -> None:
        """Keep what asks for another look."""
        if finding.asks_for_somebody or finding.ending is FindingStatus.UNKNOWN:
            task = Task(
                finding.payment_id, frozenset({FollowUp.LEDGER}), finding.store_key, order=finding.order
            )
            self._open.setdefault(finding.payment_id, OpenComparison(task, due.end))
        tell(finding)

    def _forget(self, step: LedgerStep, *, now: int) -> None:
        """Forget what agrees now, and what did not come on its turn: a payment that is too old by now.

        Another look is no turn.
        """
        for payment_id in step.due & self._open.keys():
            self._open[payment_id] = replace(self._open[payment_id], turn=now)
        step.agree.update(id_ for id_, each in self._open.items() if now - each.turn > DAY + BEHIND)
        for payment_id in step.agree:
            self._open.pop(payment_id, None)

    def _tell_if_behind(self, now: int) -> None:
        behind = now - (self._until or now)
        if behind > BEHIND:
            then = "compared as time allows; see docs/runbook.md"
            event(log, "ledger_behind", level=logging.WARNING, hours=behind // HOUR, then=then)

    def _now(self) -> int:
        return int(self.clock().timestamp() * 1000)


def _milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)
