"""The shop as a Flask application."""

from flask import Flask, render_template, url_for

from sandbox.monext.cards import ACCEPTED_CARD
from sandbox.shop import (
    amounts,
    back_office,
    faults_page,
    keys_page,
    landing,
    order_refusals,
    own_page,
    shipping,
    staff,
    storefront,
    views,
)
from sandbox.shop.calls import Refused, Unreachable
from sandbox.shop.carts import is_the_bridges
from sandbox.shop.checkout import pay_url
from sandbox.shop.languages import words_for
from sandbox.shop.settings import ShopSettings
from sandbox.shop.shop import Shop, shop

_PAGES = (
    storefront.pages,
    own_page.pages,
    landing.pages,
    views.pages,
    back_office.pages,
    shipping.pages,
    faults_page.pages,
    keys_page.pages,
    order_refusals.pages,
    staff.pages,
)


def create_app(settings: ShopSettings) -> Flask:
    """The shop; it calls nobody before its first page."""
    app = Flask("sandbox.shop")
    app.extensions["shop"] = Shop.of(settings)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        money=amounts.money,
        price=amounts.price,
        moment=amounts.moment,
        words=amounts.words,
        pretty=amounts.pretty,
    )
    app.context_processor(_everywhere)
    for pages in _PAGES:
        app.register_blueprint(pages)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Unreachable, _unreachable)
    return app


def _everywhere() -> dict[str, object]:
    settings = shop().settings
    return {
        "bridge_url": settings.bridge.value,
        "monext_url": settings.monext_url,
        "pay_url": _pay_link,
        "is_the_bridges": is_the_bridges,
        "words_for": words_for,
        "test_card": ACCEPTED_CARD,
    }


def _pay_link(cart_id: str, *, mode: str) -> str:
    """Where a pay button leads; a checkout session is made only once it is pressed."""
    here = shop()
    if here.settings.access == "session":
        return url_for("storefront.pay", cart_id=cart_id, mode=mode)
    return pay_url(here, cart_id=cart_id, query={"mode": mode})


def _refused(error: Refused) -> tuple[str, int]:
    status = error.status if error.status in (400, 403, 404, 409) else 502
    return render_template("trouble.html", title="The sandbox refused this", message=error.message), status


def _unreachable(error: Unreachable) -> tuple[str, int]:
    return render_template("trouble.html", title="A part of the sandbox does not answer", message=error), 503
