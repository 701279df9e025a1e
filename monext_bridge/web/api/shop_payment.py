"""`POST /payment` opens Monext's session for a shop's own page, which proves itself by its shop session."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from monext_bridge.errors import Conflict
from monext_bridge.services.checkout import StartOptions, under_session
from monext_bridge.services.results import ExistingPayment
from monext_bridge.web.api.bodies import answer, read_body
from monext_bridge.web.api.examples import PAYMENT_ID, REMOTES
from monext_bridge.web.api.models import PaymentRequest, PaymentStarted
from monext_bridge.web.api.sessions import active_session
from monext_bridge.web.endpoints import (
    LOOK_UPS,
    REFUSALS,
    SESSION,
    SHOP,
    Answers,
    Cors,
    Description,
    Endpoint,
    Principal,
)
from monext_bridge.web.http import parameters, services

blueprint = Blueprint("payment", __name__)


@blueprint.post("/payment")
@Endpoint(
    does="starts or resumes the payment of the session's cart",
    caller=Principal.SESSION,
    limits=(SESSION, SHOP, REFUSALS, LOOK_UPS),
    answers=Answers.JSON,
    cors=Cors.CALL,
    description=Description(
        "Start or resume the payment of the session's cart",
        "May be repeated: while the session lives, the same one is answered. The body may be left out.",
        answers={200: PaymentStarted},
        answer={
            "redirectURL": "https://homologation-webpayment.payline.com/v2/?token=1a2B3c4D5e6F7g8H9i0J",
            "sessionId": "1a2B3c4D5e6F7g8H9i0J",
            "paymentReference": PAYMENT_ID,
        },
        refusals=(400, 401, 404, 409, 413, 429, *REMOTES),
        body=PaymentRequest,
        body_required=False,
        examples={"In French, by card": {"languageCode": "fr-FR", "paymentMethod": "CB"}},
    ),
)
def create() -> dict[str, Any]:
    """Start or resume the payment of the shop session's cart. May be repeated: it answers the same session."""
    shop_session = active_session()
    requested = read_body(PaymentRequest, optional=True)
    asked_for = StartOptions(
        language=parameters.language(requested.languageCode, field="languageCode"),
        method=parameters.method(requested.paymentMethod, field="paymentMethod"),
    )
    options = under_session(asked_for, shop_session, now=services().machine_clock())
    started = services().checkout.start(shop_session.cart_id, options)
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
