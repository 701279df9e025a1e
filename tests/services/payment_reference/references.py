"""Gives references for tests: a usual one, and any that a start could sign."""

from __future__ import annotations

from hypothesis import strategies as st
from pydantic import SecretStr

from monext_bridge.config import Access, PaymentMethod
from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.domain.languages import LANGUAGES
from monext_bridge.domain.outcome import FUTURE_ORDER_NUMBER, order_number
from monext_bridge.services.results import PaymentReference, store_mark

KEY = SecretStr("a-secret-key-for-tests-only")
CART_ID = CartId("6f6f1a2e-6b0e-4a53-8a0b-1d2f3c4b5a69")
REFERENCE = PaymentReference(
    payment_id=PaymentId("7d0a2f4e-90c1-4b8e-9f63-5f3c1f1a7b10"),
    cart_id=CART_ID,
    store_mark=store_mark("fr-store"),
    order_number=order_number(CART_ID),
)
NUMBERS = st.from_regex(FUTURE_ORDER_NUMBER, fullmatch=True).filter(lambda number: len(_utf8(number)) <= 46)

references = st.builds(
    PaymentReference,
    payment_id=st.uuids().map(str).map(PaymentId),
    cart_id=st.just(CART_ID),
    store_mark=st.one_of(st.none(), st.text(min_size=2, max_size=190)).map(
        lambda key: store_mark(key if key is None else _utf8(key).hex())
    ),
    order_number=st.one_of(st.just(REFERENCE.order_number), NUMBERS.map(OrderNumber)),
    methods=st.frozensets(st.sampled_from(PaymentMethod)),
    interface=st.one_of(st.none(), st.integers(min_value=0, max_value=30)),
    access=st.one_of(st.none(), st.sampled_from(Access)),
    expires=st.one_of(st.none(), st.integers(min_value=1, max_value=2**32 - 1)),
    language=st.one_of(st.none(), st.sampled_from(LANGUAGES)),
)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
