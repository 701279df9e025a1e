"""Defines the settings as the rest of the bridge sees them. Secrets hide themselves in `repr`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pydantic import SecretStr

from monext_bridge.config.branding import BrandingByStore
from monext_bridge.errors import StoreNotConfigured


class Access(StrEnum):
    """Says who may start a cart's payment: whoever knows its id, has a signed link, or has an active shop session."""

    OPEN = "open"
    SIGNED = "signed"
    SESSION = "session"


class CheckoutMode(StrEnum):
    WIDGET = "widget"
    REDIRECT = "redirect"
    DIRECT = "direct"


class MonextEnvironment(StrEnum):
    HOMOLOGATION = "HOMOLOGATION"
    PRODUCTION = "PRODUCTION"


class CaptureType(StrEnum):
    """Says when money is taken. AUTOMATIC: paid when ordered. MANUAL: authorised when ordered, captured later."""

    AUTOMATIC = "AUTOMATIC"
    MANUAL = "MANUAL"


class Expiring(StrEnum):
    """Says what is done with an authorisation that is about to end: it is warned of, captured, or released."""

    WARN = "warn"
    CAPTURE = "capture"
    RELEASE = "release"


class PaymentMethod(StrEnum):
    """Names the methods by which contracts may be listed.

    The list is closed, so that a typo is not taken for a store.
    """

    CB = "CB"
    VISA = "VISA"
    MASTERCARD = "MASTERCARD"
    AMEX = "AMEX"
    APPLE_PAY = "APPLE_PAY"
    GOOGLE_PAY = "GOOGLE_PAY"
    PAYPAL = "PAYPAL"
    BANCONTACT = "BANCONTACT"
    IDEAL = "IDEAL"
    MB_WAY = "MB_WAY"


@dataclass(frozen=True, slots=True)
class CommercetoolsSettings:
    """Holds the project, its API client and its URLs, which have no slash at their end.

    `session_url` is None where no shop session is ever read. `jwks_url` and `jwt_issuer` are those of the
    Merchant Center: both are set, or neither where none of its users ever calls.
    """

    project_key: str
    client_id: str
    client_secret: SecretStr
    auth_url: str
    api_url: str
    session_url: str | None = None
    jwks_url: str | None = None
    jwt_issuer: str | None = None


@dataclass(frozen=True, slots=True)
class MonextCredentials:
    """Holds a key and its host.

    `api_url` has no `/v1`. `api_key` is base64 of `merchantId:accessKey`, without the word `Basic`.
    """

    api_url: str
    api_key: SecretStr


@dataclass(frozen=True, slots=True)
class Contracts:
    """Holds contract numbers in the order in which buyers see them. No ids mean all of the point of sale.

    `by_method` is empty where they were given as a list.
    """

    ids: tuple[str, ...] = ()
    by_method: Mapping[PaymentMethod, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Holds what is set for the carts of one store. `store_key` is None for carts without a store.

    `/cdn/scripts/widget-min.js` and `/cdn/styles/widget-min.css` are appended to `widget_url`.
    """

    store_key: str | None
    credentials: MonextCredentials
    environment: MonextEnvironment
    point_of_sale: str
    capture: CaptureType
    contracts: Contracts
    session_minutes: int
    return_url: str | None
    cancel_url: str | None
    widget_url: str


@dataclass(frozen=True, slots=True)
class Stores:
    """Holds the settings of every store that is known from the environment.

    `every` is for all carts, where no setting is given by store. Otherwise `by_key` has the stores that every
    map names. `maps` says which stores each map names, for the answer to a cart of another store.
    """

    every: StoreSettings | None = None
    by_key: Mapping[str, StoreSettings] = field(default_factory=dict)
    maps: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """Holds all settings.

    Of `secret_keys` and `link_secrets` the first signs, and all verify. `allowed_url_hosts` are in the form
    of `url_host`. Of `interfaces` the first is written. `capture_on_shipment` are shipment states of
    commercetools; it is empty where shipments capture nothing. `events_secret` is None where no subscription
    may call. `redis_url` is None where processes share nothing. `reconcile_in_web` says whether the web keeps
    a process for reconciliation, once a machine. `shop_origins` are in the form in which browsers send an
    `Origin`.
    """

    commercetools: CommercetoolsSettings
    by_store: Stores
    public_url: str
    secret_keys: tuple[SecretStr, ...]
    link_secrets: tuple[SecretStr, ...]
    access: Access
    mode: CheckoutMode
    order_creation: bool
    late_capture: bool
    expiring: Expiring
    capture_on_shipment: frozenset[str]
    events_secret: SecretStr | None
    events_oidc_audience: str | None
    currencies: frozenset[str]
    interfaces: tuple[str, ...]
    allowed_url_hosts: frozenset[str]
    redis_url: SecretStr | None
    trusted_proxies: int
    reconcile_in_web: bool
    port: int
    web_concurrency: int
    log_level: str
    branding: BrandingByStore
    shop_origins: frozenset[str]

    def store(self, store_key: str | None) -> StoreSettings:
        """Returns the settings of a store.

        Raises StoreNotConfigured where a map does not name it. No other store ever stands in.
        """
        if self.by_store.every is not None:
            return replace(self.by_store.every, store_key=store_key)
        known = self.by_store.by_key.get(store_key) if store_key is not None else None
        if known is not None:
            return known
        missing = (name for name, keys in self.by_store.maps.items() if store_key not in keys)
        raise StoreNotConfigured(store_key=store_key, setting=next(missing))

    def stores(self) -> tuple[StoreSettings, ...]:
        """Returns all stores known from the settings; a single one without a key where they hold for all."""
        if self.by_store.every is not None:
            return (self.by_store.every,)
        return tuple(self.by_store.by_key.values())
