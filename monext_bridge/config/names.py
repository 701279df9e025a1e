"""Lists all settings. `.env.example` and the README list the same names, and tests compare them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """Describes one setting.

    `default` is used where the environment has nothing; `otherwise` says in words what holds then. With
    `by_store` it is one value for all stores, or JSON `{"storeKey": value}`.
    """

    name: str
    meaning: str
    default: str | None = None
    otherwise: str = ""
    required: bool = False
    by_store: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("CTP_PROJECT_KEY", "commercetools project", required=True),
    Setting("CTP_CLIENT_ID", "API client of the project", required=True),
    Setting("CTP_CLIENT_SECRET", "its secret", required=True),
    Setting("CTP_AUTH_URL", "authorisation server, without `/oauth/token`", required=True),
    Setting("CTP_API_URL", "HTTP API, without the project key", required=True),
    Setting("CTP_SESSION_URL", "session API", otherwise="checkout sessions are not read"),
    Setting(
        "CTP_JWKS_URL",
        "keys of the Merchant Center's tokens (JSON Web Key Set)",
        otherwise="calls from the Merchant Center are refused",
    ),
    Setting(
        "CTP_JWT_ISSUER",
        "issuer of the Merchant Center's tokens",
        otherwise="calls from the Merchant Center are refused",
    ),
    Setting(
        "MONEXT_API_KEY",
        "base64 of `merchantId:accessKey`, with or without the word `Basic`",
        required=True,
        by_store=True,
    ),
    Setting("MONEXT_ENVIRONMENT", "`HOMOLOGATION` or `PRODUCTION`", required=True, by_store=True),
    Setting("MONEXT_POINT_OF_SALE_REF", "point of sale reference", required=True, by_store=True),
    Setting(
        "MONEXT_CAPTURE_TYPE",
        "`AUTOMATIC` (payment on order) or `MANUAL` (payment on shipment)",
        default="AUTOMATIC",
        by_store=True,
    ),
    Setting(
        "MONEXT_PAYMENT_METHOD_IDS",
        'contract numbers: a comma list, or JSON by method `{"CB": "123", "IDEAL": "456"}`',
        otherwise="all of the point of sale",
        by_store=True,
    ),
    Setting(
        "MONEXT_SESSION_MINUTES",
        "payment time limit that Monext has for the point of sale, 10 to 90",
        default="30",
        by_store=True,
    ),
    Setting(
        "RETURN_URL",
        "the shop's page after a payment",
        otherwise="the bridge shows its own result",
        by_store=True,
    ),
    Setting(
        "CANCEL_URL",
        "the shop's page after a payment that was not made",
        otherwise="the bridge shows its own result",
        by_store=True,
    ),
    Setting("PUBLIC_URL", "where buyers and Monext reach the bridge", required=True),
    Setting(
        "SECRET_KEY",
        "signs references; at least 16 characters; a comma list rotates: the first signs, all verify",
        required=True,
    ),
    Setting("LINK_SECRET", "signs checkout links; rotates likewise", otherwise="`SECRET_KEY`"),
    Setting(
        "CHECKOUT_ACCESS",
        "who may pay a cart: `open` (knowing its id is enough), `signed` or `session`",
        otherwise="`open` in homologation, required in production",
    ),
    Setting("CHECKOUT_MODE", "`widget`, `redirect` or `direct`", default="widget"),
    Setting(
        "ORDER_CREATION",
        "`on`: the order is made once the money is there; or `off`",
        default="on",
    ),
    Setting(
        "LATE_CAPTURE",
        "`on`: what was authorised more than seven days ago is captured as late delivery; or `off`",
        default="off",
    ),
    Setting(
        "EXPIRING_AUTHORIZATIONS",
        "what reconciliation does with an authorisation in the last of its seven days: "
        "`warn`, `capture` or `release`",
        default="warn",
    ),
    Setting(
        "CAPTURE_ON_SHIPMENT",
        "shipment states of an order that capture what is open, comma list; or `off`",
        default="Shipped,Delivered",
    ),
    Setting(
        "EVENTS_SECRET",
        "what a commercetools subscription presents; at least 16 characters",
        otherwise="subscriptions are refused",
    ),
    Setting(
        "EVENTS_OIDC_AUDIENCE",
        "audience of the tokens with which Google Pub/Sub signs its pushes",
        otherwise="they are not asked for",
    ),
    Setting("CURRENCIES", "currencies that may be paid, comma list", default="EUR"),
    Setting(
        "PAYMENT_INTERFACES",
        "names under which payments of this bridge run, comma list; the first is written",
        default="monext",
    ),
    Setting(
        "ALLOWED_URL_HOSTS",
        "hosts that landing pages asked for with a request may be on, comma list of `host` or `host:port`",
        otherwise="hosts of `RETURN_URL` and `CANCEL_URL`",
    ),
    Setting(
        "REDIS_URL",
        "Redis that all processes and machines of the bridge share: rate limits, caches, the work queue",
        otherwise="each process has its own limits and caches, and there is no queue",
    ),
    Setting("MONEXT_API_URL", "another API host, without `/v1`", otherwise="Monext's, by environment"),
    Setting("MONEXT_WIDGET_URL", "another host of the widget", otherwise="Monext's, by environment"),
    Setting(
        "RECONCILE_IN_WEB",
        "`on`: `gunicorn app:app` also keeps a process that reconciles every minute; "
        "`off` where the `reconcile` process type runs",
        default="on",
    ),
    Setting("PORT", "port to listen on", default="8000"),
    Setting("WEB_CONCURRENCY", "number of worker processes", default="2"),
    Setting("LOG_LEVEL", "`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`", default="INFO"),
    Setting("TRUSTED_PROXIES", "number of proxies whose forwarding headers count", default="1"),
    Setting("SHOP_NAME", "name of the shop on the pages", otherwise="no name", by_store=True),
    Setting(
        "SHOP_LOGO",
        "its logo on the pages, the https address of an image; needs `SHOP_NAME`",
        otherwise="the name alone",
        by_store=True,
    ),
    Setting(
        "SHOP_COLORS",
        'colours of the pages: `{"accent": "#0b6e4f"}`, also `ground`, `surface`, `darkAccent`',
        otherwise="the bridge's own",
        by_store=True,
    ),
    Setting(
        "SHOP_LINKS",
        "legal pages of the shop: JSON by `terms`, `privacy`, `imprint`, `returns`, `contact`",
        otherwise="no links",
        by_store=True,
    ),
    Setting(
        "SHOP_LANGUAGE",
        "language of the pages where neither `lang` nor the cart nor the browser asks for one of ours: `fr`, `nl-BE`",
        otherwise="English",
        by_store=True,
    ),
    Setting(
        "FRAME_ANCESTORS",
        "origins whose pages may frame the buyer's pages, comma list",
        otherwise="nobody",
        by_store=True,
    ),
    Setting(
        "SHOP_ORIGINS",
        "origins of shops whose own pages use the bridge from a browser, comma list",
        otherwise="no page of another origin may",
    ),
)

SETTING_NAMES: tuple[str, ...] = tuple(setting.name for setting in SETTINGS)
BY_NAME = {setting.name: setting for setting in SETTINGS}
