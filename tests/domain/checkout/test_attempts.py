from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.checkout.attempts import (
    VOLATILE,
    AttemptTerms,
    is_session_over,
    own_attempts,
    plan_attempt,
    terms_digest,
)
from monext_bridge.domain.ids import OrderNumber, PaymentId
from monext_bridge.domain.record.cart import Cart, CartState
from monext_bridge.domain.record.payment import AttemptKey, Payment, TransactionState
from tests.builders import (
    BEGUN,
    CART_ID,
    a_cart,
    a_customer,
    a_delivery,
    a_line,
    a_payment,
    a_transaction,
    an_address,
    eur,
)

ASKED = AttemptTerms(
    due=eur(11100),
    payment_method_ids=("CB",),
    language="fr",
    order_number=OrderNumber("M1"),
    interface="monext",
)
OURS = frozenset({"monext"})
WANTED = terms_digest(a_cart(), ASKED)


def attempt(number: int = 1, *, hexdigest: str = WANTED, **changes: Any) -> Payment:
    return a_payment(
        id=PaymentId(f"payment-{number}"), key=str(AttemptKey(CART_ID, number, hexdigest)), **changes
    )


def planned(attempts: tuple[Payment, ...], *, after: timedelta = timedelta(minutes=1), wanted: str = WANTED):  # type: ignore[no-untyped-def]
    return plan_attempt(
        a_cart(), attempts=attempts, wanted=wanted, interface="monext", now=BEGUN + after, minutes=30
    )


def test_the_first_start_makes_the_first_attempt() -> None:
    assert planned(()).key == AttemptKey(CART_ID, 1, WANTED)


def test_an_open_attempt_asked_for_the_same_way_is_shown_again() -> None:
    assert planned((attempt(),)).reuse == attempt()


def test_a_session_with_less_than_a_third_of_its_life_left_is_not_shown_again() -> None:
    todo = planned((attempt(),), after=timedelta(minutes=20))
    assert todo.reuse is None
    assert todo.ask == (attempt(),)
    assert todo.key.attempt == 2


def test_a_changed_cart_gets_a_new_attempt_and_the_older_is_asked_first() -> None:
    todo = planned((attempt(),), wanted="ffffffffffff")
    assert (todo.reuse, todo.ask, todo.key) == (None, (attempt(),), AttemptKey(CART_ID, 2, "ffffffffffff"))


FAILED = (a_transaction(state=TransactionState.FAILURE),)


def test_a_failed_attempt_is_followed_by_a_new_one_and_asked_while_its_session_lives() -> None:
    failed = attempt(transactions=FAILED)
    todo = planned((failed,))
    assert (todo.reuse, todo.ask, todo.key.attempt) == (None, (failed,), 2)


def test_a_failed_attempt_whose_session_is_over_is_not_asked() -> None:
    todo = planned((attempt(transactions=FAILED),), after=timedelta(minutes=31))
    assert (todo.ask, todo.key.attempt) == ((), 2)


def test_an_attempt_of_another_interface_is_not_filled() -> None:
    empty = attempt(interface_id=None, status_text=None, transactions=(), interface="monext-b2b")
    todo = planned((empty,))
    assert (todo.fill, todo.key.attempt) == (None, 2)


def test_an_attempt_without_a_session_is_filled() -> None:
    empty = attempt(interface_id=None, status_text=None, transactions=(), hexdigest="000000000000")
    todo = planned((empty,))
    assert (todo.fill, todo.key) == (empty, AttemptKey(CART_ID, 1, WANTED))


def test_foreign_payments_are_not_attempts_of_ours() -> None:
    other_cart = attempt(2, hexdigest=WANTED)
    foreign_key = replace(other_cart, key=other_cart.key.replace("6f1e2c1a", "7f1e2c1a"))  # type: ignore[union-attr]
    cart = a_cart(
        payments=(attempt(), foreign_key, attempt(3, interface="adyen"), a_payment(key="paid-by-phone"))
    )
    assert own_attempts(cart.id, cart.payments, interfaces=OURS) == (attempt(),)


