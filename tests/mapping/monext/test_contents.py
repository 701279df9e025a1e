"""Items + delivery - discount is the amount, whatever a cart holds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from monext_bridge.domain.record.cart import Cart
from monext_bridge.mapping.commercetools.answers import read_cart
from monext_bridge.mapping.monext.contents import ADJUSTMENT
from monext_bridge.mapping.monext.requests import session_request
from tests.builders import (
    Json,
    a_cart,
    a_cart_json,
    a_delivery,
    a_line,
    a_line_json,
    a_payment_json,
    a_session_draft,
    a_transaction_json,
    eur,
    money_json,
)
from tests.monext_openapi import needs_openapi, request_errors

BEYOND = 10**18 + 1


def request_of(cart: Cart, *, due: int | None = None) -> Json:
    amount = cart.total if due is None else eur(due)
    return session_request(a_session_draft(cart=cart, due=amount))


def parts(request: Json) -> tuple[list[tuple[str, int]], int | None, int | None]:
    """The items with their prices, the charge and the discount, after a look at their sum."""
    order, charge = request["order"], request.get("delivery", {}).get("charge")
    items = [(item["reference"], item["price"]) for item in order.get("items", [])]
    total = sum(price for _, price in items) + (charge or 0) - order.get("discount", 0)
    assert total == order["amount"] == request["payment"]["amount"]
    return items, charge, order.get("discount")


def test_a_plain_cart_has_its_lines_and_its_delivery() -> None:
    assert parts(request_of(a_cart())) == ([("LCO-034", 10600)], 500, None)


def test_a_discount_on_the_total_is_positive() -> None:
    cart = a_cart(discount=eur(1000), total=eur(10100))
    assert parts(request_of(cart)) == ([("LCO-034", 10600)], 500, 1000)


def test_money_that_another_payment_holds_is_a_discount() -> None:
    assert parts(request_of(a_cart(), due=6100)) == ([("LCO-034", 10600)], 500, 5000)


def test_a_gift_card_of_another_interface_leaves_the_sum_right() -> None:
    held = a_transaction_json(type="Charge", state="Success", amount=money_json(4000))
    card = a_payment_json(key=None, paymentMethodInfo={"paymentInterface": "giftcards"}, transactions=[held])
    cart = read_cart(
        a_cart_json(paymentInfo={"payments": [{"typeId": "payment", "id": "gift", "obj": card}]})
    )
    due = cart.due(interfaces=frozenset({"monext"}))
    assert parts(request_of(cart, due=due.cent_amount)) == ([("LCO-034", 10600)], 500, 4000)


def test_a_partly_paid_cart_with_a_discount_has_both_in_one() -> None:
    cart = a_cart(discount=eur(1000), total=eur(10100))
    assert parts(request_of(cart, due=5100)) == ([("LCO-034", 10600)], 500, 6000)


def test_a_line_below_zero_is_a_discount() -> None:
    lines = (a_line(), a_line(reference="voucher", total=eur(-500)))
    cart = a_cart(lines=lines, discount=eur(1000), total=eur(9600))
    assert parts(request_of(cart)) == ([("LCO-034", 10600)], 500, 1500)


def test_a_line_that_costs_nothing_is_an_item() -> None:
    cart = a_cart(lines=(a_line(), a_line(reference="gift", total=eur(0))))
    assert parts(request_of(cart))[0] == [("LCO-034", 10600), ("gift", 0)]


def test_several_shipping_methods_are_one_charge() -> None:
    cart = a_cart(deliveries=(a_delivery(), a_delivery(charge=eur(900))), total=eur(12000))
    assert parts(request_of(cart)) == ([("LCO-034", 10600)], 1400, None)


def test_what_rounding_takes_off_is_a_discount() -> None:
    assert parts(request_of(a_cart(total=eur(11099))))[2] == 1


def test_what_rounding_adds_is_an_item() -> None:
    items, _, discount = parts(request_of(a_cart(total=eur(11101))))
    assert (items[1:], discount) == ([(ADJUSTMENT, 1)], None)


def test_taxes_that_are_on_no_line_are_an_item() -> None:
    """As with external taxes, of which only the cart's total is set."""
    net = a_line_json(taxedPrice=None)
    taxed = {"totalNet": money_json(11100), "totalGross": money_json(13320)}
    cart = read_cart(a_cart_json(lineItems=[net], taxedPrice=taxed))
    assert parts(request_of(cart))[0] == [("LCO-034", 10600), (ADJUSTMENT, 2220)]


def test_a_discount_stays_what_it_is_beside_taxes_that_are_on_no_line() -> None:
    cart = a_cart(discount=eur(1000), total=eur(12120))
    items, _, discount = parts(request_of(cart))
    assert (items[1:], discount) == ([(ADJUSTMENT, 2020)], 1000)


def test_prices_without_tax_add_up_with_their_taxes() -> None:
    line = a_line_json(
        totalPrice=money_json(10000),
        taxedPrice={"totalNet": money_json(10000), "totalGross": money_json(12000)},
        taxRate={"name": "TVA", "amount": Decimal("0.2"), "includedInPrice": False},
    )
    taxed = {"totalNet": money_json(10417), "totalGross": money_json(12500)}
    cart = read_cart(a_cart_json(lineItems=[line], totalPrice=money_json(10417), taxedPrice=taxed))
    assert parts(request_of(cart)) == ([("LCO-034", 12000)], 500, None)


def test_free_delivery_is_a_charge_of_nothing() -> None:
    cart = a_cart(deliveries=(a_delivery(charge=eur(0)),), total=eur(10600))
    assert parts(request_of(cart))[1] == 0


def test_a_cart_of_vouchers_alone_still_adds_up() -> None:
    delivery = a_delivery(charge=eur(10600))
    cart = a_cart(lines=(a_line(total=eur(-10500)),), deliveries=(delivery,), total=eur(100))
    assert parts(request_of(cart)) == ([], 10600, 10500)


@pytest.mark.parametrize(
    "changes",
    [
        {"lines": (a_line(total=eur(BEYOND)),)},
        {"deliveries": (a_delivery(charge=eur(BEYOND)),)},
        {"discount": eur(BEYOND)},
    ],
)
def test_parts_beyond_monexts_limits_become_one_item(changes: Any) -> None:
    request = request_of(a_cart(**changes), due=11100)
    assert parts(request) == ([("MABCDEFGHIJKL", 11100)], None, None)


@needs_openapi
@pytest.mark.parametrize("due", [1, 11099, 11100, 11101, 500000])
def test_every_form_of_the_contents_conforms(due: int) -> None:
    request = request_of(a_cart(lines=(a_line(), a_line(total=eur(-1)))), due=due)
    parts(request)
    assert request_errors(request) == []
