"""Builds the Flask application from its settings."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from monext_bridge.config import Settings
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.queue import QueueRunner, queue_on
from monext_bridge.services import Services, build_services
from monext_bridge.web.access import RATE_LIMITS, RateLimitTable, init_cors, init_principals, init_rate_limits
from monext_bridge.web.api import events, health, operations
from monext_bridge.web.api import shop_payment as payment
from monext_bridge.web.buyer import after_payment as buyer
from monext_bridge.web.buyer import checkout, notifications
from monext_bridge.web.cli import init_cli
from monext_bridge.web.http import init_headers, init_request_lifecycle, is_json
from monext_bridge.web.openapi import routes as openapi
from monext_bridge.web.pages import branding as branding
from monext_bridge.web.pages import init_error_pages, init_i18n

ROOT = Path(__file__).resolve().parents[2]
LARGEST_BODY = 64 * 1024


def create_app(
    settings: Settings, *, services: Services | None = None, limits: RateLimitTable = RATE_LIMITS
) -> Flask:
    """Build the application for these settings.

    Tests that bring their own clock hand in `services`; tests that stand for many clients hand in `limits`.
    """
    app = Flask("monext_bridge", root_path=str(ROOT), static_folder="static", template_folder="templates")
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    built = services or build_services(
        settings,
        commercetools=CommercetoolsGateway(settings.commercetools),
        monext=MonextGateway(),
        runner=QueueRunner(queue_on(settings.redis_url)) if settings.redis_url else None,
    )
    app.extensions["monext_bridge"] = built
    init_request_lifecycle(app)
    init_cors(app, origins=settings.shop_origins)
    init_headers(app)
    init_i18n(app)
    refuse = init_error_pages(app, is_json=is_json, branding=branding.current_branding)
    init_rate_limits(
        app,
        secret=settings.secret_keys[0],
        redis_url=settings.redis_url,
        principals=built.principals,
        refuse=refuse,
        table=limits,
    )
    init_principals(app, principals=built.principals)
    init_cli(app)
    for module in (buyer, checkout, events, health, branding, notifications, openapi, operations, payment):
        app.register_blueprint(module.blueprint)
    hops = settings.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app
