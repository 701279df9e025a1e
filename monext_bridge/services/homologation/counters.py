"""Compares what the running bridge has counted: that Monext called it, and what browsers reported of its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from monext_bridge.config import Settings
from monext_bridge.errors import PageNotFetched
from monext_bridge.gateways.live_page import fetch_metrics
from monext_bridge.observed import read_exposed
from monext_bridge.services.homologation.facts import Found, FoundOut, known, open_still

Counted = Mapping[str, float]
Count = Callable[[], Counted]
"""Reads the counters. Raises PageNotFetched."""

CALLED, VIOLATED, PAGES, PAID = "called ", "violated ", "pages", "paid"
NOTIFIED = "notifications.notify"
PAYMENT_PAGE = "checkout.start"
NONE_CAME = "none came"


def counters_of(settings: Settings) -> Count:
    """Return what reads the counters of the bridge that runs at PUBLIC_URL."""

    def count() -> Counted:
        if not settings.metrics_tokens:
            raise PageNotFetched("METRICS_TOKEN is not set")
        token = settings.metrics_tokens[0].get_secret_value()
        answer = fetch_metrics(f"{settings.public_url}/metrics", token=token)
        if answer.status != 200:
            raise PageNotFetched(f"/metrics answers {answer.status}")
        return read_counters(answer.content.decode())

    return count


def read_counters(text: str) -> Counted:
    """Return the counters that matter here, from Prometheus' text format. Raises ValueError."""
    found: dict[str, float] = {}
    for sample, labels, value in read_exposed(text):
        name = _name(sample, labels)
        if name:
            found[name] = found.get(name, 0) + value
    return found


def grown(before: Counted, after: Counted) -> Counted:
    """Return by how much each counter has grown. One that is lower than before was begun anew."""
    growth = {name: value - before.get(name, 0) for name, value in after.items()}
    return {name: after[name] if value < 0 else value for name, value in growth.items() if value}


def called(before: Counted | None, count: Count) -> FoundOut:
    """Tell whether Monext has called. It has to be asked before the session is read, which ends its calls."""
    growth = _growth(before, count)
    if isinstance(growth, str):
        return open_still(growth)
    calls = {name.removeprefix(CALLED): int(n) for name, n in growth.items() if name.startswith(CALLED)}
    told = ", ".join(f"{n} by {method}" for method, n in sorted(calls.items()))
    return known(calls.keys() == {"GET"}, told) if calls else open_still(NONE_CAME)


def violated(before: Counted | None, count: Count) -> Found:
    """Tell what browsers have reported, once somebody has paid on the bridge's own page."""
    growth = _growth(before, count)
    if isinstance(growth, str):
        yield "widget_policy", open_still(growth)
        return
    reports = {name.removeprefix(VIOLATED): int(n) for name, n in growth.items() if name.startswith(VIOLATED)}
    told = ", ".join(f"{what} {n}" for what, n in sorted(reports.items()))
    pages, paid = int(growth.get(PAGES, 0)), int(growth.get(PAID, 0))
    if reports:
        yield "widget_policy", known(False, told)
    elif pages and paid:
        yield "widget_policy", known(True, f"no report, {pages} pages, {paid} paid")
    else:
        yield "widget_policy", open_still(f"{pages} pages, {paid} paid")


def _growth(before: Counted | None, count: Count) -> Counted | str:
    """Return by how much the counters have grown, or why that is not known."""
    if before is None:
        return "the counters were not read at the beginning"
    try:
        return grown(before, count())
    except (PageNotFetched, ValueError) as error:
        return str(error)


def _name(sample: str, labels: Mapping[str, str]) -> str:
    endpoint, status = labels.get("endpoint"), labels.get("status")
    if sample == "bridge_requests_total" and endpoint == NOTIFIED:
        return f"{CALLED}{labels.get('method')}"
    if sample == "bridge_requests_total" and endpoint == PAYMENT_PAGE and status == "2xx":
        return PAGES
    if sample == "bridge_payments_total" and labels.get("outcome") == "accepted":
        return PAID
    if sample == "bridge_policy_violations_total":
        return f"{VIOLATED}{labels.get('directive')} {labels.get('host')}"
    return ""
