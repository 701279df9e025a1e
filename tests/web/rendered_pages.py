"""Renders the buyer's pages without a bridge, from values that are valid by default."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask
from jinja2 import StrictUndefined

from monext_bridge.domain.ids import CartId, OrderId, OrderNumber, PaymentId, SessionToken
from monext_bridge.domain.money import Money
from monext_bridge.domain.record.cart import Cart, CartLine, CartState, Delivery
from monext_bridge.domain.record.order import Order
from monext_bridge.services.results import BuyerStatus, PaymentResult, StartedSession
from monext_bridge.web.pages import render as pages
from monext_bridge.web.pages.branding import PageBranding
from monext_bridge.web.pages.i18n import init_i18n

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"

LINKS = pages.CheckoutLinks(
    cancel="https://pay.example.com/cancel/ref",
    redirect_mode="https://pay.example.com/checkout/cart?mode=redirect",
    result="https://pay.example.com/result/ref",
)
RETRY = "https://pay.example.com/checkout/cart"
SHOP = "https://shop.example.com/"
REFRESH = "https://pay.example.com/result/ref?waiting=1"
NEXT_POLL = "https://pay.example.com/result/ref?waiting=8"
BRANDING = PageBranding(name="Shop")
HOSTILE = "<script>alert('\"&')</script>"


def page_app() -> Flask:
    """Make an application of nothing but templates, to which a test may add.

    Its templates are compiled anew, which is most of what a page costs.
    """
    app = Flask("pages", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.jinja_env.undefined = StrictUndefined
    init_i18n(app)
    return app


finished_app = cache(page_app)
"""One application for all tests, whose templates are compiled once. No test may change it."""


def eur(cent_amount: int) -> Money:
    return Money(cent_amount, "EUR")


def cart(**changes: Any) -> Cart:
    valid = Cart(
        id=CartId("6f6f1a2e-6b0e-4a53-8a0b-1d2f3c4b5a69"),
        version=1,
        state=CartState.ACTIVE,
        total=eur(11500),
        taxes=eur(1917),
        discount=eur(1000),
        lines=(CartLine("jumper", "Merino jumper", 2, eur(12000)),),
        deliveries=(Delivery("Colissimo", eur(500)),),
    )
    return replace(valid, **changes)


def started_session(**changes: Any) -> StartedSession:
    valid = StartedSession(
        reference="ref",
        payment_id=PaymentId("7d0a2f4e-90c1-4b8e-9f63-5f3c1f1a7b10"),
        token=SessionToken("1yuzCOL1GqS8wc2ckpKl"),
        redirect_url="https://webpayment.example.com/v2/?token=1yuzCOL1GqS8wc2ckpKl",
        cart=cart(),
        due=eur(11500),
        widget_url="https://widget.example.com",
        language=None,
    )
    return replace(valid, **changes)


def payment_result(status: BuyerStatus, **changes: Any) -> PaymentResult:
    payment = PaymentId("7d0a2f4e-90c1-4b8e-9f63-5f3c1f1a7b10")
    return replace(PaymentResult(status, payment, eur(11500), complete=True), **changes)


def order(number: str) -> Order:
    return Order(OrderId("o"), 1, OrderNumber(number), None, eur(11500))


def widget_page(
    shown: StartedSession | None = None,
    *,
    pictures: Sequence[str | None] | None = None,
    branding: PageBranding = BRANDING,
) -> BeautifulSoup:
    started = shown or started_session()
    return soup(
        lambda: pages.checkout_widget(
            started,
            pictures=no_pictures(started) if pictures is None else pictures,
            links=LINKS,
            nonce="n0nce",
            branding=branding,
        )
    )


def redirect_page(shown: StartedSession | None = None, *, branding: PageBranding = BRANDING) -> BeautifulSoup:
    started = shown or started_session()
    return soup(
        lambda: pages.checkout_redirect(
            started, pictures=no_pictures(started), links=LINKS, branding=branding
        )
    )


def no_pictures(started: StartedSession) -> tuple[None, ...]:
    return tuple(None for _ in started.cart.lines)


def result_page(
    shown: PaymentResult,
    *,
    retry_url: str | None = RETRY,
    shop_url: str | None = SHOP,
    next_poll_url: str | None = NEXT_POLL,
    branding: PageBranding = BRANDING,
    query: str = "",
    accepts: str = "en",
) -> BeautifulSoup:
    return soup(
        lambda: pages.result(
            shown,
            retry_url=retry_url,
            shop_url=shop_url,
            refresh_url=REFRESH,
            next_poll_url=next_poll_url,
            nonce="n0nce",
            branding=branding,
        ),
        query=query,
        accepts=accepts,
    )


def soup(render: Callable[[], str], *, query: str = "", accepts: str = "en") -> BeautifulSoup:
    """Render a page for a browser with this `Accept-Language`, asked for with this query."""
    with finished_app().test_request_context(f"/{query}", headers={"Accept-Language": accepts}):
        return BeautifulSoup(render(), "html.parser")


def visible_text(page: BeautifulSoup) -> str:
    """Give the text of a page; each run of white space, also of special spaces, is one space.

    There is none before a full stop: an element may end where a sentence does.
    """
    return " ".join(page.get_text(" ").split()).replace(" .", ".")


def only_element(page: BeautifulSoup, selector: str) -> Tag:
    """Give the element that the selector finds; fails the test unless there is exactly one."""
    found = page.select(selector)
    assert len(found) == 1, f"{selector}: {len(found)} of them"
    return found[0]
