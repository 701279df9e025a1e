"""Counts what happens, for Prometheus: other rooms say it in their own words, as they say it to the log.

It is decided here what is counted and which words a label may hold. Nothing identifies a buyer or a payment.
Only this room knows Prometheus.
"""

from monext_bridge.observed.beginning import LabelWords
from monext_bridge.observed.catalogue import METRICS, NONE, OTHER, Kind, Metric
from monext_bridge.observed.counting import (
    act_ended,
    breaker_is,
    exposed_metrics,
    finding_made,
    findings_open,
    forget_ended_processes,
    ledgers_compared,
    notification_received,
    observe,
    order_made,
    pass_finished,
    payment_recorded,
    policy_violated,
    rate_limit_exceeded,
    remote_answered,
    request_answered,
    slot_entered,
    slot_left,
    tasks_queued,
)
from monext_bridge.observed.reading import read_exposed

__all__ = [
    "METRICS",
    "NONE",
    "OTHER",
    "Kind",
    "LabelWords",
    "Metric",
    "act_ended",
    "breaker_is",
    "exposed_metrics",
    "finding_made",
    "findings_open",
    "forget_ended_processes",
    "ledgers_compared",
    "notification_received",
    "observe",
    "order_made",
    "pass_finished",
    "payment_recorded",
    "policy_violated",
    "rate_limit_exceeded",
    "read_exposed",
    "remote_answered",
    "request_answered",
    "slot_entered",
    "slot_left",
    "tasks_queued",
]
