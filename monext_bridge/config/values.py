"""Declares all settings, in the order of the table, as the rest of the bridge sees them. Secrets hide in `repr`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from pydantic import SecretStr

from monext_bridge.config import messages, parsing, secrets
from monext_bridge.config.branding import Branding, BrandingByStore, shop_origins
from monext_bridge.config.by_store import Readings
from monext_bridge.config.choices import Access, CheckoutMode, Expiring
from monext_bridge.config.commercetools import CommercetoolsSettings, amounts_by_client
from monext_bridge.config.declaring import (
    CHOSEN,
    ISSUED_BITS,
    Group,
    JsonReader,
    Secret,
    Setting,
    declared_settings,
    declares,
    section,
    setting,
)
from monext_bridge.config.payment_page import PaymentPage
from monext_bridge.config.stores import MonextHosts, Stores, StoreSettings
from monext_bridge.errors import StoreNotConfigured

MOST_PROXIES = 10
MOST_WORKERS = 256
MOST_MINUTES_REFUSED = 7 * 24 * 60
"""An authorisation lasts seven days."""


def secrets_of_references(readings: Readings) -> tuple[SecretStr, ...]:
    return readings.of("SECRET_KEY", tuple).every or ()


def landing_hosts(readings: Readings) -> frozenset[str]:
    """Returns the hosts of all landing pages, also of stores that are not sold here."""
    urls = (*readings.of("RETURN_URL", str).values(), *readings.of("CANCEL_URL", str).values())
    return frozenset(parsing.url_host(url) for url in urls)


def access_without_real_money() -> Access:
    """Returns who may pay a cart where nobody has decided, which only homologation leaves open."""
    return Access.OPEN


@declares
class Settings:
    """Holds all settings.

    Of `secret_keys` and `link_secrets` the first signs, and all verify. `allowed_url_hosts` are in the form
    of `url_host`. Of `interfaces` the first is written. `capture_on_shipment` are shipment states of
    commercetools; it is empty where shipments capture nothing. Any of `events_secrets` proves a
    subscription. `redis_url` is None where processes share nothing. `reconcile_in_web` says whether the web keeps
    a process for reconciliation, once a machine. `shop_origins` are in the form in which browsers send an
    `Origin`.
    """

    commercetools: CommercetoolsSettings = section(CommercetoolsSettings)
    by_store: Stores = section(StoreSettings)
    public_url: str = setting(
        "PUBLIC_URL",
        parsing.public_url,
        "where buyers and Monext reach the bridge; at most 99 characters",
        required=True,
        https=True,
        group=Group.ADDRESS_AND_SECRETS,
    )
    secret_keys: tuple[SecretStr, ...] = setting(
        "SECRET_KEY",
        secrets.signing_secrets,
        "signs references; at least 16 characters; a comma list rotates: the first signs, all verify",
        required=True,
        secret=CHOSEN,
        group=Group.ADDRESS_AND_SECRETS,
        note="Signs references: at least 16 characters, for example of `openssl rand -base64 33`. To rotate, put the "
        "new one before the old one, with a comma: the first signs, all verify.",
    )
    link_secrets: tuple[SecretStr, ...] = setting(
        "LINK_SECRET",
        secrets.signing_secrets,
        "signs checkout links; rotates likewise",
        otherwise="`SECRET_KEY`",
        derived=secrets_of_references,
        secret=CHOSEN,
        group=Group.ADDRESS_AND_SECRETS,
        note="Signs checkout links, and may be given to the shop; rotates likewise; none: SECRET_KEY",
    )
    access: Access = setting(
        "CHECKOUT_ACCESS",
        parsing.one_of(Access),
        "who may pay a cart: `open` (knowing its id is enough), `signed` or `session`",
        otherwise="`open` in homologation, required in production",
        factory=access_without_real_money,
        example="signed",
        note="Who may pay a cart: open (knowing its id is enough), signed or session. None: open; required with "
        "PRODUCTION",
    )
    mode: CheckoutMode = setting(
        "CHECKOUT_MODE",
        parsing.one_of(CheckoutMode),
        "`widget`, `redirect` or `direct`",
        default="widget",
    )
    order_creation: bool = setting(
        "ORDER_CREATION",
        parsing.on_off,
        "`on`: the order is made once the money is there; or `off`",
        default="on",
        note="on: the order is made from the cart once the money is there; off: the shop does it",
        group=Group.ORDERS_AND_MONEY,
    )
    order_refused_after: timedelta = setting(
        "ORDER_REFUSED_AFTER",
        parsing.minutes(0, MOST_MINUTES_REFUSED),
        "minutes, counted from the payment, for which an order that commercetools refuses for a reason of the cart "
        "is tried again before the money goes back; `0`: at once",
        default="60",
        group=Group.ORDERS_AND_MONEY,
    )
    digital_product_types: frozenset[str] = setting(
        "DIGITAL_PRODUCT_TYPES",
        parsing.product_type_keys,
        "keys of product types that are not shipped, comma list: a cart of only such lines needs no delivery address",
        otherwise="every cart needs a delivery address",
        factory=frozenset[str],
        example="download,gift-card",
        note="Keys of product types that are not shipped: a cart of only such lines needs no delivery address",
    )
    late_capture: bool = setting(
        "LATE_CAPTURE",
        parsing.on_off,
        "`on`: what was authorised more than seven days ago is captured as late delivery; or `off`",
        default="off",
        note="on: what was authorised more than seven days ago is still captured, by Monext's late delivery",
        group=Group.ORDERS_AND_MONEY,
    )
    expiring: Expiring = setting(
        "EXPIRING_AUTHORIZATIONS",
        parsing.one_of(Expiring),
        "what reconciliation does with an authorisation in the last of its seven days: "
        "`warn`, `capture` or `release`",
        default="warn",
        group=Group.ORDERS_AND_MONEY,
    )
    client_amount_limits: Mapping[str, int] = setting(
        "CLIENT_AMOUNT_LIMITS",
        JsonReader(amounts_by_client),
        "largest amount of one capture, cancel, refund or reverse that an API client may ask for, in minor units: "
        'JSON `{"<client id>": 50000}`; of a cancel or a reverse it is what goes back',
        otherwise="no limit",
        factory=dict[str, int],
        example='{"aB3dE5gH7jK9mN1pQ3rS5tU7": 50000}',
        note="Largest amount of one act that an API client may ask for, in minor units, JSON by client id. A client "
        "that is not named has no limit.",
        group=Group.ORDERS_AND_MONEY,
    )
    capture_on_shipment: frozenset[str] = setting(
        "CAPTURE_ON_SHIPMENT",
        parsing.shipment_states,
        "shipment states of an order that capture what is open and still owed, comma list; or `off`",
        default="Shipped,Delivered",
        note="Shipment states of an order that capture what is open, or off. They come through a commercetools "
        "subscription, which presents the secret: at least 16 characters, for example of `openssl rand -hex 32`.",
        group=Group.SHIPMENT,
    )
    release_on_cancellation: bool = setting(
        "RELEASE_ON_CANCELLATION",
        parsing.on_off,
        "`on`: an order that becomes Cancelled releases what is not captured; nothing is refunded",
        default="off",
        group=Group.SHIPMENT,
    )
    events_secrets: tuple[SecretStr, ...] = setting(
        "EVENTS_SECRET",
        secrets.presented_secrets,
        "what a commercetools subscription presents, best as a bearer token; at least 16 characters; a comma list "
        "rotates: each is accepted, and so is the whole value",
        otherwise="no secret proves a subscription",
        factory=tuple[SecretStr, ...],
        secret=CHOSEN,
        note="",
        group=Group.SHIPMENT,
    )
    events_topics: frozenset[str] = setting(
        "EVENTS_TOPICS",
        messages.event_topics,
        "topics whose messages are taken, comma list: SNS topic ARNs, whose signature is then proof enough, Pub/Sub "
        "subscriptions, Event Grid topics",
        otherwise="every one that is otherwise proved",
        factory=frozenset[str],
        example="arn:aws:sns:eu-west-1:123456789012:shipments",
        group=Group.SHIPMENT,
    )
    events_oidc_audience: str | None = setting(
        "EVENTS_OIDC_AUDIENCE",
        parsing.text,
        "audience of the tokens with which Google Pub/Sub signs its pushes",
        otherwise="they are not asked for",
        group=Group.SHIPMENT,
    )
    events_oidc_emails: frozenset[str] = setting(
        "EVENTS_OIDC_EMAILS",
        messages.email_addresses,
        "service accounts whose Google tokens are proof enough, comma list",
        otherwise="a token needs the secret beside it",
        factory=frozenset[str],
        needs="EVENTS_OIDC_AUDIENCE",
        example="push@shop-123.iam.gserviceaccount.com",
        group=Group.SHIPMENT,
    )
    currencies: frozenset[str] = setting(
        "CURRENCIES", parsing.currencies, "currencies that may be paid, comma list", default="EUR", note=""
    )
    interfaces: tuple[str, ...] = setting(
        "PAYMENT_INTERFACES",
        parsing.comma_list,
        "names under which payments of this bridge run, comma list; the first is written",
        default="monext",
        note="Names under which payments of this bridge run in commercetools; the first is written",
    )
    allowed_url_hosts: frozenset[str] = setting(
        "ALLOWED_URL_HOSTS",
        parsing.hosts,
        "hosts that landing pages asked for with a request may be on, comma list of `host` or `host:port`",
        otherwise="hosts of `RETURN_URL` and `CANCEL_URL`",
        derived=landing_hosts,
        group=Group.LANDING_PAGES,
        note="Hosts that landing pages named by a request may be on, comma list; none: those of the two above",
    )
    redis_url: SecretStr | None = setting(
        "REDIS_URL",
        secrets.redis_url,
        "Redis that all processes and machines of the bridge share: rate limits, caches, the work queue",
        otherwise="each process has its own limits and caches, and there is no queue",
        secret=Secret(least_bits=ISSUED_BITS, part=secrets.redis_password),
        group=Group.REDIS,
        example="redis://localhost:6379/0",
    )
    monext_hosts: MonextHosts = section(MonextHosts)
    reconcile_in_web: bool = setting(
        "RECONCILE_IN_WEB",
        parsing.on_off,
        "`on`: `gunicorn app:app` also keeps a process that reconciles every minute; "
        "`off` where the `reconcile` process type runs",
        default="on",
        group=Group.RECONCILIATION,
        note="on: gunicorn also keeps a process that reconciles every minute; off where the reconcile process type "
        "runs",
    )
    port: int = setting(
        "PORT",
        parsing.number(1, 65535),
        "port to listen on",
        default="8000",
        group=Group.PROCESSES,
        note="",
    )
    web_concurrency: int = setting(
        "WEB_CONCURRENCY",
        parsing.number(1, MOST_WORKERS),
        "number of worker processes",
        default="2",
        group=Group.PROCESSES,
        note="",
    )
    log_level: str = setting(
        "LOG_LEVEL",
        parsing.log_level,
        "`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`",
        default="INFO",
        group=Group.PROCESSES,
        note="",
    )
    trusted_proxies: int = setting(
        "TRUSTED_PROXIES",
        parsing.number(0, MOST_PROXIES),
        "number of proxies whose forwarding headers count",
        default="1",
        group=Group.PROCESSES,
        note="Number of proxies before the bridge whose forwarding headers count",
    )
    trusted_hosts: frozenset[str] = setting(
        "TRUSTED_HOSTS",
        parsing.host_names,
        "host names that are served, comma list; `/health`, `/ready` and `/metrics` are served under any",
        otherwise="not checked",
        factory=frozenset[str],
        group=Group.PROCESSES,
        example="pay.example.com",
        note="Host names that are served, comma list, as they reach the bridge; none: not checked",
    )
    metrics_tokens: tuple[SecretStr, ...] = setting(
        "METRICS_TOKEN",
        secrets.presented_secrets,
        "what an operator's programs present as a bearer token to read `/metrics`, and `/ready` store by store; at "
        "least 16 characters; a comma list rotates",
        otherwise="there is no `/metrics`, and nobody is told more than the host",
        factory=tuple[SecretStr, ...],
        secret=CHOSEN,
        group=Group.PROCESSES,
        note="What an operator's programs present as a bearer token, at least 16 characters",
    )
    security_contacts: tuple[str, ...] = setting(
        "SECURITY_CONTACT",
        parsing.contacts,
        "whom to tell of a vulnerability, for `/.well-known/security.txt`: `mailto:` and an address, or an https "
        "page; comma list",
        otherwise="not served",
        factory=tuple[str, ...],
        group=Group.PROCESSES,
        example="mailto:security@shop.example.com",
        note="Whom to tell of a vulnerability (/.well-known/security.txt): mailto: and an address, or an https page",
    )
    branding: BrandingByStore = section(Branding)
    shop_origins: frozenset[str] = setting(
        "SHOP_ORIGINS",
        shop_origins,
        "origins of shops whose own pages use the bridge from a browser, comma list",
        otherwise="no page of another origin may",
        factory=frozenset[str],
        https=True,
        needs="CTP_SESSION_URL",
        example="https://shop.example.com",
        note="Origins of shops whose own pages use the bridge from a browser (docs/enabler.md), comma list",
        group=Group.PAGES,
    )
    payment_page: PaymentPage = section(PaymentPage)

    def store(self, store_key: str | None) -> StoreSettings:
        """Returns the settings of a store.

        Raises StoreNotConfigured where a map that is not optional does not name it. No other store ever stands in.
        """
        known = self.by_store.by_key.get(store_key) if store_key is not None else None
        if known is not None:
            return known
        if self.by_store.every is not None:
            every = self.by_store.every
            return replace(
                every, store_key=store_key, credentials=replace(every.credentials, store_key=store_key)
            )
        missing = (name for name, keys in self.by_store.maps.items() if store_key not in keys)
        raise StoreNotConfigured(store_key=store_key, setting=next(missing))

    def redis_in_clear(self) -> bool:
        """Tells whether what goes to Redis crosses a network without TLS."""
        url = self.redis_url
        return url is not None and secrets.crosses_network_in_clear(url.get_secret_value())

    def stores(self) -> tuple[StoreSettings, ...]:
        """Returns all stores known from the settings; a single one without a key where they hold for all."""
        if self.by_store.every is not None:
            return (self.by_store.every,)
        return tuple(self.by_store.by_key.values())

    def store_keys(self) -> frozenset[str]:
        """Returns the keys of the stores that a setting names."""
        return frozenset(self.by_store.by_key)

    def remote_hosts(self) -> frozenset[str]:
        """Returns the hosts of both remotes, with their ports where the settings name one."""
        project = self.commercetools
        urls = (project.auth_url, project.api_url, project.session_url, project.jwks_url)
        of_stores = (store.credentials.api_url for store in (*self.stores(), *self.by_store.by_key.values()))
        return frozenset(urlsplit(url).netloc for url in (*urls, *of_stores) if url)


SETTINGS: tuple[Setting, ...] = tuple(declared_settings(Settings))
"""The table of settings, which faults follow, and which `make settings` prints into the documents."""

SETTING_NAMES: tuple[str, ...] = tuple(each.name for each in SETTINGS)

FILE_NAMES: tuple[str, ...] = tuple(each.file_name for each in SETTINGS if each.file_name)
"""The variables that hold the path of a secret's file."""
