"""Counts what browsers report against the pages' policy, by directive and host, and keeps nothing else.

Anybody can send a report, and an honest one may hold any address that a browser has open. So only words of closed
lists are kept: directives of ours, and hosts that the policy names itself. Two formats are sent:
https://www.w3.org/TR/CSP3/#deprecated-serialize-violation and https://www.w3.org/TR/reporting-1/.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from monext_bridge import observed
from monext_bridge.config import Settings
from monext_bridge.logs import event
from monext_bridge.web.http.headers import OWN
from monext_bridge.web.http.picture_sources import picture_origins
from monext_bridge.web.http.widget_sources import Sources, wallet_sources, widget_sources

log = logging.getLogger(__name__)

WITHOUT_HOST = frozenset({"inline", "eval", "wasm-eval", "data", "blob", "self"})
"""What a report names where nothing was loaded from a host."""

SAID_EVERY = 3600.0
"""Seconds in which one directive and host are logged once a process."""

PARTS = ("-elem", "-attr")
"""Endings of directives that we leave to the shorter ones."""

Violation = tuple[str, str]
"""A directive and a host, each of a closed list."""


def named_hosts(settings: Settings) -> frozenset[str]:
    """Return the hosts that the policy of some page of these settings names, without wildcards."""
    sources: list[Sources] = [
        settings.payment_page.extra_sources,
        {"img-src": picture_origins(settings)},
    ]
    for store in settings.stores():
        sources.append(widget_sources(store.widget_url, store.environment))
        sources.extend(wallet_sources(store.contracts, nonce=""))
    urls = {url for each in sources for origins in each.values() for url in origins}
    return frozenset(host for url in urls if (host := _host(url)) and "*" not in host)


class PolicyReports:
    """Counts violations, and logs each kind of them once an hour. Thread-safe."""

    def __init__(self, hosts: Iterable[str], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._hosts, self._clock, self._lock = frozenset(hosts), clock, Lock()
        self._said = dict[Violation, float]()

    def take(self, document: Any) -> None:
        """Count what a browser sent, read as JSON. What is no report of a policy counts nothing."""
        for body in _bodies(document):
            self._count(_directive(body), self._classified(body))

    def _classified(self, body: Mapping[str, Any]) -> str:
        blocked = body.get("blockedURL", body.get("blocked-uri"))
        if not isinstance(blocked, str):
            return observed.OTHER
        if blocked in WITHOUT_HOST:
            return blocked
        host = _host(blocked)
        return host if host in self._hosts else observed.OTHER

    def _count(self, directive: str, host: str) -> None:
        observed.policy_violated(directive, host=host)
        now = self._clock()
        with self._lock:
            if now - self._said.get((directive, host), -SAID_EVERY) < SAID_EVERY:
                return
            self._said[directive, host] = now
        then = "if a payment page is in trouble, docs/configuration.md says how to let a host in"
        event(log, "policy_violated", level=logging.WARNING, directive=directive, host=host, then=then)


def _bodies(document: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the reports about a policy, whichever of the two formats they have."""
    for each in document if isinstance(document, list) else [document]:
        if not isinstance(each, dict):
            continue
        body = each.get("body") if each.get("type") == "csp-violation" else each.get("csp-report")
        if isinstance(body, dict):
            yield body


def _directive(body: Mapping[str, Any]) -> str:
    for member in ("effectiveDirective", "effective-directive", "violated-directive"):
        told = body.get(member)
        if isinstance(told, str) and told:
            name = told.split(maxsplit=1)[0] if told.strip() else ""
            for part in PARTS:
                name = name.removesuffix(part)
            return name if name in OWN else observed.OTHER
    return observed.OTHER


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
