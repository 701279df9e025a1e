from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.ids import MonextTransactionId, RecordTransactionId
from monext_bridge.domain.monext import Ledger, LedgerRow
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.by_key import abandon, operations_of_key
from monext_bridge.domain.operations.ledger_limits import check_ledger, open_amounts_at_monext
from monext_bridge.domain.operations.open_amounts import (
    AUTHORIZATION_LASTS,
    OpenAmounts,
    is_authorization_over,
    open_amounts,
)
from monext_bridge.domain.operations.pending import OperationName
from monext_bridge.domain.operations.rules import (
    Cancel,
    Capture,
    Operation,
    OperationNotAllowed,
    Refund,
    Reverse,
    announcements,
    operation_digest,
)
from monext_bridge.domain.record.apply_updates import with_updates
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from tests.builders import BEGUN, a_payment, a_transaction, eur

INITIAL, PENDING, SUCCESS, FAILURE = TransactionState
AUTHORIZATION, CANCEL, CHARGE, REFUND = (
    TransactionType.AUTHORIZATION,
    TransactionType.CANCEL_AUTHORIZATION,
    TransactionType.CHARGE,
    TransactionType.REFUND,
)
NAME = OperationName("k1", "0123abcd")


def act(
    kind: TransactionType, amount: int, state: TransactionState = SUCCESS, key: str = "k0", mark: str = ""
) -> Transaction:
    return a_transaction(
        id=RecordTransactionId(f"{key}-{kind}-{amount}"),
        type=kind,
        amount=eur(amount),
        state=state,
        interaction_id=f"{key}~89abcdef{mark}",
    )


def authorized(*acts: Transaction) -> Payment:
    return a_payment(transactions=(a_transaction(type=AUTHORIZATION, state=SUCCESS), *acts))


def charged(*acts: Transaction) -> Payment:
    return a_payment(transactions=(a_transaction(type=CHARGE, state=SUCCESS), *acts))


def left(capturable: int, cancellable: int, refundable: int) -> OpenAmounts:
    return OpenAmounts(eur(capturable), eur(cancellable), eur(refundable))


ACCOUNTS = [
    (a_payment(), left(0, 0, 0)),
    (authorized(), left(11100, 11100, 0)),
    (authorized(act(CHARGE, 1000)), left(10100, 10100, 1000)),
    (authorized(act(CHARGE, 1000, INITIAL)), left(10100, 10100, 0)),
    (authorized(act(CHARGE, 1000, PENDING)), left(10100, 10100, 0)),
    (authorized(act(CHARGE, 1000, FAILURE)), left(11100, 11100, 0)),
    (authorized(act(CHARGE, 1000, INITIAL, mark="~free")), left(11100, 11100, 0)),
    (authorized(act(CANCEL, 11100)), left(0, 0, 0)),
    (authorized(act(CHARGE, 11100), act(REFUND, 100)), left(0, 0, 11000)),
    (charged(), left(0, 0, 11100)),
    (charged(act(REFUND, 11000, PENDING)), left(0, 0, 100)),
    (charged(act(REFUND, 11000, FAILURE)), left(0, 0, 11100)),
]


@pytest.mark.parametrize(("payment", "expected"), ACCOUNTS)
def test_the_record_tells_what_is_open(payment: Payment, expected: OpenAmounts) -> None:
    assert open_amounts(payment) == expected


def operations(payment: Payment, asked: Operation) -> list[tuple[TransactionType, int, str]]:
    made = announcements(payment, asked, name=NAME, now=BEGUN)
    return [(i.type, i.amount.cent_amount, i.interaction_id) for i in made]


ALLOWED = [
    (authorized(), Capture(eur(11100)), [(CHARGE, 11100, "k1~0123abcd")]),
    (authorized(), Capture(eur(1)), [(CHARGE, 1, "k1~0123abcd")]),
    (
        authorized(),
        Capture(eur(100), final=True),
        [(CHARGE, 100, "k1~0123abcd"), (CANCEL, 11000, "k1~rest")],
    ),
    (authorized(), Capture(eur(11100), final=True), [(CHARGE, 11100, "k1~0123abcd")]),
    (authorized(act(CHARGE, 100)), Cancel(), [(CANCEL, 11000, "k1~0123abcd")]),
    (charged(), Refund(eur(11100)), [(REFUND, 11100, "k1~0123abcd")]),
    (charged(act(REFUND, 100)), Refund(eur(11000)), [(REFUND, 11000, "k1~0123abcd")]),
    (authorized(), Reverse(), [(CANCEL, 11100, "k1~0123abcd")]),
    (charged(act(REFUND, 100)), Reverse(), [(REFUND, 11000, "k1~0123abcd")]),
    (
        authorized(act(CHARGE, 100)),
        Reverse(),
        [(CANCEL, 11000, "k1~0123abcd"), (REFUND, 100, "k1~0123abcd")],
    ),
]


