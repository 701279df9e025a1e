from __future__ import annotations

from collections.abc import Iterable

import pytest

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.record.amounts import amounts
from monext_bridge.domain.record.cart import Cart, CartState, Delivery, NotPayable, not_payable
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from tests.builders import a_cart, a_delivery, a_payment, a_transaction, an_address, eur

EUROS = frozenset({"EUR"})
OURS = frozenset({"monext"})
SUCCESS = TransactionState.SUCCESS

REFUSED: Iterable[tuple[Cart, NotPayable]] = [
    (a_cart(state=CartState.MERGED), NotPayable.MERGED),
    (a_cart(state=CartState.ORDERED), NotPayable.ORDERED),
    (a_cart(state=CartState.OTHER), NotPayable.STATE),
    (a_cart(locked=True), NotPayable.LOCKED),
    (a_cart(lines=()), NotPayable.EMPTY),
    (a_cart(total=eur(0)), NotPayable.ZERO),
    (a_cart(billing_address=None), NotPayable.NO_BILLING_ADDRESS),
    (a_cart(shipping_address=None), NotPayable.NO_SHIPPING_ADDRESS),
    (a_cart(obstacles=frozenset({NotPayable.DISCOUNT_CODE})), NotPayable.DISCOUNT_CODE),
    (a_cart(obstacles=frozenset({NotPayable.SHIPPING_METHOD})), NotPayable.SHIPPING_METHOD),
    (a_cart(obstacles=frozenset({NotPayable.SHIPPING_DETAILS})), NotPayable.SHIPPING_DETAILS),
]
DIGITAL = frozenset({"download", "voucher"})


def reason(
    cart: Cart, *, currencies: frozenset[str] = EUROS, digital_types: frozenset[str] = frozenset()
) -> NotPayable | None:
    due = cart.due(interfaces=OURS)
    return not_payable(cart, due=due, currencies=currencies, digital_types=digital_types)


@pytest.mark.parametrize(("cart", "expected"), REFUSED, ids=[str(r) for _, r in REFUSED])
def test_a_cart_that_is_not_payable_says_why(cart: Cart, expected: NotPayable) -> None:
    assert reason(cart) is expected


def test_every_reason_has_a_cart_that_meets_it() -> None:
    assert {r for _, r in REFUSED} | {NotPayable.CURRENCY} == set(NotPayable)


def test_a_currency_that_is_not_allowed_is_not_payable() -> None:
    assert reason(a_cart(), currencies=frozenset({"USD"})) is NotPayable.CURRENCY


@pytest.mark.parametrize("state", [CartState.ACTIVE, CartState.FROZEN])
def test_an_active_and_a_frozen_cart_are_payable(state: CartState) -> None:
    assert reason(a_cart(state=state)) is None


ADDRESS_NEEDED: list[tuple[set[str | None], bool]] = [
    ({"download"}, False),
    ({"download", "voucher"}, False),
    ({"download", "furniture"}, True),
    ({"download", None}, True),
    ({"furniture"}, True),
    (set(), True),
]
"""Product types of the lines; None is one that is not known, or a custom line."""


@pytest.mark.parametrize(("product_types", "needed"), ADDRESS_NEEDED)
@pytest.mark.parametrize("deliveries", [(), (a_delivery(),)], ids=["no method", "method"])
def test_only_a_cart_of_digital_products_needs_no_shipping_address(
    product_types: set[str | None], needed: bool, deliveries: tuple[Delivery, ...]
) -> None:
    cart = a_cart(
        shipping_address=None,
        billing_address=an_address(),
        deliveries=deliveries,
        product_types=product_types,
    )
    assert reason(cart, digital_types=DIGITAL) is (NotPayable.NO_SHIPPING_ADDRESS if needed else None)


def test_without_the_setting_no_cart_is_digital() -> None:
    cart = a_cart(shipping_address=None, deliveries=(), product_types=frozenset({"download"}))
    assert reason(cart) is NotPayable.NO_SHIPPING_ADDRESS


def test_a_missing_shipping_method_alone_is_payable() -> None:
    assert reason(a_cart(deliveries=())) is None


def test_lines_with_addresses_of_their_own_need_none_on_the_cart() -> None:
    cart = a_cart(shipping_address=None, deliveries=(), has_item_addresses=True)
    assert reason(cart) is None


def test_deliveries_with_their_own_addresses_need_none_on_the_cart() -> None:
    cart = a_cart(shipping_address=None, deliveries=(a_delivery(address=an_address()),))
    assert reason(cart) is None


def gift_card(held: int) -> object:
    charge = a_transaction(type=TransactionType.CHARGE, state=SUCCESS, amount=eur(held))
    return a_payment(id=PaymentId("gift"), interface="giftcards", transactions=(charge,))


def test_what_another_kind_of_payment_holds_is_not_due() -> None:
    cart = a_cart(total=eur(11100), payments=(gift_card(3000),))
    assert cart.due(interfaces=OURS) == eur(8100)


def test_what_our_own_payments_hold_is_not_subtracted() -> None:
    own = a_payment(transactions=(a_transaction(state=SUCCESS),))
    assert a_cart(payments=(own,)).due(interfaces=OURS) == eur(11100)


def test_a_cart_that_is_paid_by_others_is_zero() -> None:
    assert reason(a_cart(payments=(gift_card(20000),))) is NotPayable.ZERO


def test_captured_money_counts_once_and_refunded_money_not_at_all() -> None:
    payment = a_payment(
        transactions=(
            a_transaction(type=TransactionType.AUTHORIZATION, state=SUCCESS, amount=eur(10000)),
            a_transaction(type=TransactionType.CHARGE, state=SUCCESS, amount=eur(6000)),
            a_transaction(type=TransactionType.REFUND, state=SUCCESS, amount=eur(1000)),
            a_transaction(type=TransactionType.CANCEL_AUTHORIZATION, state=SUCCESS, amount=eur(4000)),
        )
    )
    assert amounts(payment, like=payment.planned).held.cent_amount == 5000


def test_only_money_of_other_currencies_that_is_still_held_is_held_otherwise() -> None:
    def points(amount: int, currency: str, *, refunded: int = 0) -> Payment:
        def done(kind: TransactionType, minor: int) -> Transaction:
            return a_transaction(type=kind, state=SUCCESS, amount=Money(minor, currency), interaction_id=None)

        transactions = (done(TransactionType.CHARGE, amount), done(TransactionType.REFUND, refunded))
        return a_payment(interface="points", interface_id=None, transactions=transactions)

    payments = (points(3000, "JPY"), points(500, "EUR"), points(700, "CHF", refunded=700))
    assert a_cart(payments=payments).held_otherwise() == (Money(3000, "JPY"),)
