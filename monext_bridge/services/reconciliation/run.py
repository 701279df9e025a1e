"""Runs a pass of reconciliation: finds the payments that nobody came back to, and finishes them.

Two passes at a time do no harm. Monext stops its notifications once a final result was read, buyers close their
browsers, and processes die. Only a pass finds what was not written by then. A pass holds no state: what has
been finished needs nothing any more. An interrupted pass is begun again, or goes on behind the payment it ended
with.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from monext_bridge import observed
from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.reconciliation import FollowUp
from monext_bridge.errors import RemoteError, SchedulerBusy
from monext_bridge.logs import correlation_id, event
from monext_bridge.runtime import background_retries, utc_now
from monext_bridge.services.reconciliation.candidates import Candidates, Page
from monext_bridge.services.reconciliation.ledger_slices import LedgerSlice
from monext_bridge.services.reconciliation.reconcile_payment import PaymentReconciler
from monext_bridge.services.reconciliation.report import (
    Finding,
    FindingStatus,
    LedgerStep,
    Scope,
    Summary,
    Task,
)
from monext_bridge.services.reconciliation.threads import TaskRunner, ThreadRunner

log = logging.getLogger(__name__)

LEDGERS_A_SECOND = 10.0
"""How many ledgers are read per second. Monext publishes no limit, and nobody waits for this pass."""

GIVEN_UP_AFTER = 30
"""How many payments in a row may be UNKNOWN before the pass is broken off. One without a finding was looked at.

