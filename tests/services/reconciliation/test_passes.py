"""A pass as such: how many tasks at a time, when it is given up, and what it tells. No remote is called."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.reconciliation.follow_ups import Age, FollowUp
from monext_bridge.errors import RemoteUnavailable
from monext_bridge.logs import correlation_id
from monext_bridge.runtime import utc_now
from monext_bridge.runtime.retry_budget import BACKGROUND, FOREGROUND, retry_budget
from monext_bridge.services.reconciliation.candidates import Page
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Scope, Summary, Task
from monext_bridge.services.reconciliation.run import GIVEN_UP_AFTER, Reconciliation, Throttle
from monext_bridge.services.reconciliation.threads import ThreadRunner
from tests.log_lines import captured_logs
from tests.manual_clock import ManualClock


def a_task(number: int, *needs: FollowUp) -> Task:
    return Task(PaymentId(f"payment-{number:05}"), frozenset(needs or {FollowUp.PENDING}))


@dataclass(slots=True)
class Pages:
    """Stands in for the survey."""

    tasks: list[Task]
    size: int = 10
    read: int = 0
    fails_after: int | None = None
    patient: list[bool] = field(default_factory=list)

    def pages(self, scope: Scope, *, age_of: Any) -> Iterator[Page]:  # noqa: ARG002
        for start in range(0, len(self.tasks), self.size):
            if self.fails_after == self.read:
                raise RemoteUnavailable("away", remote="commercetools")
            self.read += 1
            self.patient.append(retry_budget() is BACKGROUND)
            some = self.tasks[start : start + self.size]
            yield Page(len(some), some[-1].payment_id, tuple(some))


@dataclass(slots=True)
class Works:
    """Stands in for the finishing: every task ends alike."""

    ending: FindingStatus = FindingStatus.FINISHED
    done: list[str] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)
    patient: list[bool] = field(default_factory=list)

    def age(self, payment: Any, *, older_than: timedelta) -> Age:  # noqa: ARG002
        return Age(utc_now(), older_than, timedelta(minutes=30))

    def finish(self, task: Task) -> tuple[Finding, ...]:
        with self.lock:
            self.done.append(task.payment_id)
            self.patient.append(retry_budget() is BACKGROUND and correlation_id.get() is not None)
        return tuple(Finding(task.payment_id, need, self.ending) for need in task.needs)


def run(pages: Pages, works: Works, **options: Any) -> tuple[Summary, list[Finding]]:
    findings: list[Finding] = []
    reconcile = Reconciliation(pages, works, ThreadRunner(2))  # type: ignore[arg-type]
    return reconcile.run(Scope(), tell=findings.append, **options), findings


def test_every_task_of_every_page_is_done_once_and_told() -> None:
    works = Works()
    summary, findings = run(Pages([a_task(n) for n in range(25)]), works)
    assert sorted(works.done) == [f"payment-{n:05}" for n in range(25)]
    assert len(findings) == 25
    assert (summary.seen, summary.looked_at, summary.by_ending) == (25, 25, {FindingStatus.FINISHED: 25})
    assert summary.complete


def test_pages_are_read_and_tasks_done_as_if_nobody_waited() -> None:
    pages, works, before = Pages([a_task(1)]), Works(), correlation_id.get()
    run(pages, works)
    assert pages.patient == works.patient == [True]
    assert retry_budget() is FOREGROUND
    assert correlation_id.get() == before


def test_no_more_pages_are_read_than_are_worked_on() -> None:
    pages = Pages([a_task(n) for n in range(1000)], size=5)
    seen: list[int] = []
    run(pages, Works(), seen=lambda summary: seen.append(summary.seen), stopped=lambda: bool(seen))
    assert pages.read <= 3


def test_a_remote_that_stays_away_ends_the_pass() -> None:
    works = Works(FindingStatus.UNKNOWN)
    summary, _ = run(Pages([a_task(n) for n in range(500)]), works)
    assert summary.broken_off == f"{GIVEN_UP_AFTER} payments in a row could not be looked at"
    assert len(works.done) < GIVEN_UP_AFTER + 5
    assert summary.last == f"payment-{GIVEN_UP_AFTER - 1:05}"


def test_a_page_that_can_not_be_read_ends_the_pass_after_what_was_begun() -> None:
    works = Works()
    summary, findings = run(Pages([a_task(n) for n in range(50)], fails_after=2), works)
    assert summary.broken_off == "away"
    assert len(works.done) == 20
    assert len(findings) >= 19


def test_a_pass_that_is_stopped_says_where_it_was() -> None:
    count = iter(range(100))
    summary, _ = run(Pages([a_task(n) for n in range(100)]), Works(), stopped=lambda: next(count) > 20)
    assert summary.broken_off == "stopped"
    assert summary.last is not None
    assert not summary.complete


def test_what_is_stuck_is_not_incomplete() -> None:
    summary, _ = run(Pages([a_task(1)]), Works(FindingStatus.STUCK))
    assert summary.stuck
    assert summary.complete


@pytest.mark.parametrize(
    ("ending", "level"),
    [(FindingStatus.FINISHED, "INFO"), (FindingStatus.STUCK, "WARNING")],
    ids=["well", "stuck"],
)
def test_a_pass_is_one_line_of_the_log(ending: FindingStatus, level: str) -> None:
    with captured_logs() as lines:
        run(Pages([a_task(1)]), Works(ending))
    (line,) = lines.of("reconciled")
    assert (line["level"], line["seen"], line[ending.value]) == (level, 1, 1)


def test_only_ledgers_are_paced() -> None:
    clock = ManualClock()
    pace = Throttle(10.0, clock=clock, sleep=clock.advance)
    began = clock()
    run(Pages([a_task(n) for n in range(20)]), Works(), pace=pace)
    assert clock() == began
    run(Pages([a_task(n, FollowUp.LEDGER) for n in range(21)]), Works(), pace=pace)
    assert clock() - began == pytest.approx(2.0)
