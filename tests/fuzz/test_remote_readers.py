"""Whatever JSON a remote answers, each reader returns a value or raises what its docstring names."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monext_bridge.domain.monext import OperationKind
from monext_bridge.gateways.http.wire import parsed
from monext_bridge.mapping.commercetools import answers as commercetools
from monext_bridge.mapping.commercetools.subscriptions import Sns, format_differs, subscription_changes
from monext_bridge.mapping.json_object import UnreadableResource
from monext_bridge.mapping.monext import SessionDraft, answers, session_request
from tests.fuzz.effort import effort
from tests.fuzz.mutations import any_json, mutated, on_the_wire
from tests.fuzz.real_answers import RealAnswers

Reader = Callable[[int, Any], object]
STATUSES = (200, 201, 202, 204, 302, 400, 401, 404, 409, 422, 429, 500, 503)
TOPIC = Sns("arn:aws:sns:eu-west-1:123456789012:shipments")
SUBSCRIPTION = {
    "key": "monext-bridge-shipment",
    "version": 1,
    "destination": {"type": "SNS", "topicArn": TOPIC.topic_arn, "authenticationMode": "IAM"},
    "messages": [{"resourceTypeId": "order", "types": ["OrderShipmentStateChanged"]}],
    "format": {"type": "Platform"},
}


def _cart_and_request(_status: int, body: Any) -> object:
    """Read a cart, and describe it to Monext: what was read must be good for that."""
    cart = commercetools.read_cart(body, language="de")
    draft = SessionDraft(
        cart=cart,
        customer=None,
        due=cart.total,
        reference="M1",
        point_of_sale="POS",
        capture="AUTOMATIC",
        payment_method_ids=(),
        language="fr-BE",
        return_url="https://pay.example.com/return/r",
        notification_url="https://pay.example.com/notification/r",
        private_data={},
        date=datetime(2026, 11, 30, tzinfo=UTC),
    )
    return json.dumps(session_request(draft), allow_nan=False).encode()


READERS: Mapping[str, tuple[str, Reader, tuple[type[Exception], ...]]] = {
    "cart": ("cart", _cart_and_request, (UnreadableResource,)),
    "payment": ("payment", lambda _, b: commercetools.read_payment(b), (UnreadableResource,)),
    "order": ("order", lambda _, b: commercetools.read_order(b), (UnreadableResource,)),
    "customer": ("customer", lambda _, b: commercetools.read_customer(b), (UnreadableResource,)),
    "shop session": (
        "shop session",
        lambda _, b: commercetools.read_checkout_session(b),
        (UnreadableResource,),
    ),
    "session created": ("session created", answers.read_created_session, ()),
    "session": ("session", lambda s, b: answers.read_outcome(s, b, session_over=s % 2 == 0), ()),
    "unlisted code": ("session", answers.read_unlisted_code, ()),
    "ledger": ("transaction", answers.read_ledger, ()),
    "echoed key": ("transaction", lambda _, b: answers.read_echoed_key(b), ()),
    "capture": (
        "capture",
        lambda s, b: answers.read_operation_answer(s, b, kind=OperationKind.CAPTURE),
        (),
    ),
    "refund": (
        "refund",
        lambda s, b: answers.read_operation_answer(s, b, kind=OperationKind.REFUND),
        (),
    ),
}
"""Each reader, with the kind of answer that it reads and the errors that its docstring names."""


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
@effort(40)
def test_a_reader_returns_or_raises_what_it_promises(
    name: str, real: RealAnswers, data: st.DataObject
) -> None:
    kind, read, promised = READERS[name]
    document = data.draw(mutated(data.draw(st.sampled_from(real.of(kind)))))
    with suppress(*promised):
        read(data.draw(st.sampled_from(STATUSES)), parsed(on_the_wire(document)))


@given(document=mutated(SUBSCRIPTION), renew=st.booleans())
@effort(40)
def test_a_subscription_of_any_shape_is_compared(document: Any, renew: bool) -> None:
    body = cast("dict[str, Any]", parsed(on_the_wire(document)))
    json.dumps(subscription_changes(body, TOPIC, renew_key=renew))
    format_differs(body, TOPIC)


@given(content=st.binary(max_size=60) | any_json.map(on_the_wire))
@effort(150)
def test_what_is_read_of_an_answer_can_be_written_again(content: bytes) -> None:
    json.dumps(parsed(content), ensure_ascii=False, default=str).encode()
