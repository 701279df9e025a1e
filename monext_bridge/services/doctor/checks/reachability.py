"""Checks that each remote can be reached: its name, a connection, TLS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from monext_bridge.config import Settings
from monext_bridge.gateways.probe import Reach, Stage, reach
from monext_bridge.services.doctor.examination import Examination
from monext_bridge.services.doctor.findings import Diagnosis, fault, ok, warning

ADVICE = {
    Stage.NAME: "See whether the address is spelt right, and whether this machine has a nameserver.",
    Stage.CONNECTION: "See whether a firewall lets the bridge out, and whether the address is right.",
    Stage.TLS: "See whether a proxy in between breaks TLS; the remotes speak TLS 1.2 and later.",
    Stage.CERTIFICATE: "See whether a proxy in between shows its own certificate, and whether the address is right.",
}


def reachability(settings: Settings) -> Iterator[Examination]:
    """Yield a check for each address, once for each host, however many settings name it."""
    seen: set[tuple[str, str]] = set()
    for name, url, by_browsers in _addresses(settings):
        host = urlsplit(url).netloc
        if (key := (urlsplit(url).scheme, host)) not in seen:
            seen.add(key)
            yield Examination(f"{name} ({host})", _check(name, url, by_browsers=by_browsers), setting=name)


def _addresses(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """Yield each address with the setting that decides it, and whether only browsers need it."""
    project = settings.commercetools
    yield "CTP_AUTH_URL", project.auth_url, False
    yield "CTP_API_URL", project.api_url, False
    if project.session_url:
        yield "CTP_SESSION_URL", project.session_url, False
    if project.jwks_url:
        yield "CTP_JWKS_URL", project.jwks_url, False
    own_host = settings.monext_hosts.api_url is not None
    for store in settings.stores():
        yield ("MONEXT_API_URL" if own_host else "MONEXT_ENVIRONMENT"), store.credentials.api_url, False
    own_widget = settings.monext_hosts.widget_url is not None
    for store in settings.stores():
        yield ("MONEXT_WIDGET_URL" if own_widget else "MONEXT_ENVIRONMENT"), store.widget_url, True


def _check(name: str, url: str, *, by_browsers: bool) -> Callable[[], tuple[Diagnosis, ...]]:
    return lambda: (_finding(name, urlsplit(url).netloc, reach(url), by_browsers=by_browsers),)


def _finding(name: str, host: str, found: Reach, *, by_browsers: bool) -> Diagnosis:
    if found.stage is Stage.REACHED:
        return ok("remote_reached", f"{host} is reached", setting=name)
    why = f" ({found.why})" if found.why else ""
    what = f"{host} is not reached: {found.stage}{why}"
    if by_browsers:
        advice = "Only browsers load the widget from there, so this may be the bridge's network alone."
        return warning("widget_not_reached", what, setting=name, advice=advice, outside=True)
    return fault("remote_not_reached", what, setting=name, advice=ADVICE[found.stage], outside=True)
