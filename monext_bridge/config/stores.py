"""Holds what may differ by store, and builds it for each store that can be paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from monext_bridge.config import parsing, secrets
from monext_bridge.config.by_store import Readings
from monext_bridge.config.choices import CaptureType, Challenge, MonextEnvironment, PaymentMethod
from monext_bridge.config.contracts import Contracts, contract_numbers, contracts, is_by_method
from monext_bridge.config.declaring import (
    ISSUED_BITS,
    Group,
    JsonReader,
    MapRule,
    Secret,
    build,
    declared_settings,
    declares,
    section,
    setting,
)

API_HOSTS = {
    MonextEnvironment.HOMOLOGATION: "https://api-sandbox.retail.monext.com",
    MonextEnvironment.PRODUCTION: "https://api.retail.monext.com",
}
WIDGET_HOSTS = {
    MonextEnvironment.HOMOLOGATION: "https://homologation-payment.cdn.payline.com",
    MonextEnvironment.PRODUCTION: "https://payment.cdn.payline.com",
}

LONGEST_DESCRIPTOR = 127
"""Limits `payment.softDescriptor` of Monext's SessionRequest, in UTF-16 units."""

LONGEST_PAGE_CODE = 255


@declares
class MonextHosts:
    """Holds the hosts that stand in for Monext's own, for all stores."""

    api_url: str | None = setting(
        "MONEXT_API_URL",
        parsing.base_url_without("/v1"),
        "another API host, without `/v1`",
        otherwise="Monext's, by environment",
        https=True,
        group=Group.MONEXT,
        note="Other hosts than Monext's own, for a sandbox: the first without /v1, the second without /cdn",
    )
    widget_url: str | None = setting(
        "MONEXT_WIDGET_URL",
        parsing.base_url_without("/cdn"),
        "another host of the widget",
        otherwise="Monext's, by environment",
        https=True,
        group=Group.MONEXT,
        note="",
    )


@declares
class MonextCredentials:
    """Holds the keys of one merchant and their host.

    `api_url` has no `/v1`. `api_keys` are base64 of `merchantId:accessKey`, without the word `Basic`; the first is
    used, the next where it is refused. `store_key` is the store that calls with them, for metrics.
    """

    api_url: str
    store_key: str | None = None
    api_keys: tuple[SecretStr, ...] = setting(
        "MONEXT_API_KEY",
        secrets.api_keys,
        "base64 of `merchantId:accessKey`, with or without the word `Basic`; a comma list of keys of one merchant "
        "rotates: the first is used, the next where it is refused (401)",
        required=True,
        secret=Secret(least_bits=ISSUED_BITS, part=secrets.access_key),
        by_store=MapRule.ESSENTIAL,
        group=Group.MONEXT,
        note="Monext (by store): base64 of merchantId:accessKey, HOMOLOGATION or PRODUCTION, point of sale reference",
    )

    @property
    def merchant_id(self) -> str:
        return secrets.merchant_id(self.api_keys[0].get_secret_value())


@declares
class SessionWishes:
    """Holds what is passed on to Monext as it is.

    `fallback_method_ids` are the contracts that Monext offers where the first ones fail, `page_code` names a
    template of its page, `soft_descriptor` is for the buyer's statement.
    """

    fallback_method_ids: tuple[str, ...] = setting(
        "MONEXT_FALLBACK_METHOD_IDS",
        JsonReader(contract_numbers),
        "contract numbers that Monext offers where the first ones fail, a comma list; not used where a link or a "
        "session chooses the methods",
        otherwise="no second choice",
        factory=tuple[str, ...],
        by_store=MapRule.OPTIONAL,
        group=Group.MONEXT,
        note="Optional: contracts that are offered where the first ones fail, a comma list; code of a template of "
        "Monext's page; text on the buyer's statement; wish for a challenge of 3-D Secure",
    )
    page_code: str | None = setting(
        "MONEXT_PAGE_CODE",
        parsing.text_of_at_most(LONGEST_PAGE_CODE),
        "code of a template of Monext's page",
        otherwise="that of the point of sale",
        by_store=MapRule.OPTIONAL,
        group=Group.MONEXT,
        note="",
    )
    soft_descriptor: str | None = setting(
        "MONEXT_SOFT_DESCRIPTOR",
        parsing.text_of_at_most(LONGEST_DESCRIPTOR),
        "text on the buyer's statement, at most 127 characters; cards ignore it",
        otherwise="that of the contract",
        by_store=MapRule.OPTIONAL,
        group=Group.MONEXT,
        note="",
    )
    challenge: Challenge | None = setting(
        "MONEXT_CHALLENGE",
        parsing.one_of(Challenge),
        "wish for a challenge of 3-D Secure: `NO_PREFERENCE`, `ISSUER_TRA`, `CHALLENGE_REQUESTED`, "
        "`CHALLENGE_MANDATE`, `ACQUIRER_TRA` or `CB_SCORING`",
        otherwise="`NO_PREFERENCE`",
        by_store=MapRule.OPTIONAL,
        group=Group.MONEXT,
        note="",
    )


