"""A checkout page of the shop's own, with the bridge's JavaScript module (docs/enabler.md) in it."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, url_for

from sandbox.shop import carts, controls
from sandbox.shop.calls import Json
from sandbox.shop.checkout import checkout_session
from sandbox.shop.shop import shop
from sandbox.shop.storefront import LANGUAGES

pages = Blueprint("own_page", __name__)

KINDS = {"embedded": "form on this page", "hpp": "Monext's page"}
SESSIONS = {"active": "active", "expired": "expired already"}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form of the page asks for; whatever it does not know is taken for the first."""

    cart_id: str
    kind: str
    language: str
    session: str
    has_button: bool
    has_terms: bool

    @classmethod
    def of_request(cls, cart_id: UUID) -> "Choice":
        """From the query."""
        asked = request.args
        return cls(
            cart_id=str(cart_id),
            kind=_one_of(asked.get("kind", ""), KINDS),
            language=_one_of(asked.get("lang", ""), ("", *LANGUAGES)),
            session=_one_of(asked.get("session", ""), SESSIONS),
            has_button=asked.get("button") != "no",
            has_terms=asked.get("terms") == "ask",
        )


@pages.get("/carts/<uuid:cart_id>/own-page")
def checkout(cart_id: UUID) -> Response:
    """The page, with a new checkout session of the cart, as a shop makes one when the buyer goes to pay."""
    here, choice = shop(), Choice.of_request(cart_id)
    cart = carts.cart_with_payments(here.project, choice.cart_id)
    response = make_response(
        render_template(
            "own_page.html",
            cart=cart,
            choice=choice,
            carts=carts.all_carts(here.project),
            session_id=_session(choice),
            kinds=KINDS,
            sessions=SESSIONS,
            languages=LANGUAGES,
        )
    )
    response.headers["Content-Security-Policy"] = content_security_policy(
        here.settings.bridge.value,
        widget_url=here.settings.monext_url,
        pictures_url=here.settings.commercetools_url,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("/payments/<uuid:payment_id>/says")
def says(payment_id: UUID) -> Json:
    """What commercetools says of a payment, for the page's script."""
    project = shop().project
    payment = project.get(f"payments/{payment_id}")
    order = carts.order_of_payment(project, payment["id"])
    return {
        "transactions": [f"{t['type']} {t['state']}" for t in payment["transactions"]],
        "order": order and f"{order.get('orderNumber')}, {order.get('paymentState')}",
        "href": url_for("views.payment", payment_id=payment["id"]),
    }


def content_security_policy(bridge_url: str, *, widget_url: str, pictures_url: str) -> str:
    """As docs/enabler.md has it: the bridge for module and calls, Monext for the widget, any bank for 3-D Secure.

    The shop adds where the pictures of its goods are.
    """
    bridge, monext = _origin(bridge_url), _origin(widget_url)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {bridge} {monext}",
            f"connect-src 'self' {bridge} {monext}",
            f"style-src 'self' {monext}",
            f"img-src 'self' data: {monext} {_origin(pictures_url)}",
            f"font-src 'self' {monext}",
            f"frame-src {monext} https:",
            f"form-action 'self' {monext} https:",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _session(choice: Choice) -> str:
    """The id of a session; one that is over is made by the sandbox's control, as no shop can wait for that."""
    here = shop()
    if choice.session == "expired":
        return controls.ended_session(here.settings.commercetools_url, cart_id=choice.cart_id)
    return checkout_session(here, cart_id=choice.cart_id)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _one_of(text: str, known: "dict[str, str] | tuple[str, ...]") -> str:
    return text if text in known else next(iter(known))
