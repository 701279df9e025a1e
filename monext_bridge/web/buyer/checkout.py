"""`/checkout/<cart id>` starts or resumes a payment: its page has Monext's widget, or leads to Monext's own page."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from monext_bridge.concerns import now_concerns
from monext_bridge.config import CheckoutMode
from monext_bridge.domain.ids import CartId
from monext_bridge.domain.record import Cart
from monext_bridge.errors import NotFound
from monext_bridge.services.checkout import StartOptions, named_pages
from monext_bridge.services.results import ExistingPayment, StartedSession
from monext_bridge.web.access import looking_up
from monext_bridge.web.buyer.proved_options import is_id_enough, proved_options
from monext_bridge.web.endpoints import (
    BUYER_SECONDS,
    KNOWN,
    KNOWN_FROM,
    LOOK_UPS,
    REFUSALS,
    START,
    STARTS,
    Answers,
    BuyerVisit,
    Endpoint,
    Navigated,
    Principal,
    RateLimitKey,
)
from monext_bridge.web.http import (
    allow_pictures,
    allow_widget,
    nonce,
    parameters,
    picture_origins,
    services,
)
from monext_bridge.web.pages import CheckoutLinks, apply_branding, current_branding, shown_pictures, speak
from monext_bridge.web.pages import render as pages

blueprint = Blueprint("checkout", __name__)


@blueprint.get("/checkout/<cart_id>")
@Endpoint(
    does="starts or resumes a payment",
    caller=Principal.LINK,
    limits=(START, KNOWN_FROM, KNOWN, STARTS, REFUSALS, LOOK_UPS),
    answers=Answers.PAGE,
    seconds=BUYER_SECONDS,
    buyer=BuyerVisit(nothing_taken_on_error=True, navigated=Navigated.HERE_OR_IN_A_FRAME),
)
def start(cart_id: str) -> Response | str:
    """Start or resume a payment, and show its page. May be repeated: equal terms of a cart get the same session."""
    started, mode = _start(cart_id, request.args)
    if isinstance(started, ExistingPayment):
        return _to_result(started)
    return _to_monext(started) if mode is CheckoutMode.DIRECT else _page(started, mode)


@blueprint.post("/checkout/<cart_id>")
@Endpoint(
    does="the same with a form in place of the query, so that no proof stands in an address",
    caller=Principal.LINK,
    limits=(START, KNOWN_FROM, KNOWN, STARTS, REFUSALS, LOOK_UPS),
    answers=Answers.PAGE,
    seconds=BUYER_SECONDS,
    buyer=BuyerVisit(nothing_taken_on_error=True, navigated=Navigated.HERE_OR_IN_A_FRAME),
)
def start_by_form(cart_id: str) -> Response:
    """Start or resume a payment, and lead to its page, which a reload opens again without the form.

    A form sent twice gets the same session. Which page sent it does not matter: there are no cookies, and whoever has
    the proof may as well open a link.
    """
    started, mode = _start(cart_id, request.form)
    if isinstance(started, ExistingPayment):
        return _to_result(started)
    if mode is CheckoutMode.DIRECT:
        return _to_monext(started)
    chosen = mode if mode is not services().settings.mode else None
    return redirect(_address(started, mode=chosen), code=303)


def _start(cart_id: str, given: MultiDict[str, str]) -> tuple[StartedSession | ExistingPayment, CheckoutMode]:
    settings = services().settings
    cart = parameters.cart_id(cart_id)
    now_concerns(cart=cart)
    mode = parameters.mode(given.get("mode"), default=settings.mode)
    options = parameters.options(given, settings=settings)
    apply_branding(None, home=options.cancel_url)
    speak(options.language)
    proved = proved_options(cart, given, options=options)
    return _started(cart, proved, id_is_enough=is_id_enough(given)), mode


def _started(
    cart_id: CartId, options: StartOptions, *, id_is_enough: bool
) -> StartedSession | ExistingPayment:
    """Start the payment. Where the cart's id is all the proof there is, it counts once there is such a cart."""
    apply_cart = partial(_apply_cart, options=options)
    if not id_is_enough:
        return services().checkout.start(cart_id, options, on_cart=apply_cart)
    unknown = NotFound(f"no cart {cart_id}")
    with looking_up(cart_id, key=RateLimitKey.KNOWN_CART, name=cart_id, unknown=unknown) as look_up:

        def on_cart(cart: Cart) -> None:
            apply_cart(cart)
            look_up.proved()

        return services().checkout.start(cart_id, options, on_cart=on_cart)


def _apply_cart(cart: Cart, *, options: StartOptions) -> None:
    """Give the answer, an error included, the branding of the cart's store and its buyer's language."""
    pages_named = named_pages(cart, options, settings=services().settings)
    apply_branding(cart.store_key, home=pages_named.cancel_url)
    speak(options.known_language, cart.locale)


def _to_result(existing: ExistingPayment) -> Response:
    return redirect(url_for("buyer.result", ref=existing.reference), code=303)


def _to_monext(started: StartedSession) -> Response:
    return redirect(started.redirect_url, code=303)


def _page(started: StartedSession, mode: CheckoutMode) -> str:
    links = CheckoutLinks(
        cancel=url_for("buyer.cancel", ref=started.reference),
        redirect_mode=_address(started, mode=CheckoutMode.REDIRECT),
        result=url_for("buyer.result", ref=started.reference),
    )
    settings = services().settings
    origins = picture_origins(settings)
    allow_pictures(origins)
    pictures = shown_pictures(started.cart.lines, origins=origins)
    if mode is CheckoutMode.REDIRECT:
        return pages.checkout_redirect(started, pictures=pictures, links=links, branding=current_branding())
    store = settings.store(started.cart.store_key)
    extra = settings.payment_page.extra_sources
    allow_widget(started.widget_url, store.environment, contracts=store.contracts, extra=extra)
    return pages.checkout_widget(
        started, pictures=pictures, links=links, nonce=nonce(), branding=current_branding()
    )


def _address(started: StartedSession, *, mode: CheckoutMode | None) -> str:
    """Return where this payment is opened again, under the same rules and without another proof."""
    return url_for(
        "checkout.start",
        cart_id=started.cart.id,
        ref=started.reference,
        mode=mode.value if mode else None,
        lang=request.args.get("lang"),
    )
