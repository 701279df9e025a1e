"""Puts the tasks of a pass into the queue, and gathers what workers report of them.

Where nobody takes the tasks, the scheduler does the work itself: no worker is there, they fall silent, or Redis
is away. A task that was in the queue may then be done twice, which does no harm.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain

import redis
from dramatiq import DramatiqError
from dramatiq.brokers.redis import RedisBroker
from redis.lock import Lock

from monext_bridge import observed
from monext_bridge.errors import SchedulerBusy
from monext_bridge.gateways.redis import PREFIX
from monext_bridge.logs import event
from monext_bridge.queue.broker import finish_message
from monext_bridge.queue.messages import written_task
from monext_bridge.queue.presence import Presence
from monext_bridge.queue.reports import Reports
from monext_bridge.services.reconciliation import Finding, Task, ThreadRunner, Work

log = logging.getLogger(__name__)

MOST_WAITING = 400
"""How many tasks may be in the queue at a time: enough for a dozen workers, and little to lose."""

SILENCE = 180.0
"""Seconds without a report, while tasks are waiting, after which the scheduler does the work itself.

That is longer than a task may take, and than it takes until a dead worker's tasks are given to another.
"""

LOCK = f"{PREFIX}reconcile:scheduler"
LOCKED_FOR = 180.0
"""Seconds. That is longer than it may take to read a page from a remote that asks us to wait."""

AWAY = (redis.RedisError, DramatiqError)
"""What the queue raises where Redis is away, or where the lock was lost meanwhile."""


@dataclass(frozen=True, slots=True)
class QueueRunner:
    """Runs tasks through the queue. There is one scheduler at a time; a second one gets SchedulerBusy.

    Where a scheduler dies, another may begin after three minutes. Tasks that are left when it stops are still
    done, once, or dropped after half an hour.
    """

    broker: RedisBroker
    clock: Callable[[], float] = time.monotonic
    silence: float = SILENCE
    alone: ThreadRunner = field(default_factory=ThreadRunner)

    def run(self, tasks: Iterable[Task], work: Work) -> Iterator[tuple[Finding, ...]]:
        """Yield the findings of the tasks. Workers do `work`; where they don't, it is done here.

        Raises SchedulerBusy where another scheduler is at work.
        """
        remaining, lock = iter(tasks), self._lock()
        if lock is None:
            yield from self.alone.run(remaining, work)
            return
        try:
            yield from self._run(remaining, work, lock)
        finally:
            with suppress(redis.RedisError):
                lock.release()

    def _lock(self) -> Lock | None:
        """Take the lock. None where Redis is away.

        Then nobody can say whether another scheduler is at work, and two do no harm.
        """
        lock: Lock = self.broker.client.lock(LOCK, timeout=LOCKED_FOR, blocking=False, thread_local=False)
        try:
            acquired = lock.acquire()
        except redis.RedisError as error:
            _log_away(error)
            return None
        if not acquired:
            raise SchedulerBusy("another scheduler is at work")
        return lock

    def _run(self, remaining: Iterator[Task], work: Work, lock: Lock) -> Iterator[tuple[Finding, ...]]:
        """Yield the findings of the tasks. Where there is no task, Redis and workers are not asked for anything."""
        first = next(remaining, None)
        if first is None:
            return
        waiting, remaining = dict[str, Task](), chain((first,), remaining)
        try:
            yield from self._reports_of_workers(remaining, waiting, lock)
        except AWAY as error:
            _log_away(error)
        for findings in self.alone.run(chain(waiting.values(), remaining), work):
            with suppress(redis.RedisError):
                lock.reacquire()
            yield findings

    def _reports_of_workers(
        self, remaining: Iterator[Task], waiting: dict[str, Task], lock: Lock
    ) -> Iterator[tuple[Finding, ...]]:
        """Yield what workers report.

        It ends early where nobody answers; what is in `waiting` then is still to be done.
        """
        reports, presence = Reports(self.broker.client), Presence(self.broker.client)
        run, heard_at = uuid.uuid4().hex, self.clock()
        while presence.anybody() and self.clock() - heard_at <= self.silence:
            if not self._fill(waiting, remaining, run=run, lock=lock):
                return
            report = reports.next(run, seconds=1)
            if report and report.message_id in waiting:
                del waiting[report.message_id]
                observed.tasks_queued(len(waiting))
                heard_at = self.clock()
                yield report.findings
        event(log, "no_worker", waiting=len(waiting), then="this process does the work itself")

    def _fill(self, waiting: dict[str, Task], remaining: Iterator[Task], *, run: str, lock: Lock) -> bool:
        """Put tasks into the queue as long as there is room. Returns whether any task is waited for then."""
        lock.reacquire()
        while len(waiting) < MOST_WAITING and (task := next(remaining, None)) is not None:
            message = finish_message(written_task(task), run=run)
            waiting[message.message_id] = task
            lock.reacquire()
            self.broker.enqueue(message)
            observed.tasks_queued(len(waiting))
        return bool(waiting)


def _log_away(error: Exception) -> None:
    then = "this process does the work itself"
    event(log, "queue_away", level=logging.WARNING, why=type(error).__name__, then=then)
