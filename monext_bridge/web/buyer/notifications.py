"""`/notification/<ref>` hears from Monext that something happened; what happened, we ask Monext ourselves."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from flask import Blueprint, Response, request

from monext_bridge import observed
from monext_bridge.concerns import now_concerns
from monext_bridge.errors import RemoteError, StoreNotConfigured
from monext_bridge.logs import event
from monext_bridge.web.access import rate_limits
from monext_bridge.web.endpoints import (
    NOTIFICATION,
    NOTIFICATION_SECONDS,
    NOTIFICATIONS,
    REFUSALS,
    Answers,
    Endpoint,
    Principal,
    RateLimitKey,
)
from monext_bridge.web.http import parameters, services

log = logging.getLogger(__name__)

blueprint = Blueprint("notifications", __name__)

TOKENS = ("token", *parameters.RETURN_TOKENS)
NOTIFY_AGAIN_IN = "60"
"""Seconds. Monext repeats a notification every minute for two hours."""


@blueprint.get("/notification/<ref>")
@blueprint.post("/notification/<ref>")
@Endpoint(
    does="records the outcome of the payment, whatever the type of the notification; 200, or 503 to be called again, "
    "also where Monext calls too often",
    caller=Principal.REFERENCE,
    called_by="Monext",
    limits=(NOTIFICATION, NOTIFICATIONS, REFUSALS),
    answers=Answers.JSON,
    seconds=NOTIFICATION_SECONDS,
    bare_503_when_limited=True,
)
def notify(ref: str) -> Response:
    """Answer 200 with an empty body (204 does not count at Monext), or 503 so that Monext sends it again.

    That is so where it calls too often as well: the contract of this address knows 503 with Retry-After for "later",
    where 4xx says that there is something wrong with the notification itself. The reference names the payment,
    whatever the type of the notification: a late decision comes as TRS with a `transactionId` and no token. A token
    that is given must be this payment's.
    """
    reference = services().references.read(ref)
    observed.notification_received()
    now_concerns(cart=reference.cart_id, payment=reference.payment_id)
    rate_limits().count_proved(RateLimitKey.PAYMENT, reference.payment_id)
    token = parameters.token(_given(), names=TOKENS)
    try:
        payment_result = services().buyer_events.notified(reference, token)
    except (RemoteError, StoreNotConfigured) as error:
        event(log, "notification_failed", level=logging.ERROR, why=str(error), then="Monext sends it again")
        return _send_again()
    return Response(status=200) if payment_result.complete else _send_again()


def _given() -> Mapping[str, object]:
    """Return the parameters of the query, of a form and of a JSON body; the query counts first.

    A body that is no JSON object has none.
    """
    body = request.get_json(silent=True)
    members = body if isinstance(body, dict) else {}
    return {**members, **request.form.to_dict(), **request.args.to_dict()}


def _send_again() -> Response:
    return Response(status=503, headers={"Retry-After": NOTIFY_AGAIN_IN})
