"""Carries out tasks in threads of this process, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from typing import Protocol

from monext_bridge.runtime import background_retries
from monext_bridge.services.reconciliation.report import Finding, Task

TASKS_AT_ONCE = 6
"""Tasks at a time. A task makes up to three calls at once, which leaves enough slots at each remote free."""

Work = Callable[[Task], tuple[Finding, ...]]
UnderWay = set[Future[tuple[Finding, ...]]]


class TaskRunner(Protocol):
    """Carries out tasks in any order, and yields the findings of each as soon as they are known.

    It takes tasks only as fast as they are done, so whoever makes them may make very many. A task may be
    carried out twice.
    """

    def run(self, tasks: Iterable[Task], work: Work) -> Iterator[tuple[Finding, ...]]: ...


@dataclass(frozen=True, slots=True)
class ThreadRunner:
    at_once: int = TASKS_AT_ONCE

    def run(self, tasks: Iterable[Task], work: Work) -> Iterator[tuple[Finding, ...]]:
        """Yield the findings of each task. Where the caller stops early, the tasks under way end first."""
        under_way: UnderWay = set()
        with ThreadPoolExecutor(self.at_once, thread_name_prefix="reconcile") as pool:
            for task in tasks:
                under_way.add(pool.submit(copy_context().run, _with_background_retries, work, task))
                if len(under_way) >= self.at_once:
                    under_way = yield from _ended(under_way)
            while under_way:
                under_way = yield from _ended(under_way)


def _with_background_retries(work: Work, task: Task) -> tuple[Finding, ...]:
    with background_retries():
        return work(task)


def _ended(under_way: UnderWay) -> Generator[tuple[Finding, ...], None, UnderWay]:
    """Yield the findings of the tasks that have ended, at least one; return the other tasks."""
    done, left = wait(under_way, return_when=FIRST_COMPLETED)
    yield from (future.result() for future in done)
    return left
