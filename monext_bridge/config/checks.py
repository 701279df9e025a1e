"""Checks that settings agree with each other: what each says alone is right, or is a fault already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from monext_bridge.config import messages, parsing
from monext_bridge.config.by_store import Readings
from monext_bridge.config.choices import Access, MonextEnvironment, PaymentMethod
from monext_bridge.config.declaring import MapRule, Setting
from monext_bridge.config.parsing import HTTPS_WANTED
from monext_bridge.config.secrets import weak_secrets
from monext_bridge.config.stores import API_HOSTS, WIDGET_HOSTS, demanding_maps, maps_by_store
from monext_bridge.config.values import SETTINGS

Faults = Iterator[tuple[str, str]]
"""Each is a setting, or a setting and a store, and what is wrong with it."""


def disagreements(readings: Readings) -> Faults:
    """Yields what can't be right between settings. A value that has a fault already is left alone."""
    yield from _undecided_access(readings)
    yield from _mixed_contracts(readings)
    yield from _gaps(readings)
    yield from _wrong_hosts(readings)
    yield from _logos_without_name(readings)
    yield from _insecure(readings)
    yield from _useless(readings)
    yield from _unproved_messages(readings)
    yield from _unpaired_clients(readings)
    if _is_production(readings):
        yield from weak_secrets(SETTINGS, readings)


def _undecided_access(readings: Readings) -> Faults:
    """Access is open by default only where no store takes real money. Elsewhere somebody has to decide."""
    if _is_production(readings) and "CHECKOUT_ACCESS" not in readings.given:
        yield "CHECKOUT_ACCESS", "is required with MONEXT_ENVIRONMENT=PRODUCTION"


def _mixed_contracts(readings: Readings) -> Faults:
    """Finds methods among stores: a typo in one method would turn contracts by method into contracts by store."""
    contracts = readings.by_name["MONEXT_PAYMENT_METHOD_IDS"]
    stores: frozenset[str] = frozenset().union(*maps_by_store(readings, MapRule.ESSENTIAL).values())
    if (contracts.keys or frozenset()) & set(PaymentMethod) - stores:
        methods = ", ".join(PaymentMethod)
        yield contracts.name, f"mixes methods with other names; methods are {methods}"


def _gaps(readings: Readings) -> Faults:
    """Finds stores that a map leaves out.

    A store that can be paid must be in every map that is not optional, or each of its carts would be refused. A
    store that only RETURN_URL, CANCEL_URL or MONEXT_PAYMENT_METHOD_IDS name, beside maps of the others, is left
    alone: a map of landing pages may serve several bridges.
    """
    maps = demanding_maps(readings)
    stores = maps_by_store(readings, MapRule.ESSENTIAL) or maps
    for key in sorted(frozenset().union(*stores.values())):
        for name in (name for name, keys in maps.items() if key not in keys):
            yield name, f'names no value for store "{key}"'


def _wrong_hosts(readings: Readings) -> Faults:
    """Finds a host of Monext that certainly belongs to the other environment."""
    for name, known in (("MONEXT_API_URL", API_HOSTS), ("MONEXT_WIDGET_URL", WIDGET_HOSTS)):
        url = readings.of(name, str).every
        for kind in _environments(readings):
            others = {parsing.url_host(host) for other, host in known.items() if other is not kind}
            if url and parsing.url_host(url) in others:
                yield name, f"is Monext's host of the other environment than MONEXT_ENVIRONMENT={kind}"


def _logos_without_name(readings: Readings) -> Faults:
    """Finds a logo without a name, which is its text."""
    logo, name = readings.of("SHOP_LOGO", str), readings.of("SHOP_NAME", str)
    for key in sorted(logo.keys or ()):
        if not name.at(key):
            yield name.name, f'is needed by {logo.name}["{key}"]'
    if logo.every and not name.values():
        yield name.name, f"is needed by {logo.name}"


def _insecure(readings: Readings) -> Faults:
    """Finds addresses over http beside real money. Without it they may be on localhost."""
    for setting in (each for each in SETTINGS if each.https):
        if setting.by_store in (MapRule.ESSENTIAL, MapRule.COMPLETE):
            yield from _insecure_by_store(setting, readings)
        elif _is_production(readings) and _any_insecure(readings.by_name[setting.name].values()):
            yield setting.name, HTTPS_WANTED


def _insecure_by_store(setting: Setting, readings: Readings) -> Faults:
    """Finds them where they matter to the one store alone, which may be in homologation beside others."""
    found = readings.by_name[setting.name]
    environment = readings.of("MONEXT_ENVIRONMENT", MonextEnvironment)
    keys = found.keys or environment.keys
    for key in sorted(keys) if keys else (None,):
        production = environment.at(key) is MonextEnvironment.PRODUCTION
        if production and _any_insecure([found.at(key)]):
            yield setting.name if found.keys is None else f'{setting.name}["{key}"]', HTTPS_WANTED


def _useless(readings: Readings) -> Faults:
    """Finds a setting that would do nothing alone, but would look as if it did."""
    access, sessions = readings.of("CHECKOUT_ACCESS", Access), readings.of("CTP_SESSION_URL", str)
    if access.every is Access.SESSION and not sessions.every:
        yield sessions.name, f"is needed by {access.name}={Access.SESSION}"
    for each in (each for each in SETTINGS if each.name in readings.given):
        if each.needs and each.needs not in readings.given:
            yield each.needs, f"is needed by {each.name}"


def _unproved_messages(readings: Readings) -> Faults:
    """Finds messages that nothing could prove: only SNS signs an envelope, and a Google token alone names nobody."""
    if {"EVENTS_SECRET", "EVENTS_OIDC_EMAILS"} & readings.given:
        return
    topics: frozenset[str] = readings.of("EVENTS_TOPICS", frozenset).every or frozenset()
    if "EVENTS_OIDC_AUDIENCE" in readings.given:
        yield "EVENTS_SECRET", "is needed by EVENTS_OIDC_AUDIENCE (or EVENTS_OIDC_EMAILS is)"
    if not all(messages.SNS_TOPIC.fullmatch(topic) for topic in topics):
        yield "EVENTS_SECRET", "is needed by EVENTS_TOPICS that are not of SNS (or EVENTS_OIDC_EMAILS is)"


def _unpaired_clients(readings: Readings) -> Faults:
    """Finds API clients without their secret, or secrets without their client."""
    ids, secrets = readings.of("CTP_CLIENT_ID", tuple).every, readings.of("CTP_CLIENT_SECRET", tuple).every
    if ids and secrets and len(ids) != len(secrets):
        yield "CTP_CLIENT_SECRET", "must have as many elements as CTP_CLIENT_ID: they are read in pairs"


def _any_insecure(values: Iterable[object]) -> bool:
    return any(url.startswith("http:") for value in values for url in _addresses(value))


def _addresses(value: object) -> Iterator[str]:
    """Yields the addresses of a value: an address, a list of them, or an object whose members are addresses."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, Iterable):
        yield from value


def _environments(readings: Readings) -> set[MonextEnvironment]:
    return set(readings.of("MONEXT_ENVIRONMENT", MonextEnvironment).values())


def _is_production(readings: Readings) -> bool:
    """Tells whether any store takes real money."""
    return MonextEnvironment.PRODUCTION in _environments(readings)
