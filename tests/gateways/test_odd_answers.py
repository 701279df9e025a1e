"""Answers that no server should give, each the smallest that once raised an error nobody expected."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from monext_bridge.domain.ids import CartId, PaymentId
from monext_bridge.errors import RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.gateways.http.client import HttpAnswer, HttpClient
from monext_bridge.gateways.http.wire import parsed
from monext_bridge.gateways.keys import KeysUnknown, MerchantCenterKeys, PushKeys
from monext_bridge.services.remotes import CommercetoolsRecords
from tests.gateways.keys.test_merchant_center import jwk
from tests.settings_environment import settings_with

PAYMENT_ID = PaymentId("20354d7a-e4fe-47af-8ff6-187bca92f3f9")
GRANT: Mapping[str, Any] = {"access_token": "a-token", "expires_in": 172800}
EURO = {"centAmount": 1000, "currencyCode": "EUR"}


class Answering(HttpClient):
    """Gives one answer to every call, and sends nothing."""

    def __init__(self, body: object) -> None:
        super().__init__(remote="commercetools", base_url="https://remote.example.com")
        self._answer = HttpAnswer(200, body)

    def send(self, *_: Any, **__: Any) -> HttpAnswer:
        return self._answer


def gateway(body: object, *, grant: object = GRANT) -> CommercetoolsGateway:
    return CommercetoolsGateway(settings_with().commercetools, auth=Answering(grant), api=Answering(body))


@pytest.mark.parametrize("number", ["1e9999999999999999999", "1e999999999", "-1e-999999999"])
def test_a_number_that_no_double_holds_reads_as_absent(number: str) -> None:
    assert parsed(f'{{"a": {number}, "b": 0.1}}'.encode()) == {"a": None, "b": parsed(b"0.1")}


def test_half_a_surrogate_pair_is_replaced_in_names_and_values() -> None:
    assert parsed(rb'{"a\ud800": ["\uDC00b", "\ud83d\ude00"]}') == {"a\ufffd": ["\ufffdb", "\U0001f600"]}


def test_what_is_no_utf_8_is_no_json() -> None:
    assert parsed(b'"\xed\xa0\x80"') is None


@pytest.mark.parametrize(
    "changes",
    [{"access_token": "a☃"}, {"access_token": "a\nb"}, {"access_token": "a b"}, {"expires_in": True}],
)
def test_a_token_that_can_not_be_sent_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(RemoteUnreachable):
        gateway({}, grant={**GRANT, **changes}).get_payment(PAYMENT_ID)


def test_a_token_of_endless_life_is_used() -> None:
    assert gateway({"id": "x"}, grant={**GRANT, "expires_in": 10**400}).get_payment(PAYMENT_ID) == {"id": "x"}


@pytest.mark.parametrize("element", [None, "x", 1, []])
def test_a_list_with_what_is_no_object_is_no_answer(element: object) -> None:
    records = CommercetoolsRecords(gateway({"results": [element]}))
    with pytest.raises(RemoteUnavailable):
        records.is_elsewhere(PAYMENT_ID, cart_id=CartId("c"))


@pytest.mark.parametrize("locale", [1, ["de"], {}, True])
def test_a_locale_that_is_no_text_is_no_language(locale: object) -> None:
    line = {"id": "l", "name": {"en": "Chair"}, "quantity": 1, "totalPrice": EURO}
    body = {
        "id": "c",
        "version": 1,
        "cartState": "Active",
        "totalPrice": EURO,
        "lineItems": [line],
        "locale": locale,
    }
    cart = CommercetoolsRecords(gateway(body)).cart(CartId("c"))
    assert cart is not None
    assert cart.lines[0].name == "Chair"


@pytest.mark.parametrize("odd", [{"kty": []}, {"kid": {}}, {"alg": []}, {"n": 5}])
def test_a_key_that_can_not_be_read_does_not_hide_the_others(odd: dict[str, Any]) -> None:
    found = {"keys": [jwk("one", **odd), "x", jwk("two")]}
    keys = MerchantCenterKeys("https://mc.example.com/jwks.json", client=Answering(found))
    assert keys.key("two") is not None
    assert PushKeys(fetch=lambda _: json.dumps(found).encode()).google("two") is not None


@pytest.mark.parametrize(
    "content", [b"[]", b"null", b"[" * 20_000, b'{"keys": {}}', b'{"keys": [{"kty": []}]}']
)
def test_what_is_no_set_of_keys_is_none_to_be_had(content: bytes) -> None:
    with pytest.raises(KeysUnknown):
        PushKeys(fetch=lambda _: content).google("two")