By then the remote is down, and every further payment would end like these.
"""

Tell = Callable[[Finding], None]
Seen = Callable[[Summary], None]


def _nothing(_: Summary) -> None:
    return


@dataclass(slots=True)
class Throttle:
    """Lets at most `a_second` calls start in a second, counted from the first. `a_second` is above zero."""

    a_second: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: float | None = field(default=None, init=False)

    def wait(self) -> None:
        """Wait until the next call may start."""
        now = self.clock()
        due = max(self._next if self._next is not None else now, now)
        if due > now:
            self.sleep(due - now)
        self._next = due + 1 / self.a_second


@dataclass(frozen=True, slots=True)
class Reconciliation:
    candidates: Candidates
    reconciler: PaymentReconciler
    runner: TaskRunner = field(default_factory=ThreadRunner)

    def run(
        self,
        scope: Scope,
        *,
        tell: Tell,
        seen: Seen = _nothing,
        stopped: Callable[[], bool] = lambda: False,
        pace: Throttle | None = None,
    ) -> Summary:
        """Carry out one pass over the scope.

        `tell` gets each finding as it is made, `seen` the summary after each page.

        Raises nothing that a remote causes: where the payments can't be listed, or a remote stays away, the
        summary says why the pass was broken off. Once `stopped` returns True, no further payment is begun.
        """
        summary, began = Summary(), time.monotonic()
        tasks = self._tasks(scope, summary, seen=seen, pace=pace or Throttle(LEDGERS_A_SECOND))
        busy = self._carry_out(tasks, summary, dry_run=scope.dry_run, tell=tell, stopped=stopped)
        if not (summary.broken_off or scope.dry_run or scope.store_key):
            observed.pass_finished(utc_now().timestamp(), seconds=time.monotonic() - began)
        _tell_end(summary, busy=busy)
        return summary

    def compare_ledgers(
        self,
        scope: Scope,
        due: LedgerSlice,
        *,
        tell: Tell,
        seconds: float,
        again: Iterable[Task],
        stopped: Callable[[], bool],
        pace: Throttle,
    ) -> LedgerStep:
        """Compare the ledgers of the tasks in `again`, and then for at most `seconds` those that are due.

        Of those that are due at least one is. Raises nothing that a remote causes, as `run`.
        """
        step, not_agreeing = LedgerStep(), set[PaymentId]()

        def note(finding: Finding) -> None:
            if finding.ending is not FindingStatus.FINISHED:
                not_agreeing.add(finding.payment_id)
            tell(finding)

        tasks = self._ledger_tasks(scope, due, step, again=again, seconds=seconds, pace=pace)
        step.busy = self._carry_out(tasks, step.summary, dry_run=scope.dry_run, tell=note, stopped=stopped)
        if not step.summary.broken_off:
            step.agree |= step.compared - not_agreeing
        _tell_compared(step)
        return step

    def _carry_out(
        self,
        tasks: Iterator[Task],
        summary: Summary,
        *,
        dry_run: bool,
        tell: Tell,
        stopped: Callable[[], bool],
    ) -> bool:
        """Run the tasks under one correlation id. Return whether another scheduler was at work."""
        token = correlation_id.set(correlation_id.get() or f"reconcile-{uuid.uuid4()}")
        try:
            done = self._run_tasks(tasks, dry_run=dry_run)
            _gather(done, summary, tell=tell if dry_run else _counted(tell), stopped=stopped)
        except SchedulerBusy as error:
            summary.broken_off = str(error)
            return True
        except RemoteError as error:
            summary.broken_off = str(error)
        finally:
            correlation_id.reset(token)
        return False

    def _ledger_tasks(
        self,
        scope: Scope,
        due: LedgerSlice,
        step: LedgerStep,
        *,
        again: Iterable[Task],
        seconds: float,
        pace: Throttle,
    ) -> Iterator[Task]:
        for task in again:
            yield _begun(task, step, pace=pace)
        began = pace.clock()
        for page in _with_background_retries(self.candidates.ledgers(scope, due)):
            step.summary.seen += page.seen
            for task in page.tasks:
                if step.due and pace.clock() - began >= seconds:
                    step.not_begun = task.payment_id
                    return
                step.due.add(task.payment_id)
                yield _begun(task, step, pace=pace)

    def _run_tasks(self, tasks: Iterator[Task], *, dry_run: bool) -> Iterator[tuple[Finding, ...]]:
        """Carry out a dry run in this process, even where there are workers; pass other tasks to the runner."""
        if dry_run:
            return ThreadRunner().run(tasks, self.reconciler.preview)
        return self.runner.run(tasks, self.reconciler.finish)

    def _tasks(self, scope: Scope, summary: Summary, *, seen: Seen, pace: Throttle) -> Iterator[Task]:
        """Yield the tasks. A page is read once the tasks of the page before have been taken."""
        pages = self.candidates.pages(scope, age_of=lambda p, o: self.reconciler.age(p, older_than=o))
        for page in _with_background_retries(pages):
            for task in page.tasks:
                if FollowUp.LEDGER in task.needs:
                    pace.wait()
                summary.looked_at += 1
                yield task
            summary.seen, summary.last = summary.seen + page.seen, page.last
            seen(summary)


def _begun(task: Task, step: LedgerStep, *, pace: Throttle) -> Task:
    pace.wait()
    step.compared.add(task.payment_id)
    step.summary.looked_at += 1
    return task


def _tell_compared(step: LedgerStep) -> None:
    """Log what a step of the ledgers did; nothing where nothing was due, or another scheduler is at work."""
    summary = step.summary
    if step.busy or not (step.compared or summary.broken_off):
        return
    level = logging.WARNING if summary.broken_off else logging.INFO
    event(
        log,
        "ledgers_compared",
        level=level,
        compared=len(step.compared),
        **summary.counted(),
        why=summary.broken_off,
    )


def _tell_end(summary: Summary, *, busy: bool) -> None:
    """Log the counts of a pass; `busy` where another scheduler was at work, which is no trouble."""
    troubled = summary.stuck or (summary.broken_off and not busy)
    event(
        log,
        "reconciled",
        level=logging.WARNING if troubled else logging.INFO,
        seen=summary.seen,
        looked_at=summary.looked_at,
        **summary.counted(),
        why=summary.broken_off,
    )


def _counted(tell: Tell) -> Tell:
    """Return what counts a finding, and then tells it."""

    def count_and_tell(finding: Finding) -> None:
        observed.finding_made(finding.need.value, status=finding.ending.value)
        tell(finding)

    return count_and_tell


def _with_background_retries(pages: Iterator[Page]) -> Iterator[Page]:
    """Read each page with the retry budget of background work.

    Between two pages, the caller's own retry budget applies.
    """
    while True:
        with background_retries():
            page = next(pages, None)
        if page is None:
            return
        yield page


def _gather(
    done: Iterator[tuple[Finding, ...]], summary: Summary, *, tell: Tell, stopped: Callable[[], bool]
) -> None:
    unknown = 0
    for findings in done:
        for finding in findings:
            summary.count(finding)
            tell(finding)
        unknown = unknown + 1 if any(each.ending is FindingStatus.UNKNOWN for each in findings) else 0
        if unknown >= GIVEN_UP_AFTER:
            summary.broken_off = f"{unknown} payments in a row could not be looked at"
        elif stopped():
            summary.broken_off = "stopped"
        if summary.broken_off:
            return
