"""The queue: Dramatiq on the Redis that all processes of the bridge share.

A task is acknowledged when it has been done, so that one whose worker died is delivered again, to another, once the
dead one has not been heard of for a minute.
"""

from __future__ import annotations

from collections.abc import Callable

from dramatiq import Message, actor
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AgeLimit, Retries, ShutdownNotifications
from pydantic import SecretStr

from monext_bridge.gateways.redis import PREFIX, connect_redis
from monext_bridge.queue.messages import Json

QUEUE, FINISH = "reconcile", "finish"

HEARTBEAT_TIMEOUT = 60_000
"""Milliseconds without a sign of life, after which a worker's tasks are given to others."""

MAINTENANCE_CHANCE = 100_000
"""In a million commands: how often one of them looks for workers that died."""

OLDEST = 30 * 60 * 1000
"""Milliseconds after which a task that nobody has taken is dropped: the next pass finds what it still needs."""

PATIENCE = 5.0
"""Seconds for Redis to answer; nobody waits for a queue."""


def queue_on(url: SecretStr) -> RedisBroker:
    """Opens nothing before its first command. No time limit is put on tasks: each of their calls has its own."""
    broker = RedisBroker(  # type: ignore[no-untyped-call]
        client=connect_redis(url, timeout=PATIENCE),
        namespace=f"{PREFIX}queue",
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        maintenance_chance=MAINTENANCE_CHANCE,
        middleware=[AgeLimit(max_age=OLDEST), ShutdownNotifications(), Retries(max_retries=3)],
    )
    broker.declare_queue(QUEUE)
    return broker


def finish_message(task: Json, *, run: str) -> Message[None]:
    """A task of one pass, by whose name its findings are told."""
    return Message(
        queue_name=QUEUE, actor_name=FINISH, args=(), kwargs={"task": task, "run": run}, options={}
    )


def finish_actor(broker: RedisBroker, work: Callable[..., None]) -> None:
    """From now on workers of this process do `work(task=…, run=…)` for each message."""
    actor(actor_name=FINISH, queue_name=QUEUE, broker=broker)(work)
