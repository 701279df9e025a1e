"""Takes what happens from all rooms, as the log does, and counts it. None of it raises or waits."""

from __future__ import annotations

from monext_bridge import __version__
from monext_bridge.observed import catalogue, known
from monext_bridge.observed.alarms import watch_log
from monext_bridge.observed.beginning import LabelWords, series_at_zero
from monext_bridge.observed.catalogue import NONE
from monext_bridge.observed.instruments import instruments_here
from monext_bridge.observed.known import Known

_instruments, _known = instruments_here(), Known()


def observe(words: LabelWords) -> None:
    """Let labels have these words, and begin to count the alarms of the log. May be repeated."""
    _known.learn(stores=words.stores, hosts=words.hosts, one_for_all=words.one_for_all)
    _instruments.put(catalogue.INFO, 1, __version__)
    watch_log(lambda name: _instruments.add(catalogue.ALARMS, name))
    for metric, labels in series_at_zero(words, stores=_known.stores()):
        _instruments.begin(metric, *labels)


def request_answered(endpoint: str | None, *, method: str, status: int, seconds: float) -> None:
    """Count a request. `endpoint` is the name of its route, and None where there is none."""
    named = endpoint or NONE
    _instruments.add(catalogue.REQUESTS, named, known.http_method(method), f"{status // 100}xx")
    _instruments.observe(catalogue.REQUEST_DURATION, seconds, named)


def remote_answered(remote: str, *, operation: str, store: str | None, outcome: str, seconds: float) -> None:
    """Count an attempt to call a remote. `operation` is a template, and never a path."""
    _instruments.add(catalogue.REMOTE_CALLS, remote, operation, _known.store(store), outcome)
    _instruments.observe(catalogue.REMOTE_DURATION, seconds, remote, operation)


def payment_recorded(outcome: str, *, method: str, store: str | None) -> None:
    """Count what a record says first now. `method` is a code that the bridge knows, `none` or `other`."""
    _instruments.add(catalogue.PAYMENTS, outcome, method, _known.store(store))


def order_made(store: str | None) -> None:
    _instruments.add(catalogue.ORDERS, _known.store(store))


def notification_received() -> None:
    _instruments.add(catalogue.NOTIFICATIONS)


def act_ended(kind: str | None, *, outcome: str, principal: str) -> None:
    """Count an act. `principal` is a kind of principal, and no id."""
    _instruments.add(catalogue.ACTS, kind or NONE, outcome, principal)


def finding_made(follow_up: str, *, status: str) -> None:
    _instruments.add(catalogue.FINDINGS, follow_up, status)


def findings_open(number: int, *, oldest: float | None) -> None:
    """Take how many findings ask for somebody, and when the oldest was found, in Unix seconds."""
    _instruments.put(catalogue.OPEN_FINDINGS, number)
    _instruments.put(catalogue.OLDEST_FINDING, oldest or 0)


def pass_finished(at: float, *, seconds: float) -> None:
    """Take when a pass finished, in Unix seconds, and how long it took."""
    _instruments.put(catalogue.LAST_PASS, at)
    _instruments.put(catalogue.PASS_DURATION, seconds)


def ledgers_compared(until: float) -> None:
    """Take until when everything that was due has been compared with Monext's ledger, in Unix seconds."""
    _instruments.put(catalogue.LEDGERS, until)


def tasks_queued(number: int) -> None:
    _instruments.put(catalogue.QUEUE, number)


def breaker_is(remote: str, *, host: str, is_open: bool) -> None:
    _instruments.put(catalogue.BREAKERS, float(is_open), remote, _known.host(host))


def slot_entered(of: str) -> None:
    _instruments.move(catalogue.SLOTS, 1, of)


def slot_left(of: str) -> None:
    _instruments.move(catalogue.SLOTS, -1, of)


def rate_limit_exceeded(limit: str) -> None:
    _instruments.add(catalogue.RATE_LIMITED, limit)


def policy_violated(directive: str, *, host: str) -> None:
    """Count a violation, whose words are of closed lists already."""
    _instruments.add(catalogue.POLICY_VIOLATIONS, directive, host)


def forget_ended_processes() -> None:
    """Take processes that have ended out of the gauges of what is going on."""
    _instruments.forget_ended()


def exposed_metrics() -> bytes:
    """Return all metrics in Prometheus' text format. Raises OSError where the folder is gone."""
    return _instruments.exposed()
