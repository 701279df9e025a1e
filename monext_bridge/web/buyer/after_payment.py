"""After the payment page: return, cancel, result. Each settles first, then shows or sends on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from monext_bridge.config import Access
from monext_bridge.services.outcome import hints, landing_url, with_hints
from monext_bridge.services.results import BuyerStatus, PaymentReference, PaymentResult
from monext_bridge.web.access import sign_link
from monext_bridge.web.http import nonce, parameters, services, wants_json
from monext_bridge.web.pages import apply_branding, asked_language, current_branding, speak
from monext_bridge.web.pages import render as pages

blueprint = Blueprint("buyer", __name__)

RETRY_LINK_LASTS = timedelta(hours=24)
MOST_POLLS = 30
"""So often a browser without script looks by itself: every ten seconds, for five minutes."""

GAVE_UP_FOR_GOOD = (BuyerStatus.REFUSED, BuyerStatus.CANCELLED, BuyerStatus.EXPIRED)


@blueprint.get("/return/<ref>")
def returned(ref: str) -> Response:
    """Monext sends the browser back here, with the session's token."""
    reference = _read(ref)
    token = parameters.token(request.args, names=parameters.RETURN_TOKENS)
    settled = services().buyer_events.returned(reference, token)
    return _onwards(ref, landing_url(reference, settled))


@blueprint.get("/cancel/<ref>")
def cancel(ref: str) -> Response:
    """The buyer gives up. Closed as cancelled only where Monext says that nothing went through."""
    reference = _read(ref)
    settled = services().buyer_events.cancelled_by_buyer(reference)
    return _onwards(ref, landing_url(reference, _as_cancelled(settled)))


@blueprint.get("/result/<ref>")
def result(ref: str) -> Response | str:
    """The state in words; moves on to the shop by itself once it is final, if the shop has a page for it.

    To a program that accepts JSON and no page: the state alone, which is what `enabler.js` tells the shop.
    """
    reference = _read(ref)
    looks_so_far = parameters.branding(request.args.get("waiting"))
    settled = services().buyer_events.looked(reference)
    if wants_json(request):
        return jsonify(hints(settled))
    shop = landing_url(reference, settled)
    if shop and looks_so_far:
        return redirect(shop, code=303)
    return pages.result(
        settled,
        retry_url=settled.resume_url or _retry_url(reference, settled),
        shop_url=shop or _after_return(reference, settled),
        refresh_url=_look_url(ref, 1),
        next_poll_url=_look_url(ref, looks_so_far + 1) if looks_so_far < MOST_POLLS else None,
        nonce=nonce(),
        branding=current_branding(),
    )


def _read(ref: str) -> PaymentReference:
    """The reference; what follows, an error included, looks like its store and is in its language."""
    reference = services().references.read(ref)
    apply_branding(reference.store_key, home=reference.cancel_url)
    speak(reference.language)
    return reference


def _look_url(ref: str, number: int) -> str:
    """This result, looked at once more; `number` counts."""
    return url_for("buyer.result", ref=ref, waiting=number, lang=asked_language())


def _onwards(ref: str, shop: str | None) -> Response:
    return redirect(shop or url_for("buyer.result", ref=ref), code=303)


def _language(reference: PaymentReference) -> str | None:
    """Asked for here, else at the start; what is no language at all would only break the way back."""
    asked = asked_language()
    return asked if asked and parameters.LANGUAGE.fullmatch(asked) else reference.language


def _as_cancelled(settled: PaymentResult) -> PaymentResult:
    """The shop hears `cancelled` of a buyer who gave up, whatever had kept the payment from going through."""
    if settled.status not in GAVE_UP_FOR_GOOD:
        return settled
    return replace(settled, status=BuyerStatus.CANCELLED)


def _after_return(reference: PaymentReference, settled: PaymentResult) -> str | None:
    """Money that was given back: our page says so, the shop's cancel page comes after it."""
    if settled.status is BuyerStatus.RETURNED:
        return with_hints(reference.cancel_url, settled)
    return None


def _retry_url(reference: PaymentReference, settled: PaymentResult) -> str | None:
    """A new start of the cart; signed where knowing the cart id is not enough, for a day after the first."""
    settings, now = services().settings, services().clock()
    wished = {
        "returnUrl": reference.return_url,
        "cancelUrl": reference.cancel_url,
        "lang": _language(reference),
    }
    query = {name: value for name, value in wished.items() if value}
    if settings.access is not Access.OPEN:
        if settled.begun is None or now - settled.begun > RETRY_LINK_LASTS:
            return None
        expires = int((settled.begun + RETRY_LINK_LASTS).timestamp())
        query["expires"] = str(expires)
        query["signature"] = sign_link(reference.cart_id, expires, key=settings.link_secrets[0])
    path = url_for("checkout.start", cart_id=reference.cart_id)
    return f"{path}?{urlencode(query)}" if query else path
