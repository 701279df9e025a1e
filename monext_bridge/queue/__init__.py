"""Spreads reconciliation over several machines: one scheduler, any number of workers, a queue on Redis.

It decides who does a task, never what becomes of it. `services.reconciliation` decides that, with or without a
queue.
"""

from monext_bridge.queue.broker import queue_on
from monext_bridge.queue.presence import Presence
from monext_bridge.queue.scheduler import QueueRunner
from monext_bridge.queue.worker import running_worker

__all__ = ["Presence", "QueueRunner", "queue_on", "running_worker"]
