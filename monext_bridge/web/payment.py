"""`POST /payment`: a session for a shop's own page, by the commercetools session of its cart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, request
from pydantic import BaseModel, ConfigDict, ValidationError

from monext_bridge.errors import Conflict, Malformed, Unauthenticated
from monext_bridge.services.results import Elsewhere
from monext_bridge.web import parameters
from monext_bridge.web.context import services

blueprint = Blueprint("payment", __name__)


class PaymentRequest(BaseModel):
    """The body; an empty one is as good. Unknown fields are ignored, as by commercetools' own connectors."""

    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)

    languageCode: str | None = None
    paymentMethod: str | None = None
    mode: str | None = None


@blueprint.post("/payment")
def create() -> dict[str, Any]:
    """Start or resume the payment of the session's cart. May be repeated: it answers the same session."""
    session_id = request.headers.get("X-Session-Id")
    if not session_id:
        raise Unauthenticated("X-Session-Id is missing", field="X-Session-Id")
    wanted = _body()
    settings = services().settings
    parameters.mode(wanted.mode, default=settings.mode)
    active = services().sessions.active(session_id)
    wishes = replace(
        active.wishes,
        language=parameters.language(wanted.languageCode, field="languageCode"),
        method=parameters.method(wanted.paymentMethod, field="paymentMethod"),
    )
    started = services().checkout.start(active.cart_id, wishes)
    if isinstance(started, Elsewhere):
        raise Conflict(f"the cart has a payment already: {started.payment_id}")
    return {
        "redirectURL": started.redirect_url,
        "sessionId": started.token,
        "paymentReference": started.payment_id,
    }


def _body() -> PaymentRequest:
    if not request.get_data():
        return PaymentRequest()
    try:
        return PaymentRequest.model_validate(request.get_json(force=True))
    except ValidationError as error:
        names = sorted({".".join(str(part) for part in e["loc"]) for e in error.errors(include_input=False)})
        raise Malformed("a text is needed", field=", ".join(names)) from error
