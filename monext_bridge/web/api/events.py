"""`POST /events/commercetools` receives a subscription's messages, as Pub/Sub, SNS or Event Grid push them.

The principal is proved twice: by our secret, and by what the envelope itself can prove. What a message says
changes nothing: it only makes us read the order.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Iterable, Sequence

from flask import Blueprint, Response, jsonify, request
from pydantic import SecretStr

from monext_bridge.domain.ids import OrderId
from monext_bridge.errors import Forbidden, Malformed, NotFound, Unauthenticated
from monext_bridge.logs import event
from monext_bridge.mapping.clouds import (
    SnsKind,
    SnsMessage,
    Validation,
    is_sns,
    moved_orders,
    read_json,
    read_push,
    read_sns,
    read_text,
)
from monext_bridge.mapping.json_object import Json
from monext_bridge.services.access import SignatureVerdict
from monext_bridge.services.operations import MessageHandled
from monext_bridge.web.access import bearer
from monext_bridge.web.api.bodies import answer
from monext_bridge.web.api.examples import PUBSUB_PUSH
from monext_bridge.web.api.models import ErrorDetail, ErrorResponse, EventsConfirmed
from monext_bridge.web.endpoints import (
    OPERATION_SECONDS,
    UNLIMITED,
    Answers,
    Description,
    Endpoint,
    Principal,
)
from monext_bridge.web.http import services

log = logging.getLogger(__name__)

blueprint = Blueprint("events", __name__)

PATH = "/events/commercetools"
LARGEST_PUSH = 1024 * 1024
"""Bytes. This is Event Grid's limit, the highest of the three, so that every push arrives whole."""

ORIGIN = re.compile(r"[A-Za-z0-9.-]{1,253}")
NOT_YET = "not done yet, or not known: send it again"
SEND_AGAIN_IN = "30"
"""Seconds."""


@blueprint.post(PATH, provide_automatic_options=False)
@Endpoint(
    does="captures what is open when an order is shipped, releases it when one is cancelled",
    caller=Principal.SUBSCRIPTION,
    limits=UNLIMITED,  # we ask nobody before the secret is proved, and clouds push all at once what has piled up
    answers=Answers.JSON,
    seconds=OPERATION_SECONDS,
    description=Description(
        "Capture on shipment, release on cancellation: a message of a commercetools subscription",
        "Envelopes of Google Pub/Sub push, AWS SNS and Azure Event Grid, with their handshakes. The same "
        "message may come any number of times and in any order: it captures or releases once. 204: done, or not "
        "ours. 503: send it again. The endpoint is off (404) without EVENTS_SECRET.",
        answers={200: EventsConfirmed, 204: None},
        refusals=(400, 401, 403, 404, 413, 503),
        examples={"Google Pub/Sub push": PUBSUB_PUSH},
    ),
)
def receive() -> Response:
    """Answer 204 for "done, or not ours", 503 for "send it again". A message may come any number of times."""
    unproved = _prove_principal()
    if unproved:
        return unproved
    request.max_content_length = LARGEST_PUSH
    document = read_json(request.get_data(cache=False))
    if is_sns(document) or "X-Amz-Sns-Message-Type" in request.headers:
        return _sns(read_sns(document))
    pushed = read_push(document)
    if isinstance(pushed, Validation):
        return jsonify(validationResponse=pushed.code)
    if pushed.unreadable:
        event(log, "messages_unreadable", level=logging.ERROR, events=pushed.unreadable, then="passed over")
    return _follow(pushed.payloads)


@blueprint.route(PATH, methods=["OPTIONS"])
@Endpoint(
    does="answers Event Grid's question whether its events are wanted",
    caller=Principal.SUBSCRIPTION,
    limits=UNLIMITED,  # as for the events themselves
    answers=Answers.JSON,
)
def handshake() -> Response:
    """Answer CloudEvents' abuse protection, by which Event Grid asks whether its events are wanted.

    https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md#4-abuse-protection
    """
    unproved = _prove_principal()
    if unproved:
        return unproved
    origin = request.headers.get("WebHook-Request-Origin", "")
    if not ORIGIN.fullmatch(origin):
        raise Malformed("the origin of the events is needed", field="WebHook-Request-Origin")
    allowed = {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*", "Allow": "POST, OPTIONS"}
    return Response(status=200, headers=allowed)


def _prove_principal() -> Response | None:
    """Check the secret, and Google's token where an audience is set. Returns None once both are proved.

    With an audience set, the bearer is Google's token, so the secret is in the query. Where Google's keys can't be
    had, the returned answer asks for the message again. Raises NotFound where no secret is set, Unauthenticated or
    Forbidden without the right proof.
    """
    settings = services().settings
    if not settings.events_secrets:
        raise NotFound("EVENTS_SECRET is not set")
    audience, header = settings.events_oidc_audience, request.headers.get("Authorization")
    given = request.args.get("secret")
    if given is None and audience:
        raise Unauthenticated("the secret of the subscription is missing", field="secret")
    given = bearer(header) if given is None else given
    _prove_secret(given, settings.events_secrets)
    if audience is None:
        return None
    return _unless_genuine(services().push_signatures.google(bearer(header), audience=audience))


def _prove_secret(given: str, secrets: Sequence[SecretStr]) -> None:
    """Compare with every secret. Raises Unauthenticated where it is none. Says where it is not the first."""
    same = [hmac.compare_digest(_bytes(given), _bytes(each.get_secret_value())) for each in secrets]
    if not any(same):
        raise Unauthenticated("the secret of the subscription is not the right one")
    if not same[0]:
        event(log, "old_secret_used", setting="EVENTS_SECRET", place=same.index(True) + 1)


def _sns(message: SnsMessage) -> Response:
    signatures = services().push_signatures
    unproved = _unless_genuine(signatures.sns(message))
    if unproved:
        return unproved
    if message.kind is SnsKind.SUBSCRIPTION:
        return Response(status=204) if signatures.confirm(message) else _send_again()
    if message.kind is SnsKind.UNSUBSCRIPTION:
        then = "no message comes from this topic any more, so no shipment captures"
        event(log, "sns_unsubscribed", level=logging.WARNING, topic=message.topic, then=then)
        return Response(status=204)
    return _follow(read_text(message.message).payloads)


def _follow(payloads: Iterable[Json]) -> Response:
    """Follow every order that is named, even where the message of an earlier one has to be sent again."""
    project_key = services().settings.commercetools.project_key
    orders: tuple[OrderId, ...] = moved_orders(payloads, project_key=project_key)
    handled = [services().shipment.follow(order_id) for order_id in orders]
    return _send_again() if MessageHandled.AGAIN in handled else Response(status=204)


def _unless_genuine(verdict: SignatureVerdict) -> Response | None:
    if verdict is SignatureVerdict.FORGED:
        raise Forbidden("the push is not signed by the cloud that it names")
    return _send_again() if verdict is SignatureVerdict.UNKNOWN else None


def _send_again() -> Response:
    """Answer 503. The reason is in the log; the cloud's queue needs none."""
    detail = ErrorDetail(code="General", message=NOT_YET)
    response = jsonify(answer(ErrorResponse(message=NOT_YET, statusCode=503, errors=[detail])))
    response.status_code = 503
    response.headers["Retry-After"] = SEND_AGAIN_IN
    return response


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
