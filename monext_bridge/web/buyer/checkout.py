"""`GET /checkout/<cart id>`: the page that shows Monext's widget, or leads to Monext's hosted page."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from monext_bridge.config import Access, CheckoutMode
from monext_bridge.domain.ids import CartId
from monext_bridge.domain.record import Cart
from monext_bridge.errors import Forbidden, Unauthenticated
from monext_bridge.services.checkout import StartOptions
from monext_bridge.services.results import ExistingPayment, StartedSession
from monext_bridge.web.access import check_link
from monext_bridge.web.http import allow_widget, nonce, parameters, services
from monext_bridge.web.pages import CheckoutLinks, apply_branding, current_branding, speak
from monext_bridge.web.pages import render as pages

blueprint = Blueprint("checkout", __name__)


@blueprint.get("/checkout/<cart_id>")
def start(cart_id: str) -> Response | str:
    """Start or resume. Harmless to repeat: the same cart, asked for the same way, gets the same session."""
    settings = services().settings
    cart = parameters.cart_id(cart_id)
    mode = parameters.mode(request.args.get("mode"), default=settings.mode)
    options = parameters.options(request.args, settings=settings)
    apply_branding(None, home=options.cancel_url)
    proved = _proved(cart, options)
    answer = services().checkout.start(cart, proved, on_cart=partial(_look_like, options=proved))
    if isinstance(answer, ExistingPayment):
        return redirect(url_for("buyer.result", ref=answer.reference), code=303)
    return _show(answer, mode)


def _look_like(cart: Cart, *, options: StartOptions) -> None:
    """What is answered from here on, an error included, is of the cart's store and in its buyer's language."""
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
    store = services().settings.store(started.cart.store_key)
    allow_widget(started.widget_url, store.environment)
    return pages.checkout_widget(started, links=links, nonce=nonce(), branding=current_branding())


def _in_mode(mode: CheckoutMode) -> str:
    """This very request, in another mode."""
    return f"{request.path}?{urlencode({**request.args.to_dict(), 'mode': mode.value})}"


def _proved(cart: CartId, options: StartOptions) -> StartOptions:
    """Whoever knows the cart id may pay, or must bring a signed link or a session: by `CHECKOUT_ACCESS`.

    What a session's metadata says comes before what the query says.
    """
    settings = services().settings
    session_id = request.args.get("session")
    if session_id is not None and settings.commercetools.session_url:
        return _by_session(cart, session_id, options)
    if settings.access is Access.OPEN:
        return options
    check_link(
        cart,
        expires=request.args.get("expires"),
        signature=request.args.get("signature"),
        keys=settings.link_secrets,
        now=services().clock().timestamp(),
    )
    return options


def _by_session(cart: CartId, session_id: str, options: StartOptions) -> StartOptions:
    try:
        active = services().sessions.active(session_id)
    except Unauthenticated as error:
        raise Forbidden(str(error), field="session") from error
    if active.cart_id != cart:
        raise Forbidden("the session is for another cart", field="session")
    said = active.options
    return replace(
        options,
        return_url=said.return_url or options.return_url,
        order_number=said.order_number,
        interface=said.interface,
        allowed_methods=said.allowed_methods,
    )
