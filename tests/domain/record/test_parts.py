"""The parts of a payment: what belongs to which, what they bring, and which of them are surplus."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.pending import OperationName, operation_name
from monext_bridge.domain.record.amounts import own_amounts
from monext_bridge.domain.record.attempt_status import AttemptStatus, attempt_status, holds_money, is_released
from monext_bridge.domain.record.parts import (
    accepted_or_planned_amount,
    accepted_transaction,
    accepted_transactions,
    further_part,
    kept_parts,
    named_part,
    part_with,
    parts,
    session_transactions,
    surplus_parts,
    taken,
)
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from tests.builders import TOKEN, a_payment, a_transaction, eur
from tests.paid_in_parts import AUTHORIZATION, CHARGE, SECOND, THIRD, a_part, an_operation, paid_in_parts

REFUND, CANCEL = TransactionType.REFUND, TransactionType.CANCEL_AUTHORIZATION
VOUCHER, CARD = a_part(1, CHARGE, 1000), a_part(2, CHARGE, 10100)
IN_FRANCS = replace(CARD, amount=Money(10100, "CHF"))
ON_FIRST = an_operation(REFUND, 100, "k1~0123abcd~by-client")
ON_SECOND = an_operation(REFUND, 200, "k1~0123abcd~by-client~on-part-2")
ON_NO_PART = an_operation(REFUND, 300, "k2~0123abcd~on-part-9")
WRITTEN_BY_OTHERS = an_operation(TransactionType.CHARGEBACK, 400, "psp-7")
NAMELESS = an_operation(TransactionType.CHARGEBACK, 500, "-", interaction_id=None)
PLANNED = a_transaction(state=TransactionState.FAILURE)
IN_TWO = paid_in_parts(
    PLANNED, VOUCHER, CARD, ON_FIRST, ON_SECOND, ON_NO_PART, WRITTEN_BY_OTHERS, NAMELESS, planned=11100
)


def test_a_payment_in_one_piece_is_its_only_part() -> None:
    payment = paid_in_parts(VOUCHER, ON_FIRST, ON_SECOND)
    assert parts(payment) == (payment,)
    assert further_part(payment) is None


def test_a_payment_that_nothing_was_accepted_for_is_its_only_part() -> None:
    payment = a_payment()
    assert parts(payment) == (payment,)
    assert accepted_transaction(payment) is None
    assert taken(payment) is None


def test_each_part_has_its_own_transaction_and_the_operations_on_it() -> None:
    _, second = parts(IN_TWO)
    assert second.transactions == (CARD, ON_SECOND)
    assert further_part(second) == SECOND
    assert accepted_transaction(second) == CARD


def test_what_names_no_part_that_there_is_belongs_to_the_first() -> None:
    first, _ = parts(IN_TWO)
    assert first.transactions == (PLANNED, VOUCHER, ON_FIRST, ON_NO_PART, WRITTEN_BY_OTHERS, NAMELESS)
    assert further_part(first) is None


@pytest.mark.parametrize("transaction", IN_TWO.transactions)
def test_every_transaction_belongs_to_exactly_one_part(transaction: Transaction) -> None:
    owners = [part for part in parts(IN_TWO) if transaction in part.transactions]
    assert owners == [part_with(IN_TWO, transaction)]


def test_a_transaction_that_is_not_of_the_payment_belongs_to_the_first_part() -> None:
    assert part_with(IN_TWO, a_transaction(id="unknown")) == parts(IN_TWO)[0]


def test_the_transactions_of_the_session_are_those_under_its_token_with_or_without_a_part() -> None:
    assert session_transactions(IN_TWO) == (PLANNED, VOUCHER, CARD)
    assert accepted_transactions(IN_TWO) == (VOUCHER, CARD)


def test_the_transaction_of_a_further_part_is_no_operation() -> None:
    assert [operation_name(t) for t in (VOUCHER, CARD)] == [None, None]
    assert OperationName.parse(CARD.interaction_id) is None


def test_a_refused_transaction_is_no_part() -> None:
    refused = a_part(2, CHARGE, 10100, state=TransactionState.FAILURE)
    payment = paid_in_parts(VOUCHER, refused)
    assert parts(payment) == (payment,)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        (f"{TOKEN}~on-part-2", SECOND),
        ("k~0123abcd~on-part-3", THIRD),
        ("k~0123abcd~by-client~on-part-3~of-charge~late", THIRD),
        ("k~rest~on-part-3", THIRD),
        ("k~void~by-client~on-part-3", THIRD),
        ("ledger-7~found~on-part-3", THIRD),
        ("k~0123abcd", None),
        ("k~0123abcd~on-", None),
        ("on-part-3~0123abcd", None),
        (TOKEN, None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_says_which_further_part_it_is_on(name: str | None, part: str | None) -> None:
    assert named_part(a_transaction(interaction_id=name)) == part


SUMS = [
    (paid_in_parts(VOUCHER, CARD), eur(11100)),
    (paid_in_parts(VOUCHER, CARD, planned=11200), eur(11100)),
    (paid_in_parts(VOUCHER, CARD, a_part(3, AUTHORIZATION, 5)), eur(11105)),
    (paid_in_parts(a_part(1, CHARGE, 11100), a_part(2, CHARGE, 11100), planned=11100), eur(11100)),
    (paid_in_parts(a_part(1, CHARGE, 11100), a_part(2, CHARGE, 11000), planned=11100), eur(22100)),
    (paid_in_parts(VOUCHER, IN_FRANCS), None),
]


@pytest.mark.parametrize(("payment", "amount"), SUMS)
def test_what_was_taken_is_the_sum_of_the_parts_that_are_kept(payment: Payment, amount: Money | None) -> None:
    assert taken(payment) == amount


def test_a_payment_in_two_currencies_goes_by_that_of_the_first_part() -> None:
    payment = paid_in_parts(VOUCHER, IN_FRANCS, planned=11100)
    assert accepted_or_planned_amount(payment) == eur(1000)
    assert [accepted_or_planned_amount(part) for part in parts(payment)] == [eur(1000), Money(10100, "CHF")]


WHOLE_TWICE = paid_in_parts(a_part(1, AUTHORIZATION, 11100), a_part(2, CHARGE, 11100), planned=11100)


def test_parts_that_each_bring_the_whole_are_surplus_but_for_the_first() -> None:
    assert surplus_parts(WHOLE_TWICE) == parts(WHOLE_TWICE)[1:]
    assert kept_parts(WHOLE_TWICE) == parts(WHOLE_TWICE)[:1]


@pytest.mark.parametrize("payment", [payment for payment, _ in SUMS[:3]])
def test_parts_of_a_sum_are_all_kept(payment: Payment) -> None:
    assert surplus_parts(payment) == ()
    assert kept_parts(payment) == parts(payment)


def test_what_is_left_to_capture_is_counted_for_each_part_by_itself() -> None:
    payment = paid_in_parts(VOUCHER, a_part(2, AUTHORIZATION, 10100))
    assert own_amounts(payment).uncaptured == eur(10100)
    assert own_amounts(payment).held == eur(11100)


def test_a_charge_without_an_authorisation_takes_nothing_from_that_of_another_part() -> None:
    capture = an_operation(CHARGE, 100, "k1~0123abcd~on-part-2")
    payment = paid_in_parts(VOUCHER, a_part(2, AUTHORIZATION, 10100), capture)
    assert own_amounts(payment).uncaptured == eur(10000)


def test_surplus_money_neither_pays_nor_counts() -> None:
    assert attempt_status(WHOLE_TWICE) is AttemptStatus.AUTHORIZED


def test_a_payment_whose_kept_part_was_cancelled_is_released_whatever_a_surplus_part_was() -> None:
    cancelled = an_operation(CANCEL, 11100, "k1~0123abcd")
    payment = paid_in_parts(*WHOLE_TWICE.transactions, cancelled, planned=11100)
    assert is_released(payment)
    assert not holds_money(payment)
