"""Runs a worker: it takes tasks from the queue and finishes their payments, several at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dramatiq import Worker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import CurrentMessage

from monext_bridge.logs import correlation_id, event
from monext_bridge.queue.broker import finish_actor
from monext_bridge.queue.messages import read_task
from monext_bridge.queue.presence import Presence
from monext_bridge.queue.reports import Reports
from monext_bridge.runtime import background_retries
from monext_bridge.services.reconciliation import Work

log = logging.getLogger(__name__)

WORKER_TO_STOP = 25_000
"""Milliseconds for the tasks under way when the host stops the worker.

What is left then is given to other workers.
"""


@contextmanager
def running_worker(broker: RedisBroker, work: Work, *, threads: int) -> Iterator[None]:
    """Inside, tasks are taken and done. At the end, what is under way is finished, and nothing more is taken."""
    reports = Reports(broker.client)
    broker.add_middleware(CurrentMessage())

    def finish(*, task: dict[str, Any], run: str) -> None:
        """Do a task. It is reported only when it is done, and acknowledged after that.

        So it may be done twice, but it is never left undone.
        """
        message = CurrentMessage.get_current_message()
        message_id = message.message_id if message else run
        correlation_id.set(f"reconcile-{message_id}")
        with background_retries():
            findings = work(read_task(task))
        event(log, "task_done", payment=task["payment"], findings=len(findings))
        reports.tell(run, message_id=message_id, findings=findings)

    finish_actor(broker, finish)
    worker = Worker(broker, worker_threads=threads)
    worker.start()
    event(log, "worker_started", threads=threads)
    try:
        with Presence(broker.client).announced():
            yield
    finally:
        worker.stop(WORKER_TO_STOP)
        event(log, "worker_stopped")
