"""`POST /payment`: a session for a shop's own page, by the commercetools session of its cart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, request

from monext_bridge.errors import Conflict, Unauthenticated
from monext_bridge.services.results import ExistingPayment
from monext_bridge.web.api.bodies import answer, read_body
from monext_bridge.web.api.models import PaymentRequest, PaymentStarted
from monext_bridge.web.http import parameters, services

blueprint = Blueprint("payment", __name__)


@blueprint.post("/payment")
def create() -> dict[str, Any]:
    """Start or resume the payment of the session's cart. May be repeated: it answers the same session."""
    session_id = request.headers.get("X-Session-Id")
    if not session_id:
        raise Unauthenticated("X-Session-Id is missing", field="X-Session-Id")
    active = services().sessions.active(session_id)
    wanted = read_body(PaymentRequest, optional=True)
    options = replace(
        active.options,
        language=parameters.language(wanted.languageCode, field="languageCode"),
        method=parameters.method(wanted.paymentMethod, field="paymentMethod"),
    )
    started = services().checkout.start(active.cart_id, options)
    if isinstance(started, ExistingPayment) and started.returned:
        raise Conflict(
            f"an earlier payment of the cart is given back: {started.payment_id}; ask again for a new one"
        )
    if isinstance(started, ExistingPayment):
        raise Conflict(f"the cart has a payment already: {started.payment_id}")
    return answer(
        PaymentStarted(
            redirectURL=started.redirect_url,
            sessionId=started.token,
            paymentReference=started.payment_id,
        )
    )
