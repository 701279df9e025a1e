"""Lists the alarms: the events of the log that the runbook explains, and where it does.

An alarm is a line at WARNING or above. Its line names the entry of the runbook, and its count is a metric. Tests make
each of them happen (`tests/alarms`).
"""

from __future__ import annotations

RUNBOOK = "docs/runbook.md"
LOUD = frozenset({"WARNING", "ERROR"})
"""The levels of alarms. An event of the same name at INFO says that all is well."""

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
"""The names of their events. A line of a library is none of them."""


def runbook_entry(heading: str) -> str:
    """Return where the runbook explains an alarm, or a follow-up of reconciliation."""
    return f"{RUNBOOK}#{heading.replace(' ', '-')}"


def alarm_of(words: object) -> str | None:
    """Return the alarm that a line of the log is, by its event or its unfilled message; None where it is none."""
    name = words.partition(" %")[0] if isinstance(words, str) else ""
    return name if name in ALARMS_OF_THE_LOG else None


def entry_of_line(words: object, *, level: object) -> dict[str, str]:
    """Return what a line of the log says of the runbook; nothing where it is no alarm."""
    alarm = alarm_of(words) if level in LOUD else None
    return {"runbook": runbook_entry(alarm)} if alarm else {}
