from __future__ import annotations

import pytest

from monext_bridge.domain.record.attempt_status import (
    AttemptStatus,
    ReversalReason,
    attempt_status,
    holds_money,
    is_refunded,
    last_given_back_at,
    session_opened_at,
)
from monext_bridge.domain.record.payment import Payment, TransactionState, TransactionType
from tests.builders import BEGUN, a_payment, a_transaction, eur

INITIAL, PENDING, SUCCESS, FAILURE = TransactionState
AUTHORIZATION, CHARGE = TransactionType.AUTHORIZATION, TransactionType.CHARGE


def authorized(*more: object) -> Payment:
    return a_payment(transactions=(a_transaction(type=AUTHORIZATION, state=SUCCESS), *more))


def act(kind: TransactionType, state: TransactionState = SUCCESS, amount: int = 11100) -> object:
    return a_transaction(type=kind, state=state, amount=eur(amount), interaction_id="ship-1~12345678")


STANDINGS = [
    (a_payment(interface_id=None, transactions=()), AttemptStatus.EMPTY),
    (a_payment(), AttemptStatus.OPEN),
    (a_payment(transactions=(a_transaction(state=PENDING),)), AttemptStatus.PENDING),
    (a_payment(transactions=(a_transaction(state=FAILURE),)), AttemptStatus.FAILED),
    (a_payment(transactions=(a_transaction(state=SUCCESS),)), AttemptStatus.PAID),
    (authorized(), AttemptStatus.AUTHORIZED),
    (authorized(act(CHARGE)), AttemptStatus.PAID),
    (authorized(act(CHARGE, INITIAL)), AttemptStatus.AUTHORIZED),
    (authorized(act(TransactionType.CANCEL_AUTHORIZATION, amount=100)), AttemptStatus.AUTHORIZED),
    (authorized(act(TransactionType.CANCEL_AUTHORIZATION)), AttemptStatus.FAILED),
    (
        a_payment(
            status_code=ReversalReason.SECOND_PAYMENT.value, transactions=(a_transaction(state=SUCCESS),)
        ),
        AttemptStatus.RETURNED,
    ),
    (
        a_payment(transactions=(a_transaction(state=FAILURE), a_transaction(state=SUCCESS))),
        AttemptStatus.PAID,
    ),
]


@pytest.mark.parametrize(("payment", "expected"), STANDINGS)
def test_the_record_tells_where_an_attempt_stands(payment: Payment, expected: AttemptStatus) -> None:
    assert attempt_status(payment) is expected


def test_every_standing_is_in_the_table() -> None:
    assert {expected for _, expected in STANDINGS} == set(AttemptStatus)


CHARGE, REFUND = TransactionType.CHARGE, TransactionType.REFUND
CANCEL, CHARGEBACK = TransactionType.CANCEL_AUTHORIZATION, TransactionType.CHARGEBACK
GONE_BACK: list[tuple[tuple[object, ...], bool]] = [
    ((act(CHARGE, amount=11100), act(REFUND, amount=11100)), True),
    ((act(CHARGE, amount=6000), act(CANCEL, amount=5100), act(REFUND, amount=6000)), True),
    ((act(CHARGE, amount=11100), act(REFUND, amount=6000), act(REFUND, amount=5100)), True),
    ((act(CHARGE, amount=11100), act(REFUND, amount=11099)), False),
    ((act(CHARGE, amount=6000), act(REFUND, amount=6000)), False),
    ((act(CHARGE, amount=11100), act(REFUND, TransactionState.PENDING)), False),
    ((act(CHARGE, amount=11100), act(CHARGEBACK, amount=11100)), False),
    ((act(CHARGE, amount=11100), act(REFUND, amount=6000), act(CHARGEBACK, amount=5100)), False),
    ((act(CANCEL, amount=11100),), False),
    ((), False),
]


@pytest.mark.parametrize(("since", "refunded"), GONE_BACK)
def test_a_payment_is_refunded_where_refunds_gave_back_all_that_was_captured(
    since: tuple[object, ...], refunded: bool
) -> None:
    assert is_refunded(authorized(*since)) is refunded


def test_a_refunded_payment_holds_nothing() -> None:
    paid = a_transaction(state=SUCCESS)
    assert holds_money(a_payment(transactions=(paid,)))
    assert not holds_money(a_payment(transactions=(paid, act(TransactionType.REFUND))))


def test_a_session_began_with_its_planned_transaction() -> None:
    assert session_opened_at(a_payment()) == BEGUN
    assert session_opened_at(a_payment(transactions=(), created_at=None)) is None


REFUND, CANCEL = TransactionType.REFUND, TransactionType.CANCEL_AUTHORIZATION


def gone(kind: TransactionType, hour: int, state: TransactionState = SUCCESS, amount: int = 100) -> object:
    at = BEGUN.replace(hour=hour)
    return a_transaction(
        type=kind, state=state, amount=eur(amount), interaction_id=f"key-{hour}~12345678", timestamp=at
    )


@pytest.mark.parametrize(
    ("payment", "hour"),
    [
        (authorized(act(CHARGE), gone(REFUND, 20), gone(REFUND, 22), gone(REFUND, 21)), 22),
        (authorized(act(CHARGE), gone(REFUND, 20), gone(REFUND, 22, PENDING), gone(REFUND, 21, FAILURE)), 20),
        (authorized(act(CHARGE, amount=11000), gone(CANCEL, 21), gone(REFUND, 20)), 20),
        (authorized(gone(CANCEL, 21, amount=11100)), 21),
        (authorized(gone(CANCEL, 21)), None),
        (authorized(act(CHARGE), act(REFUND)), BEGUN.hour),
        (authorized(), None),
        (a_payment(), None),
    ],
)
def test_the_last_refund_or_the_release_of_all_says_when_money_went_back(
    payment: Payment, hour: int | None
) -> None:
    assert last_given_back_at(payment) == (None if hour is None else BEGUN.replace(hour=hour))