@declares
class StoreSettings:
    """Holds what is set for the carts of one store. `store_key` is None for carts without a store.

    `/cdn/scripts/widget-min.js` and `/cdn/styles/widget-min.css` are appended to `widget_url`.
    """

    store_key: str | None
    widget_url: str
    credentials: MonextCredentials = section(MonextCredentials)
    environment: MonextEnvironment = setting(
        "MONEXT_ENVIRONMENT",
        parsing.one_of(MonextEnvironment),
        "`HOMOLOGATION` or `PRODUCTION`",
        required=True,
        by_store=MapRule.ESSENTIAL,
        group=Group.MONEXT,
        example="HOMOLOGATION",
        note="",
    )
    point_of_sale: str = setting(
        "MONEXT_POINT_OF_SALE_REF",
        parsing.monext_id,
        "point of sale reference",
        required=True,
        by_store=MapRule.ESSENTIAL,
        group=Group.MONEXT,
        note="",
    )
    capture: CaptureType = setting(
        "MONEXT_CAPTURE_TYPE",
        parsing.one_of(CaptureType),
        "`AUTOMATIC` (payment on order) or `MANUAL` (payment on shipment)",
        default="AUTOMATIC",
        by_store=MapRule.ESSENTIAL,
        group=Group.MONEXT,
        note="AUTOMATIC: paid when ordered; MANUAL: authorised then, captured when shipped",
    )
    contracts: Contracts = setting(
        "MONEXT_PAYMENT_METHOD_IDS",
        JsonReader(contracts, is_value=is_by_method),
        'contract numbers: a comma list, or JSON by method `{"CB": "123", "IDEAL": "456"}`',
        otherwise="all of the point of sale",
        factory=Contracts,
        by_store=MapRule.COMPLETE,
        group=Group.MONEXT,
        note='Contract numbers: a comma list, or by method {"CB": "123", "IDEAL": "456"}; none: all of the point of '
        f"sale. Methods: {' '.join(PaymentMethod)}",
    )
    session_minutes: int = setting(
        "MONEXT_SESSION_MINUTES",
        parsing.number(10, 90),
        "payment time limit that Monext has for the point of sale, 10 to 90",
        default="30",
        by_store=MapRule.ESSENTIAL,
        group=Group.MONEXT,
        note="Payment time limit that Monext has for the point of sale, 10 to 90 minutes",
    )
    wishes: SessionWishes = section(SessionWishes)
    return_url: str | None = setting(
        "RETURN_URL",
        JsonReader(parsing.landing_page_url),
        "the shop's page after a payment",
        otherwise="the bridge shows its own result",
        by_store=MapRule.COMPLETE,
        https=True,
        group=Group.LANDING_PAGES,
        example="https://shop.example.com/thanks",
        note="The shop's pages after a payment, and after one that was not made (by store); none: the bridge's own "
        "result page",
    )
    cancel_url: str | None = setting(
        "CANCEL_URL",
        JsonReader(parsing.landing_page_url),
        "the shop's page after a payment that was not made",
        otherwise="the bridge shows its own result",
        by_store=MapRule.COMPLETE,
        https=True,
        group=Group.LANDING_PAGES,
        example="https://shop.example.com/cart",
        note="",
    )


@dataclass(frozen=True, slots=True)
class Stores:
    """Holds the settings of every store that is known from the environment.

    Where a map that is not optional is given, `by_key` has the stores that all such maps name, and `maps` says which
    stores each names, for the answer to a cart of another store. Otherwise `every` is for all carts but those of the
    stores that optional maps name, which are in `by_key`.
    """

    every: StoreSettings | None = None
    by_key: Mapping[str, StoreSettings] = field(default_factory=dict)
    maps: Mapping[str, frozenset[str]] = field(default_factory=dict)


def maps_by_store(readings: Readings, rule: MapRule) -> dict[str, frozenset[str]]:
    """Returns the settings of stores with this rule that are given by store, with the stores that each names."""
    names = (each.name for each in declared_settings(StoreSettings) if each.by_store is rule)
    return {name: keys for name in names if (keys := readings.by_name[name].keys) is not None}


def demanding_maps(readings: Readings) -> dict[str, frozenset[str]]:
    """Returns the maps that must name a store so that it can be paid, the essential ones first."""
    return maps_by_store(readings, MapRule.ESSENTIAL) | maps_by_store(readings, MapRule.COMPLETE)


def build_stores(readings: Readings) -> Stores:
    """Builds the settings of all stores. May only be called where nothing has a fault."""
    if maps := demanding_maps(readings):
        served = frozenset.intersection(*maps.values())
        return Stores(by_key=_by_key(readings, served), maps=maps)
    named = frozenset[str]().union(*(each.keys or () for each in readings.by_name.values()))
    return Stores(every=_store(readings, None), by_key=_by_key(readings, named))


def _by_key(readings: Readings, keys: frozenset[str]) -> dict[str, StoreSettings]:
    return {key: _store(readings, key) for key in sorted(keys)}


def _store(readings: Readings, key: str | None) -> StoreSettings:
    kind = readings.of("MONEXT_ENVIRONMENT", MonextEnvironment).at(key)
    hosts = build(MonextHosts, readings)
    if kind is None:
        raise AssertionError("a store without environment and without fault")
    api_url = hosts.api_url or API_HOSTS[kind]
    return build(
        StoreSettings,
        readings,
        at=key,
        store_key=key,
        widget_url=hosts.widget_url or WIDGET_HOSTS[kind],
        credentials=build(MonextCredentials, readings, at=key, api_url=api_url, store_key=key),
    )
