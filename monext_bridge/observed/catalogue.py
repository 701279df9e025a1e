"""Declares every metric: its name, what it counts, and the words that each label may hold.

No label holds what a request brought: its words come from the code or from the settings, and all else is `other`.
So nothing here can name a buyer or a payment, and the number of series has a bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

OTHER, NONE, DEFAULT = "other", "none", "default"

REQUEST_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
"""Buckets from what the bridge itself takes to what a buyer no longer waits for."""


class Kind(StrEnum):
    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Together(StrEnum):
    """How the values of a gauge in several processes become one. LIVE: a process that has ended no longer counts."""

    LIVE_SUM = "livesum"
    LIVE_MAX = "livemax"
    LIVE_LATEST = "livemostrecent"
    LATEST = "mostrecent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """Declares one metric. `labels` has for each label what its values are, for the documents."""

    name: str
    kind: Kind
    says: str
    labels: Mapping[str, str] = field(default_factory=dict)
    together: Together = Together.LATEST


STORE = "a store of the settings; `none` without one; `default` for any other, where settings hold for all"
REMOTE = "`commercetools`, `monext`"

INFO = Metric(
    name="bridge_info",
    kind=Kind.GAUGE,
    says="1 for each release that a process here runs.",
    labels={"version": "of the release"},
    together=Together.LIVE_MAX,
)
REQUESTS = Metric(
    name="bridge_requests_total",
    kind=Kind.COUNTER,
    says="Requests that were answered.",
    labels={
        "endpoint": "name of the route in the code; `none` at unknown addresses",
        "method": "HTTP method",
        "status": "`2xx`, `3xx`, `4xx`, `5xx`",
    },
)
REQUEST_DURATION = Metric(
    name="bridge_request_duration_seconds",
    kind=Kind.HISTOGRAM,
    says="Time from a request's arrival in the application to its answer.",
    labels={"endpoint": "as above"},
)
REMOTE_CALLS = Metric(
    name="bridge_remote_calls_total",
    kind=Kind.COUNTER,
    says="Attempts to call a remote. Monext also refuses under HTTP 200, which reads `ok` here.",
    labels={
        "remote": REMOTE,
        "operation": "HTTP method and template of the path",
        "store": "as of payments; always `none` at commercetools",
        "outcome": "`ok`, `not_found`, `conflict`, `throttled` (429), `refused` (other 4xx), `failed` (5xx), "
        "`unreachable`, `broken`, `timeout`, `too_large`, `breaker_open`, `no_slot`, `no_time`",
    },
)
REMOTE_DURATION = Metric(
    name="bridge_remote_call_duration_seconds",
    kind=Kind.HISTOGRAM,
    says="Time of such an attempt, whatever its outcome.",
    labels={"remote": REMOTE, "operation": "as above"},
)
PAYMENTS = Metric(
    name="bridge_payments_total",
    kind=Kind.COUNTER,
    says="Payment attempts, each time its record first says so. A write whose answer was lost is not counted.",
    labels={
        "outcome": "`begun`, `pending`, `accepted`, `refused`, `cancelled` by the buyer, `expired`, `returned` "
        "(money that is not kept), `released` (never captured)",
        "method": "`none`, or Monext's instrument code where the bridge knows it, else `other`",
        "store": STORE,
    },
)
ORDERS = Metric(
    name="bridge_orders_total",
    kind=Kind.COUNTER,
    says="Orders that the bridge made.",
    labels={"store": "as of payments"},
)
NOTIFICATIONS = Metric(
    name="bridge_notifications_total",
    kind=Kind.COUNTER,
    says="Notifications of Monext with a genuine reference.",
)
ACTS = Metric(
    name="bridge_acts_total",
    kind=Kind.COUNTER,
    says="Captures, cancels, refunds and reversals that ended or were refused: the lines `payment_act` of the log.",
    labels={
        "kind": "`capture`, `cancel`, `refund`, `reverse`; `none` where the request did not say",
        "outcome": "as in `payment_act`",
        "principal": "`client`, `shipment`, `reconciliation`, `terminal`, `bridge`",
    },
)
FINDINGS = Metric(
    name="bridge_findings_total",
    kind=Kind.COUNTER,
    says="What passes of reconciliation found. Each pass counts again what is still so.",
    labels={"follow_up": "headings of the runbook", "status": "endings of a finding"},
)
OPEN_FINDINGS = Metric(
    name="bridge_open_findings",
    kind=Kind.GAUGE,
    says="Findings that ask for somebody, of the repeated passes.",
)
OLDEST_FINDING = Metric(
    name="bridge_oldest_open_finding_timestamp_seconds",
    kind=Kind.GAUGE,
    says="When the oldest of them was first found by this process; 0 where there is none.",
)
LAST_PASS = Metric(
    name="bridge_last_pass_timestamp_seconds",
    kind=Kind.GAUGE,
    says="When a pass over all stores last finished.",
)
PASS_DURATION = Metric(
    name="bridge_last_pass_duration_seconds", kind=Kind.GAUGE, says="How long that pass took."
)
LEDGERS = Metric(
    name="bridge_ledgers_compared_timestamp_seconds",
    kind=Kind.GAUGE,
    says="Until when all payments have been compared with Monext's ledger on their turn of the day.",
)
QUEUE = Metric(
    name="bridge_queue_tasks",
    kind=Kind.GAUGE,
    says="Tasks that the scheduler has put into the queue, and no worker has finished.",
    together=Together.LIVE_LATEST,
)
BREAKERS = Metric(
    name="bridge_breaker_open",
    kind=Kind.GAUGE,
    says="1 where some process sends nothing to this host, but for a call that tries. It stays so until one is made.",
    labels={"remote": REMOTE, "host": "a host of the settings"},
    together=Together.LIVE_MAX,
)
SLOTS = Metric(
    name="bridge_slots_in_use",
    kind=Kind.GAUGE,
    says="Slots that are taken, of all processes.",
    labels={"of": "`requests`, `commercetools`, `monext`"},
    together=Together.LIVE_SUM,
)
RATE_LIMITED = Metric(
    name="bridge_rate_limited_total",
    kind=Kind.COUNTER,
    says="Requests that exceeded a rate limit.",
    labels={"limit": "name of the limit in the code"},
)
POLICY_VIOLATIONS = Metric(
    name="bridge_policy_violations_total",
    kind=Kind.COUNTER,
    says="What browsers reported against the pages' policy. Anybody can send such a report.",
    labels={"directive": "of our policy, else `other`", "host": "that our policy names, else `other`"},
)
ALARMS = Metric(
    name="bridge_alarms_total",
    kind=Kind.COUNTER,
    says="Lines of the log at WARNING or above, as far as LOG_LEVEL lets them through.",
    labels={"event": "headings of the runbook's alarms, else `other`"},
)

METRICS: tuple[Metric, ...] = (
    INFO,
    REQUESTS,
    REQUEST_DURATION,
    REMOTE_CALLS,
    REMOTE_DURATION,
    PAYMENTS,
    ORDERS,
    NOTIFICATIONS,
    ACTS,
    FINDINGS,
    OPEN_FINDINGS,
    OLDEST_FINDING,
    LAST_PASS,
    PASS_DURATION,
    LEDGERS,
    QUEUE,
    BREAKERS,
    SLOTS,
    RATE_LIMITED,
    POLICY_VIOLATIONS,
    ALARMS,
)
