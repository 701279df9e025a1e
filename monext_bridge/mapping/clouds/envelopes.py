"""Opens the envelope that a message queue pushes, and finds the messages of commercetools in it.

Google Pub/Sub wraps a message in base64, AWS SNS in a signed text (`mapping.clouds.sns`), and Azure Event
Grid in an array or as CloudEvents. Inside is a payload of commercetools, plain or as `data` of a CloudEvent.
https://docs.commercetools.com/api/projects/subscriptions#delivery
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from monext_bridge.domain.ids import OrderId
from monext_bridge.errors import InvalidJson, Malformed
from monext_bridge.mapping.inbound_json import read_json
from monext_bridge.mapping.json_object import Json

SHIPMENT, ORDER_STATE = "OrderShipmentStateChanged", "OrderStateChanged"
FOLLOWED = (SHIPMENT, ORDER_STATE)
"""The messages that are followed: an order was shipped, or cancelled."""

VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent"
MOST_WRAPPINGS = 4
"""Allows one more than anybody needs: Pub/Sub or Event Grid, a CloudEvent in it, its payload."""

RESOURCE_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Validation:
    """Event Grid asks for its code back before it delivers anything."""

    code: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """Holds payloads of commercetools and whatever else came in their place, in the order in which they came.

    `unreadable` counts the events of the batch that were passed over.
    """

    payloads: tuple[Json, ...]
    unreadable: int = 0


def read_push(document: object) -> Validation | Delivered:
    """Opens an envelope of Pub/Sub or Event Grid. What has no envelope is taken as it is.

    Raises Malformed where neither an object nor an array came, or where what is wrapped can't be unwrapped.
    """
    if document == []:
        return Delivered(())
    listed = document if isinstance(document, list) else [document]
    events = [event for event in listed if isinstance(event, dict)] or [
        _object(listed[0] if listed else None)
    ]
    for event in events:
        if event.get("eventType") == VALIDATION:
            return Validation(_validation_code(event))
    return _delivered(events, listed=len(listed))


def _delivered(events: list[Json], *, listed: int) -> Delivered:
    """Returns all that can be read.

    One event that can't be read does not keep the others of its batch from being followed.
    """
    payloads: list[Json] = []
    for event in events:
        try:
            payloads.append(_payload(event))
        except (Malformed, InvalidJson):
            if listed == 1:
                raise
    if not payloads:
        raise Malformed("no event of the batch can be read")
    return Delivered(tuple(payloads), unreadable=listed - len(payloads))


def read_text(text: str) -> Delivered:
    """Returns the payload that SNS carries as text. Raises Malformed where it is no JSON object."""
    return Delivered((_payload(_object(text)),))


def moved_orders(payloads: Iterable[Json], *, project_key: str) -> tuple[OrderId, ...]:
    """Returns the orders of which a message says that their state or their shipment has moved, each once.

    Other messages, notifications of other subscriptions and those of other projects are passed over. What the
    message says about the state is left unread: it may come late, and the order itself knows. Raises
    Malformed where there are such messages but none names its order.
    """
    found = [
        payload
        for payload in payloads
        if _type(payload) in FOLLOWED and payload.get("projectKey", project_key) == project_key
    ]
    if len(found) == 1:
        return (_order_id(found[0]),)
    named = [payload for payload in found if _names_order(payload)]
    if found and not named:
        raise Malformed("no message of the batch names its order")
    return tuple(dict.fromkeys(_order_id(payload) for payload in named))


def _payload(event: Json) -> Json:
    """Returns what is in an event once nothing is wrapped any more."""
    for _ in range(MOST_WRAPPINGS):
        inner = _inner(event)
        if inner is None:
            return event
        event = inner
    raise Malformed("the message is wrapped too often")


def _inner(event: Json) -> Json | None:
    """Returns Pub/Sub's `message.data`, or `data` of Event Grid or CloudEvents; None for what is no wrapping."""
    message = event.get("message")
    if isinstance(message, dict):
        return _object(_decoded(message["data"])) if message.get("data") else {}
    if "specversion" not in event and "eventType" not in event:
        return None
    if "data_base64" in event:
        return _object(_decoded(event["data_base64"]))
    return _object(event.get("data") or {})


def _object(value: object) -> Json:
    """Returns an object, which may still be text."""
    found = read_json(value) if isinstance(value, bytes | str) else value
    if not isinstance(found, dict):
        raise Malformed("a JSON object is needed")
    return found


def _decoded(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise Malformed("the message is not base64") from error


def _validation_code(event: Json) -> str:
    data = event.get("data")
    code = data.get("validationCode") if isinstance(data, dict) else None
    if not isinstance(code, str) or not code:
        raise Malformed("a validation without its code")
    return code


def _type(payload: Json) -> object:
    """Returns the type. For a payload too large to be sent along, only `payloadNotIncluded` tells it."""
    left_out = payload.get("payloadNotIncluded")
    return payload.get("type") or (left_out.get("payloadType") if isinstance(left_out, dict) else None)


def _names_order(payload: Json) -> bool:
    resource = payload.get("resource")
    found = resource.get("id") if isinstance(resource, dict) else None
    return isinstance(found, str) and RESOURCE_ID.fullmatch(found) is not None


def _order_id(payload: Json) -> OrderId:
    if not _names_order(payload):
        raise Malformed("a message without the id of its order")
    return OrderId(payload["resource"]["id"])
