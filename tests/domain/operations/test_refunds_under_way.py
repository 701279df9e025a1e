"""Which refunds the buyer still waits for, how much they are together, and since when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import UNSENT, RefundsUnderWay, operation_name, refunds_under_way
from monext_bridge.domain.record import Transaction, TransactionState, TransactionType
from tests.builders import BEGUN, a_payment, a_transaction, eur

PAID = a_transaction(type=TransactionType.CHARGE, state=TransactionState.SUCCESS)


def refund(hour: int, state: TransactionState, amount: int = 100) -> Transaction:
    at = BEGUN.replace(hour=hour)
    return a_transaction(
        id=f"refund-{hour}",
        type=TransactionType.REFUND,
        state=state,
        amount=eur(amount),
        interaction_id=f"key-{hour}~12345678",
        timestamp=at,
    )


def told(*refunds: Transaction) -> RefundsUnderWay | None:
    return refunds_under_way(a_payment(transactions=(PAID, *refunds)))


def test_refunds_in_progress_are_added_up_since_the_first_of_them() -> None:
    found = told(refund(22, TransactionState.PENDING), refund(21, TransactionState.INITIAL, 50))

    assert found == RefundsUnderWay(eur(150), BEGUN.replace(hour=21))


@pytest.mark.parametrize("state", [TransactionState.SUCCESS, TransactionState.FAILURE])
def test_refund_that_ended_is_not_under_way(state: TransactionState) -> None:
    assert told(refund(21, state)) is None


def test_only_refunds_of_the_currency_that_was_taken_count() -> None:
    foreign = replace(refund(21, TransactionState.PENDING), amount=Money(100, "USD"))
    cancel = replace(refund(21, TransactionState.PENDING), type=TransactionType.CANCEL_AUTHORIZATION)

    assert told(foreign, cancel) is None


def test_refund_without_a_time_is_under_way_all_the_same() -> None:
    timeless = replace(refund(21, TransactionState.PENDING), timestamp=None)

    assert told(timeless) == RefundsUnderWay(eur(100), None)


def test_refund_that_never_reached_monext_is_not_under_way() -> None:
    announced = refund(21, TransactionState.INITIAL)
    name = operation_name(announced)
    assert name is not None

    assert told(replace(announced, interaction_id=str(name.marked(UNSENT)))) is None
