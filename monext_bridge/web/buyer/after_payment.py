"""Serves what follows the payment page: return, cancel, result. Each records the outcome, then shows or redirects."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from monext_bridge.concerns import now_concerns
from monext_bridge.services.checkout import opens_checkout
from monext_bridge.services.outcome import hints, landing_url, shop_front, with_hints
from monext_bridge.services.results import BuyerStatus, PaymentReference, PaymentResult
from monext_bridge.web.access import rate_limits
from monext_bridge.web.endpoints import (
    BUYER_SECONDS,
    POLLS,
    REFUSALS,
    Answers,
    BuyerVisit,
    Cors,
    Endpoint,
    Navigated,
    Principal,
    RateLimitKey,
)
from monext_bridge.web.http import nonce, parameters, services, wants_json
from monext_bridge.web.pages import apply_branding, asked_language, current_branding, hinted_store_key, speak
from monext_bridge.web.pages import render as pages

blueprint = Blueprint("buyer", __name__)

MOST_POLLS = 30
"""How often a browser without script polls by itself: every ten seconds, for five minutes."""

GAVE_UP_FOR_GOOD = (BuyerStatus.REFUSED, BuyerStatus.CANCELLED, BuyerStatus.EXPIRED)


@blueprint.get("/return/<ref>")
@Endpoint(
    does="records the outcome of the payment and leads on",
    caller=Principal.REFERENCE,
    called_by="buyer, sent by Monext",
    limits=(POLLS, REFUSALS),
    answers=Answers.PAGE,
    seconds=BUYER_SECONDS,
    buyer=BuyerVisit(polls_after_error=True),
)
def returned(ref: str) -> Response:
    """Redirect the browser that Monext sends back here, with or without a session token that we know by its name."""
    reference = _read(ref)
    token = parameters.token(request.args, names=parameters.RETURN_TOKENS)
    payment_result = services().buyer_events.returned(reference, token)
    return _redirect_onwards(ref, landing_url(payment_result))


@blueprint.get("/cancel/<ref>")
@Endpoint(
    does="gives up, unless Monext says that something was paid",
    caller=Principal.REFERENCE,
    limits=(POLLS, REFUSALS),
    answers=Answers.PAGE,
    seconds=BUYER_SECONDS,
    buyer=BuyerVisit(navigated=Navigated.HERE_OR_FROM_OUR_FRAME),
)
def cancel(ref: str) -> Response:
    """The buyer gives up. The attempt is closed as cancelled only where Monext says that nothing went through."""
    reference = _read(ref)
    payment_result = services().buyer_events.cancelled_by_buyer(reference)
    return _redirect_onwards(ref, landing_url(_as_cancelled(payment_result)))


@blueprint.get("/result/<ref>")
@Endpoint(
    does="the state of the payment in words; to a program that accepts JSON alone, "
    '`{"status", "paymentReference", "orderId"?, "orderNumber"?}`',
    caller=Principal.REFERENCE,
    limits=(POLLS, REFUSALS),
    answers=Answers.EITHER,
    seconds=BUYER_SECONDS,
    buyer=BuyerVisit(polls_after_error=True),
    cors=Cors.READ_JSON,
)
def result(ref: str) -> Response | str:
    """Show the status in words. A poll redirects to the shop once the status is final, if the shop has a page for it.

    A program that accepts JSON and no page gets the status alone, which is what `enabler.js` tells the shop.
    """
    reference = _read(ref)
    polls_so_far = parameters.polls_so_far(request.args.get("waiting"))
    payment_result = services().buyer_events.polled(reference)
    apply_branding(payment_result.store_key)
    speak(payment_result.note.language)
    if wants_json(request):
        return jsonify(hints(payment_result))
    shop = landing_url(payment_result)
    if shop and polls_so_far:
        return redirect(shop, code=303)
    return pages.result(
        payment_result,
        retry_url=payment_result.resume_url or _retry_url(ref, reference, payment_result),
        shop_url=shop or _after_reversal(payment_result) or shop_front(payment_result.landing),
        refresh_url=_poll_url(ref, 1),
        next_poll_url=_poll_url(ref, polls_so_far + 1) if polls_so_far < MOST_POLLS else None,
        nonce=nonce(),
        branding=current_branding(),
    )


def _read(ref: str) -> PaymentReference:
    """Read the reference, and count the request for its payment.

    What follows, an error included, has its store's branding and is in its language. The record tells both more
    exactly, once it is read.
    """
    reference = services().references.read(ref)
    now_concerns(cart=reference.cart_id, payment=reference.payment_id)
    apply_branding(hinted_store_key(reference.store_mark))
    speak(reference.language)
    rate_limits().count_proved(RateLimitKey.PAYMENT, reference.payment_id)
    return reference


def _poll_url(ref: str, number: int) -> str:
    """Return the URL of the result for its next poll; `number` counts the polls."""
    return url_for("buyer.result", ref=ref, waiting=number, lang=asked_language())


def _redirect_onwards(ref: str, shop: str | None) -> Response:
    return redirect(shop or url_for("buyer.result", ref=ref), code=303)


def _language(payment_result: PaymentResult) -> str | None:
    """Return the language asked for here, else at the start. What is no language tag would break the retry link."""
    asked = asked_language()
    return asked if asked and parameters.LANGUAGE.fullmatch(asked) else payment_result.note.language


def _as_cancelled(payment_result: PaymentResult) -> PaymentResult:
    """Tell the shop `cancelled` where the buyer gave up, whatever had kept the payment from going through."""
    if payment_result.status not in GAVE_UP_FOR_GOOD:
        return payment_result
    return replace(payment_result, status=BuyerStatus.CANCELLED)


def _after_reversal(payment_result: PaymentResult) -> str | None:
    """Return the shop's cancel page for money that was given back, to be opened after our page has told the buyer."""
    if payment_result.status in (BuyerStatus.RETURNED, BuyerStatus.REFUNDED):
        return with_hints(payment_result.landing.cancel_url, payment_result)
    return None


def _retry_url(ref: str, reference: PaymentReference, payment_result: PaymentResult) -> str | None:
    """Return the URL that starts a payment of the cart anew, under the same rules; None once they have ended."""
    settings, now = services().settings, services().machine_clock()
    if not opens_checkout(reference, settings=settings, now=now):
        return None
    language = _language(payment_result)
    return url_for("checkout.start", cart_id=reference.cart_id, ref=ref, lang=language)
