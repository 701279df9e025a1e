"""`POST /events/commercetools` receives a subscription's messages, as Pub/Sub, SNS or Event Grid push them.

Who sends is proved by one of three proofs (`event_proofs`), and a signed envelope proves itself as well. What a
message says changes nothing: it only makes us read the order.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

from flask import Blueprint, Response, jsonify, request

from monext_bridge.concerns import now_concerns
from monext_bridge.domain.ids import OrderId
from monext_bridge.errors import Forbidden, Malformed
from monext_bridge.logs import event
from monext_bridge.mapping.clouds import (
    SnsKind,
    SnsMessage,
    Validation,
    is_sns,
    moved_orders,
    read_push,
    read_sns,
    read_text,
)
from monext_bridge.mapping.inbound_json import read_json
from monext_bridge.mapping.json_object import Json
from monext_bridge.services.access import SignatureVerdict
from monext_bridge.services.operations import MessageHandled
from monext_bridge.web.api.bodies import answer
from monext_bridge.web.api.event_proofs import (
    check_topics,
    may_prove_itself,
    prove_sender,
    prove_sns,
    refuse_unproved,
)
from monext_bridge.web.api.examples import PUBSUB_PUSH
from monext_bridge.web.api.models import ErrorDetail, ErrorResponse, EventsConfirmed
from monext_bridge.web.endpoints import (
    LOOK_UPS,
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
    limits=(
        LOOK_UPS,
    ),  # of certificates; what is proved is not limited, since clouds push at once what has piled up
    answers=Answers.JSON,
    seconds=OPERATION_SECONDS,
    description=Description(
        "Capture on shipment, release on cancellation: a message of a commercetools subscription",
        "Envelopes of Google Pub/Sub push, AWS SNS and Azure Event Grid, with their handshakes. The same "
        "message may come any number of times and in any order: it captures or releases once. 204: done, or not "
        "ours. 503: send it again. The endpoint is off (404) where none of EVENTS_SECRET, EVENTS_OIDC_EMAILS and "
        "EVENTS_TOPICS is set. 403: a forged signature or token, another topic than EVENTS_TOPICS lists, or what was "
        "signed more than 14 days ago.",
        answers={200: EventsConfirmed, 204: None},
        refusals=(400, 401, 403, 404, 413, 429, 503),
        examples={"Google Pub/Sub push": PUBSUB_PUSH},
    ),
)
def receive() -> Response:
    """Answer 204 for "done, or not ours", 503 for "send it again". A message may come any number of times."""
    settings = services().settings
    sender = prove_sender(settings)
    if sender is SignatureVerdict.UNKNOWN:
        return _send_again()
    proved = sender is SignatureVerdict.GENUINE
    if not proved and not may_prove_itself(settings):
        refuse_unproved()
    request.max_content_length = LARGEST_PUSH
    document = read_json(request.get_data(cache=False))
    if is_sns(document) or "X-Amz-Sns-Message-Type" in request.headers:
        return _sns(read_sns(document))
    if not proved:
        refuse_unproved()
    check_topics(document, settings)
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
    sender = prove_sender(services().settings)
    if sender is SignatureVerdict.UNKNOWN:
        return _send_again()
    if sender is not SignatureVerdict.GENUINE:
        refuse_unproved()
    origin = request.headers.get("WebHook-Request-Origin", "")
    if not ORIGIN.fullmatch(origin):
        raise Malformed("the origin of the events is needed", field="WebHook-Request-Origin")
    allowed = {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*", "Allow": "POST, OPTIONS"}
    return Response(status=200, headers=allowed)


def _sns(message: SnsMessage) -> Response:
    """Follow a message whose signature proves it. A confirmation and an end follow the same rules."""
    verdict = prove_sns(message, services().settings)
    if verdict is SignatureVerdict.FORGED:
        raise Forbidden("the push is not signed by the cloud that it names")
    if verdict is SignatureVerdict.UNKNOWN:
        return _send_again()
    if message.kind is SnsKind.SUBSCRIPTION:
        return Response(status=204) if services().push_signatures.confirm(message) else _send_again()
    if message.kind is SnsKind.UNSUBSCRIPTION:
        then = "no message comes from this topic any more, so no shipment captures"
        event(log, "sns_unsubscribed", level=logging.WARNING, topic=message.topic, then=then)
        return Response(status=204)
    return _follow(read_text(message.message).payloads)


def _follow(payloads: Iterable[Json]) -> Response:
    """Follow every order that is named, even where the message of an earlier one has to be sent again."""
    project_key = services().settings.commercetools.project_key
    orders: tuple[OrderId, ...] = moved_orders(payloads, project_key=project_key)
    if len(orders) == 1:
        now_concerns(order=orders[0])
    handled = [services().shipment.follow(order_id) for order_id in orders]
    return _send_again() if MessageHandled.AGAIN in handled else Response(status=204)


def _send_again() -> Response:
    """Answer 503. The reason is in the log; the cloud's queue needs none."""
    detail = ErrorDetail(code="General", message=NOT_YET)
    response = jsonify(answer(ErrorResponse(message=NOT_YET, statusCode=503, errors=[detail])))
    response.status_code = 503
    response.headers["Retry-After"] = SEND_AGAIN_IN
    return response
