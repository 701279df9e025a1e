"""The scheduler: puts the tasks of a pass into the queue, and gathers what workers tell of them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import redis
from dramatiq import DramatiqError
from dramatiq.brokers.redis import RedisBroker
from redis.exceptions import LockError
from redis.lock import Lock

from monext_bridge.errors import QueueUnavailable
from monext_bridge.gateways.shared import PREFIX
from monext_bridge.queue.broker import finish_message
from monext_bridge.queue.messages import written_task
from monext_bridge.queue.reports import Reports
from monext_bridge.services.dispatching import Work
from monext_bridge.services.findings import Finding, Task

MOST_WAITING = 400
"""Tasks that are in the queue at a time: enough for a dozen workers, little to lose."""

SILENCE = 180.0
"""Seconds without a report while tasks are waiting: longer than a task may take and a dead worker's is given away."""

LOCK = f"{PREFIX}reconcile:scheduler"
LOCKED_FOR = 180.0
"""Seconds: longer than a page may take to be read from a remote that wants to be left alone."""


@dataclass(frozen=True, slots=True)
class QueueDispatch:
    """One scheduler at a time; a second one is told so. Where it dies, another may begin after three minutes.

    Tasks that are left when it stops are done all the same, once, or dropped after half an hour.
    """

    broker: RedisBroker
    clock: Callable[[], float] = time.monotonic
    silence: float = SILENCE

    def run(self, tasks: Iterable[Task], work: Work) -> Iterator[tuple[Finding, ...]]:  # noqa: ARG002
        """`work` is what the workers do. Raises QueueUnavailable where Redis is away or no worker answers."""
        try:
            with _alone(self.broker.client) as lock:
                yield from self._run(iter(tasks), lock)
        except (redis.RedisError, DramatiqError) as error:
            raise QueueUnavailable(f"the queue can't be reached: {type(error).__name__}") from error

    def _run(self, tasks: Iterator[Task], lock: Lock) -> Iterator[tuple[Finding, ...]]:
        reports, run = Reports(self.broker.client), uuid.uuid4().hex
        waiting: set[str] = set()
        heard_at = self.clock()
        while self._fill(waiting, tasks, run=run, lock=lock):
            report = reports.next(run, seconds=1)
            if report and report.message_id in waiting:
                waiting.discard(report.message_id)
                heard_at = self.clock()
                yield report.findings
            elif self.clock() - heard_at > self.silence:
                why = f"{len(waiting)} tasks wait, and no worker has answered for {self.silence:g} s"
                raise QueueUnavailable(why)

    def _fill(self, waiting: set[str], tasks: Iterator[Task], *, run: str, lock: Lock) -> bool:
        """Put tasks into the queue as long as there is room; whether any is waited for then."""
        lock.reacquire()
        while len(waiting) < MOST_WAITING and (task := next(tasks, None)) is not None:
            lock.reacquire()
            waiting.add(self.broker.enqueue(finish_message(written_task(task), run=run)).message_id)
        return bool(waiting)


@contextmanager
def _alone(client: redis.Redis) -> Iterator[Lock]:
    lock = client.lock(LOCK, timeout=LOCKED_FOR, blocking=False, thread_local=False)
    if not lock.acquire():
        raise QueueUnavailable("another scheduler is at work")
    try:
        yield lock
    finally:
        with suppress(LockError, redis.RedisError):
            lock.release()