@pytest.mark.parametrize(("payment", "asked", "expected"), ALLOWED)
def test_an_act_is_announced_by_its_intents(payment: Payment, asked: Operation, expected: Any) -> None:
    assert operations(payment, asked) == expected


FORBIDDEN = [
    (authorized(), Capture(eur(11101)), "11100 can still be captured"),
    (authorized(), Capture(eur(0)), "above zero"),
    (authorized(), Capture(eur(-1)), "above zero"),
    (authorized(), Capture(Money(100, "USD")), "in EUR"),
    (authorized(act(CHARGE, 11000, INITIAL)), Capture(eur(101)), "100 can still be captured"),
    (charged(), Capture(eur(1)), "0 can still be captured"),
    (charged(), Refund(eur(11101)), "11100 can still be refunded"),
    (charged(), Refund(Money(1, "JPY")), "in EUR"),
    (authorized(), Refund(eur(1)), "0 can still be refunded"),
    (charged(), Cancel(), "can be refunded"),
    (charged(act(REFUND, 11100)), Reverse(), "nothing is left"),
    (a_payment(), Reverse(), "nothing is left"),
    (authorized(act(CHARGE, 1, INITIAL)), Capture(eur(1), final=True), "under way"),
    (charged(act(REFUND, 1, PENDING), act(REFUND, 2)), Refund(eur(11098)), "11097"),
    (charged(), Refund(eur(1), RecordTransactionId("nobody")), "not a Charge"),
]


@pytest.mark.parametrize(("payment", "asked", "words"), FORBIDDEN)
def test_what_the_record_forbids_is_said(payment: Payment, asked: Operation, words: str) -> None:
    with pytest.raises(OperationNotAllowed, match=words):
        operations(payment, asked)


def test_a_refund_of_one_charge_is_not_more_than_that_charge() -> None:
    small = act(CHARGE, 100)
    payment = authorized(small, act(CHARGE, 500, key="k5"))
    assert operations(payment, Refund(eur(100), small.id))
    with pytest.raises(OperationNotAllowed, match="100 of the Charge"):
        operations(payment, Refund(eur(101), small.id))


def row(kind: str, amount: int, *, ok: bool | None = True, name: str = "", origin: str = "tx") -> LedgerRow:
    id_, from_ = MonextTransactionId(name or f"{kind}-{amount}"), MonextTransactionId(origin)
    return LedgerRow(id_, kind, amount, ok, BEGUN, from_)


LEDGERS = [
    ([row("AUTHORIZATION", 100)], left(100, 100, 0)),
    ([row("AUTHORIZATION", 100), row("CAPTURE", 30)], left(70, 70, 30)),
    ([row("AUTHORIZATION", 100), row("CAPTURE", 30, ok=False)], left(100, 100, 0)),
    ([row("AUTHORIZATION", 100), row("CAPTURE", 30, ok=None)], left(70, 70, 30)),
    ([row("AUTHORIZATION", 100), row("CANCEL", 100)], left(0, 0, 0)),
    (
        [row("AUTHORIZATION", 100), row("CAPTURE", 40, name="c"), row("CANCEL", 40, origin="c")],
        left(60, 60, 0),
    ),
    ([row("AUTHORIZATION_AND_CAPTURE", 100), row("REFUND", 30)], left(0, 0, 70)),
    ([row("AUTHORIZATION_AND_CAPTURE", 100, name="t"), row("CANCEL", 100, origin="t")], left(0, 0, 0)),
    ([row("AUTHORIZATION", 100), row("REAUTHORIZATION", 100), row("CAPTURE", 100)], left(0, 0, 100)),
]


@pytest.mark.parametrize(("rows", "expected"), LEDGERS)
def test_monexts_ledger_tells_what_is_open(rows: list[LedgerRow], expected: OpenAmounts) -> None:
    assert open_amounts_at_monext(Ledger(tuple(rows)), like=eur(0)) == expected


def test_a_ledger_with_too_little_left_forbids_the_act() -> None:
    own = act(CHARGE, 100, INITIAL)
    payment = authorized(own)
    check_ledger(payment, Ledger((row("AUTHORIZATION", 100),)), operations=(own,))
    with pytest.raises(OperationNotAllowed, match="Monext has 99 left"):
        check_ledger(payment, Ledger((row("AUTHORIZATION", 99),)), operations=(own,))


def test_other_open_acts_count_against_the_ledger() -> None:
    own, other = act(REFUND, 60, INITIAL), act(REFUND, 50, INITIAL, key="k9")
    ledger = Ledger((row("AUTHORIZATION_AND_CAPTURE", 100),))
    with pytest.raises(OperationNotAllowed):
        check_ledger(charged(own, other), ledger, operations=(own,))
    check_ledger(charged(own, act(REFUND, 50, INITIAL, key="k9", mark="~free")), ledger, operations=(own,))


