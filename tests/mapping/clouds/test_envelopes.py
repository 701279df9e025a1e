"""Envelopes opened, and the orders that a shipment message names."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from monext_bridge.errors import InvalidJson, Malformed
from monext_bridge.mapping.clouds.envelopes import Delivered as Delivered
from monext_bridge.mapping.clouds.envelopes import Validation, moved_orders, read_push, read_text
from monext_bridge.mapping.inbound_json import read_json
from tests.push_samples import ORDER, cloud_event, event_grid, message, pub_sub, validation

OTHER = "0b1f4b3e-6a0e-4a52-9d2f-3c1f6c6f9a11"


def orders(document: object) -> tuple[str, ...]:
    """The orders that a body names, read as the endpoint does."""
    pushed = read_push(read_json(json.dumps(document)))
    assert not isinstance(pushed, Validation)
    return moved_orders(pushed.payloads, project_key="sandbox")


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


NAMING: dict[str, object] = {
    "plain": message(),
    "plain, several": [message(), message(OTHER)],
    "cloud event": cloud_event(),
    "cloud event, data as text": cloud_event(data=None) | {"data": json.dumps(message())},
    "cloud event, data in base64": cloud_event(data=None)
    | {"data": None, "data_base64": encoded(json.dumps(message()))},
    "cloud events, a batch": [cloud_event(), cloud_event()],
    "pub/sub": pub_sub(),
    "pub/sub, cloud event": pub_sub(cloud_event()),
    "event grid": event_grid(),
    "event grid, cloud event": event_grid(cloud_event()),
    "event grid, data as text": event_grid(json.dumps(message())),
    "too large to be sent whole": message(
        type=None, payloadNotIncluded={"reason": "too large", "payloadType": "OrderShipmentStateChanged"}
    ),
    "without a project": message(projectKey=None),
}


@pytest.mark.parametrize("document", NAMING.values(), ids=NAMING)
def test_a_shipment_message_names_its_order_in_every_envelope(document: object) -> None:
    assert orders(document)[0] == ORDER


def test_every_order_of_a_batch_is_named_once_in_its_order() -> None:
    assert orders([message(OTHER), message(), message(OTHER)]) == (OTHER, ORDER)


IGNORED: dict[str, object] = {
    "a delivery": message(type="DeliveryAdded"),
    "an order made": message(type="OrderCreated", order={"id": ORDER}),
    "a change": message(type=None, notificationType="ResourceUpdated"),
    "the test of a new subscription": {
        "notificationType": "ResourceCreated",
        "projectKey": "sandbox",
        "resource": {"typeId": "subscription", "id": "e8f5b9e2-8f3c-4c3e-9d63-1f0f0c0e0001"},
        "version": 1,
    },
    "another project": message(projectKey="other"),
    "a type of tomorrow": message(type="OrderShippedByDrone"),
    "a type that is no text": message(type=["OrderShipmentStateChanged"]),
    "an empty object": {},
    "no event": [],
    "pub/sub without data": {"message": {"attributes": {"a": "b"}, "messageId": "1"}},
    "a cloud event of somebody else": cloud_event(data={"hello": "world"}, type="com.example.hello"),
    "a cloud event without data": cloud_event(data={}),
}


@pytest.mark.parametrize("document", IGNORED.values(), ids=IGNORED)
def test_what_is_no_shipment_of_ours_names_no_order(document: object) -> None:
    assert orders(document) == ()


MALFORMED: dict[str, object] = {
    "a number": 7,
    "null": None,
    "an array of numbers": [1, 2],
    "pub/sub, no base64": pub_sub(data="{}!"),
    "pub/sub, data of another type": pub_sub(data=5),
    "pub/sub, no JSON": pub_sub(data=encoded("hello")),
    "pub/sub, no object": pub_sub(data=encoded("[1]")),
    "event grid, no object": event_grid([1]),
    "cloud event, no JSON": cloud_event() | {"data": "hello"},
    "cloud event, no base64": cloud_event() | {"data_base64": "%"},
    "no resource": message(resource=None),
    "no order id": message(resource={"typeId": "order"}),
    "a path for an id": message("../payments/1"),
    "a capital id": message(ORDER.upper()),
    "an id of another type": message(resource={"id": 5}),
    "a validation without a code": validation(validationCode=None),
    "a validation with an empty code": validation(validationCode=""),
}


@pytest.mark.parametrize("document", MALFORMED.values(), ids=MALFORMED)
def test_what_can_not_be_unwrapped_is_malformed(document: Any) -> None:
    with pytest.raises(Malformed):
        orders(document)


NOT_JSON = [b"", b"shipped", b"\xff\xfe", b"[" * 100_000, b'{"type": 1, "type": 2}']


@pytest.mark.parametrize("content", NOT_JSON, ids=range(len(NOT_JSON)))
def test_what_is_not_json_is_malformed(content: bytes) -> None:
    with pytest.raises(InvalidJson):
        read_json(content)


def test_event_grids_validation_gives_its_code() -> None:
    assert read_push(validation()) == Validation("512d38b6-c7b8-40c8-89fe-f46f9e9622b6")


def test_the_text_of_sns_may_hold_a_cloud_event() -> None:
    assert read_text(json.dumps(cloud_event())).payloads == (message(),)


def test_one_event_that_can_not_be_read_does_not_keep_its_batch_from_being_followed() -> None:
    pushed = read_push([message(), [message()], 7])
    assert isinstance(pushed, Delivered)
    assert len(pushed.payloads) == 1
    assert pushed.unreadable == 2
