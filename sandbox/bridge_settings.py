"""The bridge's environment for the sandbox, built from nothing but the sandbox's own settings."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from sandbox.commercetools.settings import ProjectSettings
from sandbox.monext.settings import DEFAULT_MERCHANTS, Merchant, PointOfSale
from sandbox.runner import Sandbox

# The stores of the seed: one is debited when the order is placed, the other when it is shipped, each with a
# merchant account of its own.
CAPTURE_BY_STORE = {"fr-store": "AUTOMATIC", "de-store": "MANUAL"}

CURRENCIES = "EUR,JPY,KWD"

# Where the bridge has another name for a means of payment than Monext's instrument code.
_METHOD_NAMES = {"MBWAY": "MB_WAY"}


def bridge_environment(sandbox: Sandbox, *, port: int, access: str, link_secret: str) -> dict[str, str]:
    """The variables of one bridge that serves all stores of the seed; its secrets are new at every call."""
    return {
        # Nothing else of the caller's environment reaches the bridge: the demo is the same everywhere.
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONUNBUFFERED": "1",
        **commercetools_environment(sandbox.commercetools_url),
        **monext_environment(sandbox.monext_url),
        "RETURN_URL": f"{sandbox.shop_url}/thanks",
        "CANCEL_URL": f"{sandbox.shop_url}/cancelled",
        "PUBLIC_URL": sandbox.bridge_url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "LINK_SECRET": link_secret,
        "EVENTS_SECRET": secrets.token_urlsafe(48),
        "CHECKOUT_ACCESS": access,
        "CURRENCIES": CURRENCIES,
        "DIGITAL_PRODUCT_TYPES": "digital",
        "SHOP_ORIGINS": sandbox.shop_url,
        "TRUSTED_PROXIES": "0",
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
    }


def commercetools_environment(url: str) -> dict[str, str]:
    """The project's API client and addresses."""
    project = ProjectSettings()
    return {
        "CTP_PROJECT_KEY": project.project_key,
        "CTP_CLIENT_ID": project.client_id,
        "CTP_CLIENT_SECRET": project.client_secret,
        "CTP_AUTH_URL": url,
        "CTP_API_URL": url,
        "CTP_SESSION_URL": url,
        "CTP_JWKS_URL": f"{url}/.well-known/jwks.json",
        "CTP_JWT_ISSUER": url,
    }


def looks_environment(sandbox: Sandbox) -> dict[str, str]:
    """A name and pictures for all stores; the German one has a logo, colours and legal pages of its own."""
    shop_url = sandbox.shop_url
    pages = {kind: f"{shop_url}/#{kind}" for kind in ("terms", "privacy", "imprint", "returns")}
    return {
        "SHOP_NAME": "Sandbox shop",
        "SHOP_LOGO": _map({"de-store": f"{shop_url}/static/logo.svg"}),
        "SHOP_COLORS": _map({"de-store": {"accent": "#8a1538", "ground": "#faf6f2"}}),
        "SHOP_LINKS": _map({"de-store": {**pages, "contact": "mailto:help@shop.example.com"}}),
        "IMAGE_HOSTS": urlsplit(sandbox.commercetools_url).netloc,
    }


def monext_environment(url: str) -> dict[str, str]:
    """Credentials, point of sale, capture and contracts by store, a merchant for each store."""
    by_store = dict(zip(CAPTURE_BY_STORE, DEFAULT_MERCHANTS, strict=True))
    points = {store: merchant.points_of_sale[0] for store, merchant in by_store.items()}
    return {
        "MONEXT_ENVIRONMENT": "HOMOLOGATION",
        "MONEXT_API_URL": url,
        "MONEXT_WIDGET_URL": url,
        "MONEXT_API_KEY": _map({store: api_key(merchant) for store, merchant in by_store.items()}),
        "MONEXT_POINT_OF_SALE_REF": _map({store: point.reference for store, point in points.items()}),
        "MONEXT_CAPTURE_TYPE": _map(CAPTURE_BY_STORE),
        "MONEXT_PAYMENT_METHOD_IDS": _map({store: methods(point) for store, point in points.items()}),
    }


def api_key(merchant: Merchant) -> str:
    """The merchant's key as Monext hands it out: base64 of `merchantId:accessKey`."""
    return base64.b64encode(f"{merchant.id}:{merchant.access_key}".encode()).decode()


def methods(point: PointOfSale) -> dict[str, str]:
    """The contracts of a point of sale by the bridge's names for them."""
    return {_METHOD_NAMES.get(contract.code, contract.code): contract.id for contract in point.contracts}


def _map(values: Mapping[str, object]) -> str:
    return json.dumps(values, separators=(",", ":"))
