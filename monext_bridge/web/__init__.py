"""Builds the Flask application from its settings."""

from __future__ import annotations

import mimetypes
import posixpath
from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, current_app, url_for
from pydantic import SecretStr
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from monext_bridge import observed
from monext_bridge.config import Settings
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.services import Services, build_services
from monext_bridge.services.operations import COUNTED_ACTS
from monext_bridge.services.reconciliation import COUNTED_FINDINGS, TaskRunner
from monext_bridge.services.remotes import COUNTED_PAYMENTS
from monext_bridge.web.access import as_declared, init_cors, init_principals, init_rate_limits
from monext_bridge.web.api import events, health, metrics, operations, policy_reports, well_known
from monext_bridge.web.api import shop_payment as payment
from monext_bridge.web.application import Application
from monext_bridge.web.buyer import after_payment as buyer
from monext_bridge.web.buyer import checkout, notifications
from monext_bridge.web.cli import init_cli, init_doctor
from monext_bridge.web.endpoints import (
    UNLIMITED,
    Answers,
    Endpoint,
    Endpoints,
    Principal,
    RateLimit,
    declared_endpoints,
)
from monext_bridge.web.http import (
    AsciiQuery,
    PolicyReports,
    PossibleHost,
    init_front_door,
    init_headers,
    init_path,
    init_request_lifecycle,
    init_request_metrics,
    json_requests,
    named_hosts,
    tell_redis_in_clear,
)
from monext_bridge.web.openapi import routes as openapi
from monext_bridge.web.pages import branding as branding
from monext_bridge.web.pages import init_error_pages, init_i18n

ROOT = Path(__file__).resolve().parents[2]
LARGEST_BODY = 64 * 1024


STATIC = Endpoint(
    does="style and scripts of the pages, and the module for shops' own pages",
    caller=Principal.ANYBODY,
    called_by="buyer",
    limits=UNLIMITED,  # a page without its style helps nobody
    answers=Answers.PAGE,
    calls_remotes=False,
)
"""Declares the endpoint that Flask itself adds."""

# The enabler's types, to be read or saved; machines take the ending for a film's, or for a translator's.
mimetypes.add_type("text/plain", ".ts")


def create_routes() -> Flask:
    """Build an application that has all addresses and nothing behind them: enough for whoever lists them."""
    app = Application(
        "monext_bridge", root_path=str(ROOT), static_folder="static", template_folder="templates"
    )
    # werkzeug would redirect to an address that it makes of the Host of the request.
    app.url_map.merge_slashes = False
    app.view_functions["static"] = STATIC(_static_file)
    for module in (
        checkout,
        buyer,
        notifications,
        operations,
        payment,
        events,
        health,
        metrics,
        well_known,
        policy_reports,
        openapi,
        branding,
    ):
        app.register_blueprint(module.blueprint)
    return app


def _static_file(filename: str) -> Response:
    """Send a file by its one name. Flask would take `file/`, `./file` and `folder/../file` for it as well."""
    if posixpath.normpath(filename) != filename:
        raise NotFound("no such file")
    return current_app.send_static_file(filename)


def create_app_for_doctor() -> Flask:
    """Build an application for settings that can't be used: it serves nothing, and `flask doctor` is its command."""
    app = Flask("monext_bridge", root_path=str(ROOT), static_folder=None)
    init_doctor(app)
    return app


def create_app(
    settings: Settings,
    *,
    services: Services | None = None,
    limits: Callable[[RateLimit], RateLimit] = as_declared,
) -> Flask:
    """Build the application for these settings.

    Tests that bring their own clock hand in `services`; tests that stand for many clients hand in `limits`, which
    returns the rate limit that holds instead of a declared one.
    """
    app = create_routes()
    endpoints = declared_endpoints(app)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    _observe(settings, endpoints)
    built = services or build_services(
        settings,
        commercetools=CommercetoolsGateway(settings.commercetools),
        monext=MonextGateway(),
        runner=_queue_runner(settings.redis_url) if settings.redis_url else None,
    )
    app.extensions["monext_bridge"] = built
    app.extensions[policy_reports.EXTENSION] = PolicyReports(named_hosts(settings))
    _init_requests(app, settings, built=built, endpoints=endpoints, limits=limits)
    init_cli(app)
    app.wsgi_app = AsciiQuery(PossibleHost(app.wsgi_app))  # type: ignore[method-assign]
    init_path(app, public_url=settings.public_url)
    tell_redis_in_clear(settings)
    hops = settings.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def _queue_runner(redis_url: SecretStr) -> TaskRunner:
    from monext_bridge.queue import QueueRunner, queue_on  # where there is no Redis, it is never loaded

    return QueueRunner(queue_on(redis_url))


def _observe(settings: Settings, endpoints: Endpoints) -> None:
    """Tell metrics the words of their labels: the stores, hosts and limits that there are."""
    words = observed.LabelWords(
        stores=settings.store_keys(),
        hosts=settings.remote_hosts(),
        limits={limit.name for endpoint in endpoints.values() for limit in endpoint.limits},
        one_for_all=settings.by_store.every is not None,
        payments=COUNTED_PAYMENTS,
        acts=COUNTED_ACTS,
        findings=COUNTED_FINDINGS,
    )
    observed.observe(words)


def _init_requests(
    app: Flask,
    settings: Settings,
    *,
    built: Services,
    endpoints: Endpoints,
    limits: Callable[[RateLimit], RateLimit],
) -> None:
    """Set up what every request passes, in this order."""
    init_request_metrics(app)
    init_request_lifecycle(app, endpoints=endpoints, framed=settings.branding.may_be_framed)
    _init_doors(app, settings, endpoints=endpoints)
    init_i18n(app)
    refuse = init_error_pages(
        app,
        is_json=json_requests(app, endpoints=endpoints),
        branding=branding.current_branding,
        endpoints=endpoints,
    )
    init_rate_limits(
        app,
        secret=settings.secret_keys[0],
        redis_url=settings.redis_url,
        refuse=refuse,
        endpoints=endpoints,
        adjust=limits,
    )
    init_principals(app, principals=built.principals, endpoints=endpoints)


def _init_doors(app: Flask, settings: Settings, *, endpoints: Endpoints) -> None:
    """Set up who is let in by which name and scheme, and the headers of every answer."""
    init_front_door(
        app,
        public_url=settings.public_url,
        trusted_hosts=settings.trusted_hosts,
        proxies=settings.trusted_proxies,
        endpoints=endpoints,
    )
    init_cors(app, origins=settings.shop_origins, endpoints=endpoints)
    init_headers(
        app,
        report_only=settings.payment_page.report_only,
        https=settings.public_url.startswith("https://"),
        reports=lambda: url_for("policy_reports.receive"),
    )
