"""Tokens, introspections, keys and lists of any shape: a gateway answers, or raises one of the bridge's errors."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monext_bridge.config import CommercetoolsSettings
from monext_bridge.domain.ids import PaymentId
from monext_bridge.errors import RemoteError, RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.commercetools import CommercetoolsClock, CommercetoolsGateway
from monext_bridge.gateways.http.client import HttpAnswer, HttpClient
from monext_bridge.gateways.http.wire import RoundTrip, parsed
from monext_bridge.gateways.keys import KeysUnknown, MerchantCenterKeys, PushKeys
from monext_bridge.services.access.introspection import read_verdict
from monext_bridge.services.remotes import CommercetoolsRecords
from tests.fuzz.effort import effort
from tests.fuzz.mutations import any_json, mutated, on_the_wire
from tests.fuzz.real_answers import RealAnswers
from tests.gateways.keys.test_merchant_center import jwk
from tests.push_samples import certificate, google_keys
from tests.settings_environment import settings_with

KEYS = {"keys": [jwk("one"), jwk("two", use=None), {"kty": "EC", "kid": "three"}]}
GRANT = HttpAnswer(200, {"access_token": "a-token", "expires_in": 172800})
INTROSPECTION = {
    "active": True,
    "scope": "manage_project:shop manage_orders:shop:fr-store",
    "exp": 1_800_000_000_000,
    "client_id": "aBcDeFgHiJkLmNoPqRsTuVwX",
}
PAYMENT_ID = PaymentId("20354d7a-e4fe-47af-8ff6-187bca92f3f9")


class Answering(HttpClient):
    """Gives one answer to every call, and sends nothing."""

    def __init__(self, answer: HttpAnswer) -> None:
        super().__init__(remote="commercetools", base_url="https://remote.example.com")
        self._answer = answer

    def send(self, *_: Any, **__: Any) -> HttpAnswer:
        return self._answer


def project() -> CommercetoolsSettings:
    return settings_with().commercetools


def answering(status: int, document: Any) -> Answering:
    return Answering(HttpAnswer(status, parsed(on_the_wire(document))))


@given(data=st.data(), status=st.sampled_from((200, 200, 200, 204, 400, 401, 404, 409, 500)))
@effort(40)
def test_a_token_of_any_shape_is_used_or_refused(real: RealAnswers, data: st.DataObject, status: int) -> None:
    auth = answering(status, data.draw(mutated(real.of("token")[0])))
    gateway = CommercetoolsGateway(project(), auth=auth, api=answering(200, {"id": "x"}))
    with suppress(RemoteError):
        assert gateway.get_payment(PAYMENT_ID) == {"id": "x"}


@given(document=mutated(INTROSPECTION), status=st.sampled_from((200, 400, 401, 503)))
@effort(40)
def test_an_introspection_of_any_shape_gives_a_verdict(document: Any, status: int) -> None:
    gateway = CommercetoolsGateway(project(), auth=answering(status, document))
    with suppress(RemoteError):
        answer = gateway.introspect("somebody's token")
        checked, seconds = read_verdict(answer, project_key="shop", now=1.7e9)
        assert seconds >= 0
        assert checked.client is None or checked.client.id.isascii()


def test_an_end_beyond_all_numbers_is_no_end() -> None:
    answer = INTROSPECTION | {"exp": Decimal("1E+999999999")}
    assert read_verdict(answer, project_key="shop", now=1.7e9)[1] == 0


@given(
    document=mutated({"statusCode": 400, "message": "no", "errors": [{"code": "InvalidField", "field": "x"}]})
)
@effort(40)
def test_an_error_of_any_shape_is_one_of_ours(document: Any) -> None:
    for status in (400, 404, 409):
        gateway = CommercetoolsGateway(project(), auth=Answering(GRANT), api=answering(status, document))
        with pytest.raises(RemoteError):
            gateway.get_payment(PAYMENT_ID)


@given(data=st.data())
@effort(40)
def test_a_list_of_any_shape_is_read_or_is_no_answer(real: RealAnswers, data: st.DataObject) -> None:
    document = data.draw(mutated(real.of("payments")[0]))
    gateway = CommercetoolsGateway(project(), auth=Answering(GRANT), api=answering(200, document))
    records = CommercetoolsRecords(gateway)
    interfaces = ("monext",)
    now = CommercetoolsClock().stamp()
    with suppress(RemoteUnavailable):
        records.payments_since(now, interfaces=interfaces, after=None, limit=100)
    with suppress(RemoteUnavailable):
        records.payments_refused_since(now, interfaces=interfaces)
    with suppress(RemoteUnavailable):
        records.count_payments_since(now, interfaces=interfaces)
    with suppress(RemoteUnavailable):
        records.orders_of_payments([PAYMENT_ID])


@given(document=mutated(KEYS), status=st.sampled_from((200, 404)))
@effort(40)
def test_keys_of_any_shape_verify_or_are_not_to_be_had(document: Any, status: int) -> None:
    keys = MerchantCenterKeys("https://mc.example.com/jwks.json", client=answering(status, document))
    with suppress(RemoteUnreachable):
        keys.key("two")


@given(data=st.data())
@effort(40)
def test_keys_of_google_of_any_shape_verify_or_are_not_to_be_had(data: st.DataObject) -> None:
    good = google_keys()
    document = data.draw(mutated(json.loads(good)))
    content = data.draw(
        st.sampled_from((on_the_wire(document), b"[" * 20_000, b"\xff" + good)) | st.binary(max_size=40)
    )
    with suppress(KeysUnknown):
        PushKeys(fetch=lambda _: content).google("x")


@dataclass(frozen=True, slots=True)
class Cut:
    """Bytes that are put in the place of some of a file's."""

    start: int
    removed: int
    put: bytes

    def of(self, content: bytes) -> bytes:
        start = self.start % (len(content) + 1)
        return content[:start] + self.put + content[start + self.removed :]


@given(cut=st.builds(Cut, st.integers(0, 5000), st.integers(0, 40), st.binary(max_size=20)))
@effort(40)
def test_a_certificate_of_any_bytes_is_one_or_none(cut: Cut) -> None:
    PushKeys(fetch=lambda _: cut.of(certificate())).certificate("https://sns.example.com/x.pem")


@given(text=st.text(max_size=40) | st.sampled_from(("Mon, 30 Nov 2026 20:00:00 +9999", "31 Feb 2026", "0")))
@effort(40)
def test_a_date_of_any_text_is_a_time_or_none(text: str) -> None:
    clock = CommercetoolsClock()
    clock.hear(HttpAnswer(200, {}, {"Date": text, "Retry-After": text}, RoundTrip(1.0, 2.0)))
    assert HttpAnswer(503, headers={"Retry-After": text}).retry_after is None or text.strip().isdecimal()


@given(text=any_json)
@effort(40)
def test_an_id_of_any_text_goes_into_no_other_path(text: Any) -> None:
    seen: list[str] = []

    class Listening(Answering):
        def send(self, *args: Any, **options: Any) -> HttpAnswer:
            seen.append(args[1])
            return super().send(*args, **options)

    gateway = CommercetoolsGateway(project(), auth=Answering(GRANT), api=Listening(HttpAnswer(200, {})))
    with suppress(ValueError, Exception):
        gateway.get_payment(str(text))
    assert all(path.startswith("/shop/payments/") and path.count("/") == 3 for path in seen)
