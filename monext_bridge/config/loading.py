"""Loads the whole environment at once: it gives settings, or every fault in one message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from monext_bridge.config import parsing
from monext_bridge.config.branding import check_branding, origins, read_branding
from monext_bridge.config.parsing import HTTPS_WANTED
from monext_bridge.config.reading import Environment
from monext_bridge.config.spelling import misspelt
from monext_bridge.config.stores import Readings, build_stores, check_stores, read_stores
from monext_bridge.config.values import (
    Access,
    CheckoutMode,
    CommercetoolsSettings,
    Expiring,
    MonextEnvironment,
    Settings,
    Stores,
)
from monext_bridge.errors import SettingsError

MOST_PROXIES = 10
MOST_WORKERS = 256
USELESS_WITHOUT = (
    ("CTP_JWKS_URL", "CTP_JWT_ISSUER"),
    ("CTP_JWT_ISSUER", "CTP_JWKS_URL"),
    ("EVENTS_OIDC_AUDIENCE", "EVENTS_SECRET"),
    ("SHOP_ORIGINS", "CTP_SESSION_URL"),
)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Returns the settings.

    Raises SettingsError with all faults, each beginning with its setting's name. No value is shown.
    """
    environment = Environment(environ)
    readings = read_stores(environment)
    settings = _read(environment, readings)
    check_stores(readings, environment)
    check_branding(settings.branding, environment, production=_is_production(readings))
    _check_https(settings, readings, environment)
    if settings.access is Access.SESSION and not settings.commercetools.session_url:
        environment.fault("CTP_SESSION_URL", "is needed by CHECKOUT_ACCESS=session")
    _check_together(environment)
    for name, what in misspelt(environ):
        environment.fault(name, what)
    if environment.faults:
        raise SettingsError(environment.sorted_faults())
    return replace(settings, by_store=build_stores(readings))


def _read(environment: Environment, readings: Readings) -> Settings:
    """Reads all but the stores, which can only be built once everything is known to be right."""
    need = environment.need
    secret_keys = need("SECRET_KEY", parsing.secrets)
    return Settings(
        commercetools=_commercetools(environment),
        by_store=Stores(),
        public_url=need("PUBLIC_URL", parsing.public_url),
        secret_keys=secret_keys,
        link_secrets=environment.read("LINK_SECRET", parsing.secrets) or secret_keys,
        access=_access(environment, readings),
        mode=need("CHECKOUT_MODE", parsing.one_of(CheckoutMode)),
        order_creation=need("ORDER_CREATION", parsing.on_off),
        late_capture=need("LATE_CAPTURE", parsing.on_off),
        expiring=need("EXPIRING_AUTHORIZATIONS", parsing.one_of(Expiring)),
        capture_on_shipment=need("CAPTURE_ON_SHIPMENT", parsing.shipment_states),
        events_secret=environment.read("EVENTS_SECRET", parsing.presented_secret),
        events_oidc_audience=environment.read("EVENTS_OIDC_AUDIENCE", parsing.text),
        currencies=need("CURRENCIES", parsing.currencies),
        interfaces=need("PAYMENT_INTERFACES", parsing.comma_list),
        allowed_url_hosts=environment.read("ALLOWED_URL_HOSTS", parsing.hosts) or _landing_hosts(readings),
        redis_url=environment.read("REDIS_URL", parsing.redis_url),
        trusted_proxies=need("TRUSTED_PROXIES", parsing.number(0, MOST_PROXIES)),
        reconcile_in_web=need("RECONCILE_IN_WEB", parsing.on_off),
        port=need("PORT", parsing.number(1, 65535)),
        web_concurrency=need("WEB_CONCURRENCY", parsing.number(1, MOST_WORKERS)),
        log_level=need("LOG_LEVEL", parsing.log_level),
        branding=read_branding(environment),
        shop_origins=frozenset(environment.read("SHOP_ORIGINS", origins) or ()),
    )


def _commercetools(environment: Environment) -> CommercetoolsSettings:
    need = environment.need
    return CommercetoolsSettings(
        project_key=need("CTP_PROJECT_KEY", parsing.project_key),
        client_id=need("CTP_CLIENT_ID", parsing.text),
        client_secret=need("CTP_CLIENT_SECRET", parsing.secret),
        auth_url=need("CTP_AUTH_URL", parsing.base_url_without("/oauth/token")),
        api_url=need("CTP_API_URL", parsing.base_url),
        session_url=environment.read("CTP_SESSION_URL", parsing.base_url),
        jwks_url=environment.read("CTP_JWKS_URL", parsing.base_url),
        jwt_issuer=environment.read("CTP_JWT_ISSUER", parsing.base_url),
    )


def _access(environment: Environment, readings: Readings) -> Access:
    """Returns who may pay a cart.

    It is open by default only where no store takes real money. Elsewhere somebody has to decide.
    """
    given = environment.read("CHECKOUT_ACCESS", parsing.one_of(Access))
    if _is_production(readings) and environment.given("CHECKOUT_ACCESS") is None:
        environment.fault("CHECKOUT_ACCESS", "is required with MONEXT_ENVIRONMENT=PRODUCTION")
    return given or Access.OPEN


def _is_production(readings: Readings) -> bool:
    """Tells whether any store takes real money."""
    return MonextEnvironment.PRODUCTION in readings.environments()


def _landing_hosts(readings: Readings) -> frozenset[str]:
    urls = (*readings.return_url.values(), *readings.cancel_url.values())
    return frozenset(parsing.url_host(url) for url in urls if url)


def _check_together(environment: Environment) -> None:
    """Notes a setting that would do nothing alone, but would look as if it did."""
    for name, other in USELESS_WITHOUT:
        if environment.given(name) is not None and environment.given(other) is None:
            environment.fault(other, f"is needed by {name}")


def _check_https(settings: Settings, readings: Readings, environment: Environment) -> None:
    commercetools = settings.commercetools
    urls = {
        "CTP_AUTH_URL": commercetools.auth_url,
        "CTP_API_URL": commercetools.api_url,
        "CTP_SESSION_URL": commercetools.session_url,
        "CTP_JWKS_URL": commercetools.jwks_url,
        "PUBLIC_URL": settings.public_url,
        "MONEXT_API_URL": readings.api_url,
        "MONEXT_WIDGET_URL": readings.widget_url,
        "SHOP_ORIGINS": next((each for each in settings.shop_origins if each.startswith("http:")), None),
    }
    if _is_production(readings):
        for name in (name for name, url in urls.items() if url and url.startswith("http:")):
            environment.fault(name, HTTPS_WANTED)
