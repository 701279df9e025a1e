from __future__ import annotations

import pytest

from monext_bridge.domain.record.attempt_status import Flag, Standing, begun_at, holds_money, standing
from monext_bridge.domain.record.payment import Payment, TransactionState, TransactionType
from tests.builders import BEGUN, a_payment, a_transaction, eur

INITIAL, PENDING, SUCCESS, FAILURE = TransactionState
AUTHORIZATION, CHARGE = TransactionType.AUTHORIZATION, TransactionType.CHARGE


def authorized(*more: object) -> Payment:
    return a_payment(transactions=(a_transaction(type=AUTHORIZATION, state=SUCCESS), *more))


def act(kind: TransactionType, state: TransactionState = SUCCESS, amount: int = 11100) -> object:
    return a_transaction(type=kind, state=state, amount=eur(amount), interaction_id="ship-1~12345678")


STANDINGS = [
    (a_payment(interface_id=None, transactions=()), Standing.EMPTY),
    (a_payment(), Standing.OPEN),
    (a_payment(transactions=(a_transaction(state=PENDING),)), Standing.PENDING),
    (a_payment(transactions=(a_transaction(state=FAILURE),)), Standing.FAILED),
    (a_payment(transactions=(a_transaction(state=SUCCESS),)), Standing.PAID),
    (authorized(), Standing.AUTHORIZED),
    (authorized(act(CHARGE)), Standing.PAID),
    (authorized(act(CHARGE, INITIAL)), Standing.AUTHORIZED),
    (authorized(act(TransactionType.CANCEL_AUTHORIZATION, amount=100)), Standing.AUTHORIZED),
    (authorized(act(TransactionType.CANCEL_AUTHORIZATION)), Standing.FAILED),
    (
        a_payment(status_code=Flag.SECOND_PAYMENT.value, transactions=(a_transaction(state=SUCCESS),)),
        Standing.RETURNED,
    ),
    (a_payment(transactions=(a_transaction(state=FAILURE), a_transaction(state=SUCCESS))), Standing.PAID),
]


@pytest.mark.parametrize(("payment", "expected"), STANDINGS)
def test_the_record_tells_where_an_attempt_stands(payment: Payment, expected: Standing) -> None:
    assert standing(payment) is expected


def test_every_standing_is_in_the_table() -> None:
    assert {expected for _, expected in STANDINGS} == set(Standing)


def test_a_refunded_payment_holds_nothing() -> None:
    paid = a_transaction(state=SUCCESS)
    assert holds_money(a_payment(transactions=(paid,)))
    assert not holds_money(a_payment(transactions=(paid, act(TransactionType.REFUND))))


def test_a_session_began_with_its_planned_transaction() -> None:
    assert begun_at(a_payment()) == BEGUN
    assert begun_at(a_payment(transactions=(), created_at=None)) is None