def test_attempts_come_in_their_order() -> None:
    cart = a_cart(payments=(attempt(10), attempt(2), attempt(1)))
    assert [p.id for p in own_attempts(cart.id, cart.payments, interfaces=OURS)] == [
        "payment-1",
        "payment-2",
        "payment-10",
    ]


CHANGED_CART: dict[str, Cart] = {
    "id": a_cart(id="6f1e2c1a-2d7a-4c35-9f3f-1c6f5d0b7a11"),
    "total": a_cart(total=eur(11101)),
    "taxes": a_cart(taxes=eur(1)),
    "discount": a_cart(discount=eur(1)),
    "lines": a_cart(lines=(a_line(quantity=3),)),
    "deliveries": a_cart(deliveries=(a_delivery(charge=eur(501)),)),
    "shipping_address": a_cart(shipping_address=an_address(city="Lyon")),
    "billing_address": a_cart(billing_address=an_address(city="Lyon")),
    "store_key": a_cart(store_key="fr-store"),
    "locale": a_cart(locale="de-DE"),
    "country": a_cart(country="DE"),
    "customer_id": a_cart(customer_id=a_customer(id="other").id),
    "anonymous_id": a_cart(anonymous_id="someone"),
    "customer_email": a_cart(customer_email="other@example.com"),
}


@pytest.mark.parametrize("name", CHANGED_CART)
def test_the_digest_tells_a_changed_cart(name: str) -> None:
    assert terms_digest(CHANGED_CART[name], ASKED) != WANTED


def test_every_field_of_a_cart_is_in_the_digest_or_named_as_volatile() -> None:
    assert {f.name for f in fields(Cart)} == set(CHANGED_CART) | VOLATILE


def test_the_digest_stays_the_one_of_sessions_that_were_opened_before_an_upgrade() -> None:
    """Where it changes, every payment page that is open gets a new session once: say so in the changelog."""
    assert WANTED == "c589a878b78a"


def test_what_only_describes_the_contents_is_not_in_the_digest() -> None:
    cart = a_cart(
        lines=(a_line(brand="Ercol", category="5", seller="Us", picture="https://images.example.com/a.jpg"),),
        deliveries=(a_delivery(mode="LOCKER", timeframe="OVERNIGHT", expected_at=BEGUN),),
        billing_address=an_address(salutation="Frau"),
    )
    assert terms_digest(cart, ASKED) == WANTED


@pytest.mark.parametrize("name", [f.name for f in fields(AttemptTerms)])
def test_the_digest_tells_another_way_of_asking(name: str) -> None:
    other: Any = {"due": eur(1), "payment_method_ids": ()}.get(name, "other")
    assert terms_digest(a_cart(), replace(ASKED, **{name: other})) != WANTED


def test_adding_a_payment_does_not_change_the_digest() -> None:
    touched = a_cart(version=9, state=CartState.FROZEN, payments=(a_payment(),))
    assert terms_digest(touched, ASKED) == WANTED


@pytest.mark.parametrize(
    "key", [AttemptKey(CART_ID, 1, WANTED), AttemptKey(CART_ID, 12, WANTED, "de-store_2")], ids=str
)
def test_a_key_reads_as_it_was_written(key: AttemptKey) -> None:
    assert AttemptKey.parse(str(key)) == key


@pytest.mark.parametrize("key", [None, "", "order-17", f"{CART_ID}-0-{WANTED}", f"{CART_ID}-1-{WANTED}-"])
def test_other_keys_are_nobodys_attempt(key: str | None) -> None:
    assert AttemptKey.parse(key) is None


def test_a_session_is_over_after_its_minutes() -> None:
    assert not is_session_over(a_payment(), now=BEGUN + timedelta(minutes=29, seconds=59), minutes=30)
    assert is_session_over(a_payment(), now=BEGUN + timedelta(minutes=30), minutes=30)
