from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.domain.outcome.order_rules import (
    FUTURE_ORDER_NUMBER,
    OrderPaymentState,
    counting_payment,
    monext_reference,
    order_number,
    order_payment_state,
)
from monext_bridge.domain.record.payment import Payment, TransactionState, TransactionType
from tests.builders import BEGUN, CART_ID, TOKEN, a_payment, a_transaction, eur
from tests.paid_in_parts import a_part, an_operation, paid_in_parts

AUTHORIZATION, CANCEL, CHARGE, REFUND = (
    TransactionType.AUTHORIZATION,
    TransactionType.CANCEL_AUTHORIZATION,
    TransactionType.CHARGE,
    TransactionType.REFUND,
)
Row = tuple[TransactionType, int]


def paid(*rows: Row, state: TransactionState = TransactionState.SUCCESS, **changes: Any) -> Payment:
    """The first row is the session's, the others are operations."""
    transactions = tuple(
        a_transaction(
            id=f"transaction-{number}",
            type=kind,
            state=state,
            amount=eur(amount),
            interaction_id=f"k{number}~0123abcd" if number else TOKEN,
        )
        for number, (kind, amount) in enumerate(rows)
    )
    return a_payment(transactions=transactions, **changes)


WHOLE_TWICE = (a_part(1, AUTHORIZATION, 11100), a_part(2, CHARGE, 11100))
SURPLUS_REFUND = an_operation(REFUND, 11100, "giveback-x~0123abcd~on-part-2", state=TransactionState.INITIAL)


def test_the_number_is_the_same_for_every_attempt_of_a_cart() -> None:
    assert order_number(CART_ID) == order_number(CartId(str(CART_ID)))
    assert re.fullmatch(r"M[A-Z2-7]{12}", order_number(CART_ID))
    assert order_number(CART_ID) != order_number(CartId("6f1e2c1a-2d7a-4c35-9f3f-1c6f5d0b7a11"))


def test_a_further_attempt_has_another_reference_at_monext() -> None:
    number = OrderNumber("A-1")
    assert [monext_reference(number, attempt=n) for n in (1, 2, 3)] == ["A-1", "A-1-2", "A-1-3"]


@pytest.mark.parametrize("number", ["", "a/b", "x" * 47, "a\nb"])
def test_an_order_number_that_monext_or_a_path_would_not_take_is_none(number: str) -> None:
    assert not FUTURE_ORDER_NUMBER.fullmatch(number)


PENDING = TransactionState.PENDING
STATES = [
    ("captured in full", [paid((CHARGE, 11100))], OrderPaymentState.PAID),
    ("authorised", [paid((AUTHORIZATION, 11100))], OrderPaymentState.PENDING),
    ("captured later in full", [paid((AUTHORIZATION, 11100), (CHARGE, 11100))], OrderPaymentState.PAID),
    ("captured in part", [paid((AUTHORIZATION, 11100), (CHARGE, 100))], OrderPaymentState.BALANCE_DUE),
    (
        "the rest released",
        [paid((AUTHORIZATION, 11100), (CHARGE, 100), (CANCEL, 11000))],
        OrderPaymentState.BALANCE_DUE,
    ),
    ("cancelled", [paid((AUTHORIZATION, 11100), (CANCEL, 11100))], OrderPaymentState.FAILED),
    ("refunded", [paid((CHARGE, 11100), (REFUND, 11100))], OrderPaymentState.PAID),
    ("two payments", [paid((CHARGE, 3000)), paid((CHARGE, 8100))], OrderPaymentState.PAID),
    ("nothing yet", [a_payment()], None),
    ("in parts", [paid_in_parts(a_part(1, CHARGE, 1000), a_part(2, CHARGE, 10100))], OrderPaymentState.PAID),
    (
        "one part authorised",
        [paid_in_parts(a_part(1, CHARGE, 1000), a_part(2, AUTHORIZATION, 10100))],
        OrderPaymentState.BALANCE_DUE,
    ),
    (
        "a surplus part that took the money at once",
        [paid_in_parts(*WHOLE_TWICE, SURPLUS_REFUND, planned=11100)],
        OrderPaymentState.PENDING,
    ),
    ("given back", [paid((CHARGE, 11100), status_code="SECOND_PAYMENT")], None),
]


@pytest.mark.parametrize(
    ("payments", "expected"), [row[1:] for row in STATES], ids=[row[0] for row in STATES]
)
def test_the_order_says_what_its_payments_say(
    payments: list[Payment], expected: OrderPaymentState | None
) -> None:
    assert order_payment_state(eur(11100), payments) is expected


def test_a_refund_under_way_means_that_credit_is_owed() -> None:
    refund = a_transaction(type=REFUND, state=PENDING, amount=eur(100))
    payment = a_payment(transactions=(*paid((CHARGE, 11100)).transactions, refund))
    assert order_payment_state(eur(11100), [payment]) is OrderPaymentState.CREDIT_OWED


def accepted(name: str, *, seconds: int, **changes: Any) -> Payment:
    charge = a_transaction(state=TransactionState.SUCCESS, timestamp=BEGUN + timedelta(seconds=seconds))
    return a_payment(id=PaymentId(name), transactions=(charge,), **changes)


def test_the_payment_recorded_first_counts_in_whatever_order_they_are_read() -> None:
    first, second = accepted("b", seconds=1), accepted("a", seconds=2)
    assert counting_payment((first, second)) == counting_payment((second, first)) == "b"


def test_of_two_recorded_at_the_same_time_everybody_picks_the_same() -> None:
    one, other = accepted("a", seconds=1), accepted("b", seconds=1)
    assert counting_payment((one, other)) == counting_payment((other, one)) == "a"


def test_open_and_flagged_payments_hold_nothing() -> None:
    assert counting_payment((a_payment(), accepted("a", seconds=1, status_code="SECOND_PAYMENT"))) is None
