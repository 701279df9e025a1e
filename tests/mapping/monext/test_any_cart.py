"""Whatever stands in a cart, the request made of it is one that Monext takes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import OwnedKey
from monext_bridge.domain.record.cart import Address, Cart, CartLine, Customer, Delivery
from monext_bridge.mapping.monext.requests import SessionDraft, operation_request, session_request
from tests.builders import a_cart, a_session_draft, eur
from tests.monext_openapi import needs_openapi, request_errors, unknown_members

many = settings(max_examples=150, deadline=None)

HOSTILE = st.sampled_from(
    [
        "",
        " ",
        "\x00",
        "\ud83d",
        "😀" * 130,
        "x" * 400,
        "é" * 51 + " " * 60 + "x",
        "a@b.co",
        "jean@gallery.photography",
        "j" * 149 + "@example.com",
        "+33 (0)6 12 34 56 78",
        "+" + "9" * 40,
        "<script>alert(1)</script>",
        "a/b",
        "FR",
        "XK",
        "MR",
        "1980-02-30",
        "٣" * 12,
    ]
)
TEXT = HOSTILE | st.text(st.characters(), max_size=130)
PERHAPS = st.none() | TEXT
ADDRESS = st.builds(Address, **dict.fromkeys(Address.__dataclass_fields__, PERHAPS))
CUSTOMER = st.builds(Customer, **dict.fromkeys(Customer.__dataclass_fields__, PERHAPS) | {"id": TEXT})
MOMENT = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
CENTS = st.integers(0, 10**12).map(eur)
RATE = st.none() | st.decimals(-1, 2, places=5)
LINE = st.builds(
    CartLine,
    reference=TEXT,
    name=TEXT,
    quantity=st.integers(-1, 10**9),
    total=st.integers(-(10**6), 10**12).map(eur) | st.sampled_from([eur(10**18), eur(10**18 + 1)]),
    tax_rate=RATE,
    brand=PERHAPS,
    category=PERHAPS,
    seller=PERHAPS,
)
DELIVERY = st.builds(
    Delivery,
    method=TEXT,
    charge=CENTS,
    address=st.none() | ADDRESS,
    mode=PERHAPS | st.sampled_from(["locker", "PICKUP_POINT"]),
    timeframe=PERHAPS | st.sampled_from(["overnight", "SAME_DAY"]),
    expected_at=st.none() | MOMENT,
)


@st.composite
def carts(draw: st.DrawFn) -> Cart:
    """Any contents; the total is what they come to, less a discount on it, and rounded or taxed beside them."""
    lines = tuple(draw(st.lists(LINE, min_size=1, max_size=3)))
    deliveries = tuple(draw(st.lists(DELIVERY, max_size=2)))
    gross = sum(part.cent_amount for part in _amounts(lines, deliveries))
    discount = draw(st.integers(0, max(gross, 0)))
    beside = draw(st.just(0) | st.integers(-100, 10**6))
    return a_cart(
        lines=lines,
        deliveries=deliveries,
        total=eur(gross - discount + beside),
        discount=eur(discount) if discount else None,
        taxes=draw(st.none() | CENTS),
        shipping_address=draw(st.none() | ADDRESS),
        billing_address=draw(st.none() | ADDRESS),
        locale=draw(PERHAPS),
        country=draw(PERHAPS),
        customer_id=draw(PERHAPS),
        customer_email=draw(PERHAPS),
    )


@st.composite
def drafts(draw: st.DrawFn) -> SessionDraft:
    cart = draw(carts())
    held = draw(st.just(0) | st.integers(0, 10**6))
    return a_session_draft(
        cart=cart,
        customer=draw(st.none() | CUSTOMER),
        due=cart.total.with_amount(min(max(cart.total.cent_amount - held, 1), 10**18)),
        language=draw(PERHAPS),
        private_data={"cartId": draw(TEXT)},
        date=draw(MOMENT),
    )


@needs_openapi
@many
@given(drafts())
def test_any_cart_makes_a_request_that_conforms(draft: SessionDraft) -> None:
    request = session_request(draft)
    assert request_errors(request) == []
    assert unknown_members(request) == []


@many
@given(drafts())
def test_nothing_empty_is_ever_sent(draft: SessionDraft) -> None:
    for path, value in _members(session_request(draft)):
        assert path.endswith("paymentMethodIDs") or value not in ("", None, {}, []), path


@many
@given(drafts())
def test_every_request_can_be_written_as_utf8(draft: SessionDraft) -> None:
    json.dumps(session_request(draft), ensure_ascii=False).encode("utf-8")


@many
@given(drafts())
def test_order_and_payment_always_ask_for_what_is_due(draft: SessionDraft) -> None:
    request = session_request(draft)
    assert request["order"]["amount"] == request["payment"]["amount"] == draft.due.cent_amount


@many
@given(drafts())
def test_items_and_delivery_less_discount_are_the_amount(draft: SessionDraft) -> None:
    """Also where money is held already, where the cart's own sums are wrong, and beyond Monext's limits."""
    request = session_request(draft)
    order = request["order"]
    items = sum(item["price"] for item in order.get("items", []))
    charge = request.get("delivery", {}).get("charge", 0)
    assert items + charge - order.get("discount", 0) == order["amount"] == draft.due.cent_amount


@needs_openapi
@many
@given(
    amount=st.integers(0, 10**18), key=st.from_regex("[A-Za-z0-9_.:-]{1,128}", fullmatch=True), text=PERHAPS
)
def test_any_act_conforms(amount: int, key: str, text: str | None) -> None:
    request = operation_request(
        amount=amount, key=OwnedKey(key, "erp"), merchant_reference=text, comment=text
    )
    assert request_errors(request, "TransactionActionRequest") == []


def _amounts(lines: tuple[CartLine, ...], deliveries: tuple[Delivery, ...]) -> Iterator[Money]:
    yield from (line.total for line in lines)
    yield from (delivery.charge for delivery in deliveries)


def _members(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield f"{path}.{name}", member
            yield from _members(member, f"{path}.{name}")
    if isinstance(value, list):
        for element in value:
            yield f"{path}[]", element
            yield from _members(element, f"{path}[]")