def test_an_open_act_that_the_ledger_lists_already_counts_once() -> None:
    own, other = act(REFUND, 50, INITIAL), act(REFUND, 50, INITIAL, key="k9")
    rows = (row("AUTHORIZATION_AND_CAPTURE", 100), row("REFUND", 50))
    check_ledger(charged(own, other), Ledger(rows), operations=(own,))
    with pytest.raises(OperationNotAllowed):
        check_ledger(charged(own, other), Ledger((*rows, row("REFUND", 50, name="r2"))), operations=(own,))


def test_refunds_of_one_charge_add_up() -> None:
    charge = act(CHARGE, 1000)
    before = a_transaction(
        id=RecordTransactionId("before"),
        type=REFUND,
        state=SUCCESS,
        amount=eur(600),
        interaction_id=f"k0~0123abcd~of-{charge.id}",
    )
    payment = authorized(charge, act(CHARGE, 5000, key="k5"), before)
    with pytest.raises(OperationNotAllowed, match="400 of the Charge"):
        operations(payment, Refund(eur(401), charge.id))
    assert operations(payment, Refund(eur(400), charge.id)) == [(REFUND, 400, f"k1~0123abcd~of-{charge.id}")]


def test_a_cancel_of_a_refund_makes_it_refundable_again() -> None:
    rows = [row("AUTHORIZATION_AND_CAPTURE", 100), row("REFUND", 30, name="r"), row("CANCEL", 30, origin="r")]
    assert open_amounts_at_monext(Ledger(tuple(rows)), like=eur(0)).refundable == eur(100)


def test_an_authorisation_is_over_after_seven_days_by_record_or_ledger() -> None:
    begun = BEGUN
    assert not is_authorization_over(authorized(), now=begun + AUTHORIZATION_LASTS - timedelta(seconds=1))
    assert is_authorization_over(authorized(), now=begun + AUTHORIZATION_LASTS)
    older = LedgerRow(MonextTransactionId("t"), "AUTHORIZATION", 1, True, begun - timedelta(days=1))
    assert is_authorization_over(authorized(), now=begun + timedelta(days=6), ledger=Ledger((older,)))
    assert not is_authorization_over(charged(), now=begun + timedelta(days=99))


REQUESTS: list[tuple[Operation, str | None]] = [
    (Capture(eur(1)), None),
    (Capture(eur(1)), "order 1"),
    (Capture(eur(2)), None),
    (Capture(Money(1, "USD")), None),
    (Capture(eur(1), final=True), None),
    (Refund(eur(1)), None),
    (Refund(eur(1), RecordTransactionId("c")), None),
    (Cancel(), None),
    (Reverse(), None),
]


def test_every_request_has_its_own_digest() -> None:
    digests = [operation_digest(asked, merchant_reference=reference) for asked, reference in REQUESTS]
    assert len(set(digests)) == len(REQUESTS)


def test_a_key_brings_its_acts_and_what_they_released() -> None:
    payment = authorized(act(CHARGE, 1, key="k1"), act(CHARGE, 2, key="k2"))
    rest = a_transaction(type=CANCEL, interaction_id="k1~rest", id=RecordTransactionId("rest"))
    found = operations_of_key(a_payment(transactions=(*payment.transactions, rest)), "k1")
    assert [t.amount.cent_amount for t in found.operations] == [1]
    assert found.remainder == rest
    assert not operations_of_key(payment, "k3")


def test_a_voided_intent_gives_its_key_back() -> None:
    own = act(CHARGE, 1, INITIAL, key="k1")
    payment = with_updates(authorized(own), abandon((own,)))
    assert payment.transactions[-1].interaction_id == "k1~void"
    assert payment.transactions[-1].state is FAILURE
    assert not operations_of_key(payment, "k1")


def test_the_worse_of_two_answers_for_both() -> None:
    both = operations_of_key(authorized(act(CANCEL, 1, SUCCESS, "k1"), act(REFUND, 2, PENDING, "k1")), "k1")
    assert both.worst().type is REFUND


def test_a_late_cancel_that_was_refunded_instead_does_not_answer() -> None:
    late = act(CANCEL, 1, FAILURE, "k1", "~late")
    assert operations_of_key(authorized(late), "k1").worst() == late
    refund = a_transaction(
        id=RecordTransactionId("stand-in"),
        type=REFUND,
        state=SUCCESS,
        interaction_id="k1~instead",
    )
    refunded = operations_of_key(authorized(late, refund), "k1")
    assert refunded.worst().type is REFUND
    assert refunded.late_cancel == late
