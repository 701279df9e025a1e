"""`GET /checkout/<cart id>` shows a page with Monext's widget, or leads to Monext's hosted page."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from monext_bridge.config import Access, CheckoutMode
from monext_bridge.domain.ids import CartId
from monext_bridge.domain.record import Cart
from monext_bridge.errors import Forbidden, NotFound, Unauthenticated
from monext_bridge.services.checkout import StartOptions
from monext_bridge.services.results import ExistingPayment, StartedSession
from monext_bridge.web.access import check_link, looking_up, rate_limits
from monext_bridge.web.endpoints import (
    BUYER_SECONDS,
    LOOK_UPS,
    REFUSALS,
    START,
    STARTS,
    Answers,
    BuyerVisit,
    Endpoint,
    Principal,
    RateLimitKey,
)
from monext_bridge.web.http import allow_widget, nonce, parameters, services
from monext_bridge.web.pages import CheckoutLinks, apply_branding, current_branding, speak
from monext_bridge.web.pages import render as pages

blueprint = Blueprint("checkout", __name__)


@blueprint.get("/checkout/<cart_id>")
@Endpoint(
    does="starts or resumes a payment",
    caller=Principal.LINK,
    limits=(START, STARTS, REFUSALS, LOOK_UPS),
    answers=Answers.PAGE,
    seconds=BUYER_SECONDS,
    buyer=BuyerVisit(nothing_taken_on_error=True),
)
def start(cart_id: str) -> Response | str:
    """Start or resume a payment. May be repeated: equal attempt terms of a cart get the same session."""
    settings = services().settings
    cart = parameters.cart_id(cart_id)
    mode = parameters.mode(request.args.get("mode"), default=settings.mode)
    options = parameters.options(request.args, settings=settings)
    apply_branding(None, home=options.cancel_url)
    proved = _proved_options(cart, options)
    answer = _start(cart, proved)
    if isinstance(answer, ExistingPayment):
        return redirect(url_for("buyer.result", ref=answer.reference), code=303)
    return _show(answer, mode)


def _start(cart_id: CartId, options: StartOptions) -> StartedSession | ExistingPayment:
    """Start the payment. Where the cart's id is all the proof there is, it counts once there is such a cart."""
    apply_cart = partial(_apply_cart, options=options)
    if not _id_is_enough():
        return services().checkout.start(cart_id, options, on_cart=apply_cart)
    unknown = NotFound(f"no cart {cart_id}")
    with looking_up(cart_id, key=RateLimitKey.CART, name=cart_id, unknown=unknown) as look_up:

        def on_cart(cart: Cart) -> None:
            apply_cart(cart)
            look_up.proved()

        return services().checkout.start(cart_id, options, on_cart=on_cart)


def _apply_cart(cart: Cart, *, options: StartOptions) -> None:
    """Give the answer, an error included, the branding of the cart's store and its buyer's language."""
    apply_branding(cart.store_key, home=options.cancel_url)
    speak(cart.locale)


def _show(started: StartedSession, mode: CheckoutMode) -> Response | str:
    if mode is CheckoutMode.DIRECT:
        return redirect(started.redirect_url, code=303)
    links = CheckoutLinks(
        cancel=url_for("buyer.cancel", ref=started.reference),
        redirect_mode=_in_mode(CheckoutMode.REDIRECT),
        result=url_for("buyer.result", ref=started.reference),
    )
    if mode is CheckoutMode.REDIRECT:
        return pages.checkout_redirect(started, links=links, nonce=nonce(), branding=current_branding())
    settings = services().settings
    store = settings.store(started.cart.store_key)
    extra = settings.payment_page.extra_sources
    allow_widget(started.widget_url, store.environment, contracts=store.contracts, extra=extra)
    return pages.checkout_widget(started, links=links, nonce=nonce(), branding=current_branding())


def _in_mode(mode: CheckoutMode) -> str:
    """Return the URL of this very request in another mode."""
    return f"{request.path}?{urlencode({**request.args.to_dict(), 'mode': mode.value})}"


def _proved_options(cart: CartId, options: StartOptions) -> StartOptions:
    """Check that the caller may pay the cart, count the request for it, and return the start options.

    `CHECKOUT_ACCESS` decides whether the cart id is enough, or a signed link or a shop session is needed. What a
    shop session's metadata says comes before what the query says.
    """
    settings = services().settings
    session_id = _session_id()
    if session_id is not None:
        return _by_session(cart, session_id, options)
    if _id_is_enough():
        return options
    check_link(
        cart,
        expires=request.args.get("expires"),
        signature=request.args.get("signature"),
        keys=settings.link_secrets,
        now=services().machine_clock().timestamp(),
    )
    rate_limits().count_proved(RateLimitKey.CART, cart)
    return options


def _session_id() -> str | None:
    """Return the session that is to prove the start, where sessions can be looked up."""
    return request.args.get("session") if services().settings.commercetools.session_url else None


def _id_is_enough() -> bool:
    return services().settings.access is Access.OPEN and _session_id() is None


def _by_session(cart: CartId, session_id: str, options: StartOptions) -> StartOptions:
    """Let a session prove the start. One that is for another cart proves nothing about this one."""
    unknown = Forbidden("no such session of this cart", field="session")
    with looking_up(f"{session_id} {cart}", key=RateLimitKey.CART, name=cart, unknown=unknown):
        try:
            shop_session = services().sessions.active(session_id)
        except Unauthenticated as error:
            raise Forbidden(str(error), field="session") from error
        if shop_session.cart_id != cart:
            raise Forbidden("the session is for another cart", field="session")
    session_options = shop_session.options
    return replace(
        options,
        return_url=session_options.return_url or options.return_url,
        order_number=session_options.order_number,
        interface=session_options.interface,
        allowed_methods=session_options.allowed_methods,
    )
