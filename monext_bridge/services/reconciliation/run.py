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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from monext_bridge import observed
from monext_bridge.domain.reconciliation import FollowUp
from monext_bridge.errors import RemoteError, SchedulerBusy
from monext_bridge.logs import correlation_id, event
from monext_bridge.runtime import background_retries, utc_now
from monext_bridge.services.reconciliation.candidates import Candidates, Page
from monext_bridge.services.reconciliation.reconcile_payment import PaymentReconciler
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Scope, Summary, Task
from monext_bridge.services.reconciliation.threads import TaskRunner, ThreadRunner

log = logging.getLogger(__name__)

LEDGERS_A_SECOND = 10.0
"""How many ledgers are read per second. Monext publishes no limit, and nobody waits for this pass."""

GIVEN_UP_AFTER = 30
"""How many findings in a row may be UNKNOWN before the pass is broken off.

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
        summary, busy, began = Summary(), False, time.monotonic()
        token = correlation_id.set(correlation_id.get() or f"reconcile-{uuid.uuid4()}")
        try:
            tasks = self._tasks(scope, summary, seen=seen, pace=pace or Throttle(LEDGERS_A_SECOND))
            done = self._run_tasks(tasks, dry_run=scope.dry_run)
            _gather(done, summary, tell=tell if scope.dry_run else _counted(tell), stopped=stopped)
        except SchedulerBusy as error:
            summary.broken_off, busy = str(error), True
        except RemoteError as error:
            summary.broken_off = str(error)
        finally:
            correlation_id.reset(token)
        if not (summary.broken_off or scope.dry_run or scope.store_key):
            observed.pass_finished(utc_now().timestamp(), seconds=time.monotonic() - began)
        _tell_end(summary, busy=busy)
        return summary

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
            unknown = unknown + 1 if finding.ending is FindingStatus.UNKNOWN else 0
        if unknown >= GIVEN_UP_AFTER:
            summary.broken_off = f"{unknown} payments in a row could not be looked at"
        elif stopped():
            summary.broken_off = "stopped"
        if summary.broken_off:
            return
