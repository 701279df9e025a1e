"""Reconciliation over several machines: one scheduler, any number of workers, a queue on Redis between them.

It is decided here who does a task, never what becomes of it: that is `services.reconciliation`, with a queue or
without.
"""

from monext_bridge.queue.broker import queue_on
from monext_bridge.queue.scheduler import QueueRunner
from monext_bridge.queue.worker import working

__all__ = ["QueueRunner", "queue_on", "working"]
