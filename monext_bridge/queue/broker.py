"""Sets up the queue: Dramatiq on the Redis that all processes of the bridge share.

A task is acknowledged when it has been done. So a task whose worker died is delivered again, to another worker,
once the dead one has not been heard of for a minute.
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
"""How many in a million commands look for workers that died."""

OLDEST = 30 * 60 * 1000
"""Milliseconds after which a task that nobody has taken is dropped.

The next pass finds what its payment still needs.
"""

REDIS_TIMEOUT = 5.0
"""Seconds for Redis to answer; nobody waits for a queue."""


def queue_on(url: SecretStr) -> RedisBroker:
    """Return the broker. It opens nothing before its first command.

    Tasks have no time limit, because each of their calls has its own.
    """
    broker = RedisBroker(  # type: ignore[no-untyped-call]
        client=connect_redis(url, timeout=REDIS_TIMEOUT),
        namespace=f"{PREFIX}queue",
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        maintenance_chance=MAINTENANCE_CHANCE,
        middleware=[AgeLimit(max_age=OLDEST), ShutdownNotifications(), Retries(max_retries=3)],
    )
    broker.declare_queue(QUEUE)
    return broker


def finish_message(task: Json, *, run: str) -> Message[None]:
    """Return the message of a task. `run` names the pass under which its findings are reported."""
    return Message(
        queue_name=QUEUE, actor_name=FINISH, args=(), kwargs={"task": task, "run": run}, options={}
    )


def finish_actor(broker: RedisBroker, work: Callable[..., None]) -> None:
    """Let the workers of this process call `work(task=…, run=…)` for each message."""
    actor(actor_name=FINISH, queue_name=QUEUE, broker=broker)(work)
