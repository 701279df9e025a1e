"""Builds the settings of each store from those that may differ by store, and checks that they agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import TypeVar

from pydantic import SecretStr

from monext_bridge.config import parsing
from monext_bridge.config.contracts import contracts, is_by_method
from monext_bridge.config.parsing import HTTPS_WANTED
from monext_bridge.config.reading import ByStore, Environment, sure
from monext_bridge.config.values import (
    CaptureType,
    Contracts,
    MonextCredentials,
    MonextEnvironment,
    PaymentMethod,
    Stores,
    StoreSettings,
)

T = TypeVar("T")
Faults = Iterator[tuple[str, str]]
"""Each is a setting, or a setting and a store, and what is wrong with it."""

API_HOSTS = {
    MonextEnvironment.HOMOLOGATION: "https://api-sandbox.retail.monext.com",
    MonextEnvironment.PRODUCTION: "https://api.retail.monext.com",
}
WIDGET_HOSTS = {
    MonextEnvironment.HOMOLOGATION: "https://homologation-payment.cdn.payline.com",
    MonextEnvironment.PRODUCTION: "https://payment.cdn.payline.com",
}


@dataclass(frozen=True, slots=True)
class Readings:
    """Holds what the environment says about stores.

    The first five make a store payable; the others only add to it.
    """

    api_key: ByStore[SecretStr]
    environment: ByStore[MonextEnvironment]
    point_of_sale: ByStore[str]
    capture: ByStore[CaptureType]
    session_minutes: ByStore[int]
    contracts: ByStore[Contracts]
    return_url: ByStore[str]
    cancel_url: ByStore[str]
    api_url: str | None
    widget_url: str | None

    def maps(self, *, essential: bool = False) -> dict[str, frozenset[str]]:
        """Returns the settings that are given by store, with the stores that each names.

        `essential` keeps to the first five.
        """
        found = [getattr(self, each.name) for each in fields(self)]
        chosen = found[:5] if essential else found
        return {
            each.name: each.keys for each in chosen if isinstance(each, ByStore) and each.keys is not None
        }

    def environments(self) -> set[MonextEnvironment]:
        return set(self.environment.values())


def read_stores(environment: Environment) -> Readings:
    def by_store(name: str, parse: Callable[[str], T]) -> ByStore[T]:
        return environment.read_by_store(name, lambda value: parse(parsing.plain(value)))

    return Readings(
        api_key=by_store("MONEXT_API_KEY", parsing.api_key),
        environment=by_store("MONEXT_ENVIRONMENT", parsing.one_of(MonextEnvironment)),
        point_of_sale=by_store("MONEXT_POINT_OF_SALE_REF", parsing.monext_id),
        capture=by_store("MONEXT_CAPTURE_TYPE", parsing.one_of(CaptureType)),
        session_minutes=by_store("MONEXT_SESSION_MINUTES", parsing.number(10, 90)),
        contracts=environment.read_by_store("MONEXT_PAYMENT_METHOD_IDS", contracts, is_value=is_by_method),
        return_url=environment.read_by_store("RETURN_URL", parsing.landing_page_url),
        cancel_url=environment.read_by_store("CANCEL_URL", parsing.landing_page_url),
        api_url=environment.read("MONEXT_API_URL", parsing.base_url_without("/v1")),
        widget_url=environment.read("MONEXT_WIDGET_URL", parsing.base_url_without("/cdn")),
    )


def check_stores(readings: Readings, environment: Environment) -> None:
    """Notes what can't be right between the settings of stores."""
    for fault in (*_mixed(readings), *_gaps(readings), *_insecure(readings), *_wrong_hosts(readings)):
        environment.fault(*fault)


def build_stores(readings: Readings) -> Stores:
    """Builds the settings of all stores. May only be called where nothing has a fault."""
    maps = readings.maps()
    if not maps:
        return Stores(every=_store(readings, None))
    served = sorted(frozenset.intersection(*maps.values()))
    return Stores(by_key={key: _store(readings, key) for key in served}, maps=maps)


def _store(readings: Readings, key: str | None) -> StoreSettings:
    kind = sure(readings.environment.at(key))
    return StoreSettings(
        store_key=key,
        credentials=MonextCredentials(
            api_url=readings.api_url or API_HOSTS[kind], api_key=sure(readings.api_key.at(key))
        ),
        environment=kind,
        point_of_sale=sure(readings.point_of_sale.at(key)),
        capture=sure(readings.capture.at(key)),
        contracts=readings.contracts.at(key) or Contracts(),
        session_minutes=sure(readings.session_minutes.at(key)),
        return_url=readings.return_url.at(key) or None,
        cancel_url=readings.cancel_url.at(key) or None,
        widget_url=readings.widget_url or WIDGET_HOSTS[kind],
    )


def _mixed(readings: Readings) -> Faults:
    """Finds methods among stores: a typo in one method would turn contracts by method into contracts by store."""
    stores: frozenset[str] = frozenset().union(*readings.maps(essential=True).values())
    if (readings.contracts.keys or frozenset()) & set(PaymentMethod) - stores:
        methods = ", ".join(PaymentMethod)
        yield readings.contracts.name, f"mixes methods with other names; methods are {methods}"


def _gaps(readings: Readings) -> Faults:
    """Finds stores that a map leaves out.

    A store that can be paid must be in every map, or each of its carts would be refused. A store that only
    RETURN_URL, CANCEL_URL or MONEXT_PAYMENT_METHOD_IDS name, beside maps of the others, is left alone: a map
    of landing pages may serve several bridges.
    """
    maps = readings.maps()
    stores = readings.maps(essential=True) or maps
    for key in sorted(frozenset().union(*stores.values())):
        for name in (name for name, keys in maps.items() if key not in keys):
            yield name, f'names no value for store "{key}"'


def _insecure(readings: Readings) -> Faults:
    """Finds landing pages over http, which only stores without real money may have (and only on localhost)."""
    for landing in (readings.return_url, readings.cancel_url):
        for key in landing.keys or readings.environment.keys or (None,):
            url = landing.at(key) or ""
            production = readings.environment.at(key) is MonextEnvironment.PRODUCTION
            if production and url.startswith("http:"):
                yield landing.name if landing.keys is None else f'{landing.name}["{key}"]', HTTPS_WANTED


def _wrong_hosts(readings: Readings) -> Faults:
    """Finds a host of Monext that certainly belongs to the other environment."""
    given = (
        ("MONEXT_API_URL", readings.api_url, API_HOSTS),
        ("MONEXT_WIDGET_URL", readings.widget_url, WIDGET_HOSTS),
    )
    for name, url, known in given:
        for kind in readings.environments():
            others = {parsing.url_host(host) for other, host in known.items() if other is not kind}
            if url and parsing.url_host(url) in others:
                yield name, f"is Monext's host of the other environment than MONEXT_ENVIRONMENT={kind}"
