"""Counts the lines of the log that somebody is to see, by the names of their events."""

from __future__ import annotations

import logging
from collections.abc import Callable

from monext_bridge.observed.catalogue import OTHER

HANDLER = "monext_bridge.alarms"

ALARMS_OF_THE_LOG = frozenset(
    {
        "accepted_transaction_unclear",
        "breaker_opened",
        "cancellation_release_refused",
        "cancelled_order_shipped",
        "clocks_differ",
        "command_failed",
        "companion_ended",
        "customer_not_read",
        "doctor_check_failed",
        "earlier_attempt_not_recorded",
        "events_secret_in_url",
        "few_files",
        "foreign_session",
        "keys_unreachable",
        "ledger_behind",
        "ledger_imported",
        "ledger_unreadable",
        "ledgers_compared",
        "lost_payment_found",
        "messages_unreadable",
        "metrics_folder_refused",
        "monext_code_unknown",
        "next_key_in_use",
        "not_kept",
        "notification_failed",
        "operation_not_recorded",
        "operation_not_sent",
        "operation_rejected",
        "operation_unknown",
        "order_payment_state_contended",
        "order_payment_state_not_written",
        "order_unread",
        "other_currency_held",
        "outcome_unfinished",
        "payment_unreadable",
        "policy_report_only",
        "policy_violated",
        "push_refused",
        "queue_away",
        "rate_limited",
        "reconcile_failed",
        "reconcile_stuck",
        "reconcile_warned",
        "reconciled",
        "record_time_unknown",
        "redis_away",
        "redis_unencrypted",
        "refused_order_held",
        "remote_call",
        "request_failed",
        "reversal_sent",
        "shipment_capture_forbidden",
        "shipment_capture_open",
        "shipment_capture_refused",
        "sns_unsubscribed",
        "token_refresh_failed",
        "unexpected error at",
    }
)
"""The events at WARNING or above, which the runbook explains. A line of a library is none of them."""


class AlarmHandler(logging.Handler):
    """Calls `count` with the event of each line at WARNING or above, `other` where it is none of ours."""

    def __init__(self, count: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self.set_name(HANDLER)
        self._count = count

    def emit(self, record: logging.LogRecord) -> None:
        name = record.msg if isinstance(record.msg, str) else OTHER
        name = name.partition(" %")[0]
        self._count(name if name in ALARMS_OF_THE_LOG else OTHER)


def watch_log(count: Callable[[str], None]) -> None:
    """Let all lines of this process be counted. May be repeated; the last one counts."""
    root = logging.getLogger()
    for handler in [each for each in root.handlers if each.get_name() == HANDLER]:
        root.removeHandler(handler)
    root.addHandler(AlarmHandler(count))
