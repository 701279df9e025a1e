"""Operations on a payment that was paid in parts: split over them, oldest first, and never more than each has."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monext_bridge.domain.ids import MonextTransactionId, RecordTransactionId
from monext_bridge.domain.monext import Ledger, LedgerRow
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.by_key import (
    abandon,
    mark_unsent,
    operations_of_key,
    replacement_refund,
)
from monext_bridge.domain.operations.ledger_limits import check_ledger
from monext_bridge.domain.operations.open_amounts import (
    AUTHORIZATION_LASTS,
    COUNTED_STATES,
    has_room_for,
    is_authorization_over,
    open_amounts,
)
from monext_bridge.domain.operations.pending import TOO_LATE, OperationName, is_unsent
from monext_bridge.domain.operations.rules import (
    Cancel,
    Capture,
    Operation,
    OperationNotAllowed,
    Refund,
    Reverse,
    announcements,
)
from monext_bridge.domain.record.amounts import own_amounts, total
from monext_bridge.domain.record.apply_updates import with_updates
from monext_bridge.domain.record.parts import part_with, parts
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from monext_bridge.domain.record.updates import ChangeTransactionState
from tests.builders import BEGUN, eur
from tests.paid_in_parts import AUTHORIZATION, CHARGE, a_part, an_operation, paid_in_parts

INITIAL, PENDING, SUCCESS, FAILURE = TransactionState
CANCEL, REFUND, CHARGEBACK = (
    TransactionType.CANCEL_AUTHORIZATION,
    TransactionType.REFUND,
    TransactionType.CHARGEBACK,
)
NAME = OperationName("k1", "0123abcd")
AUTHORIZED = paid_in_parts(a_part(1, AUTHORIZATION, 1000), a_part(2, AUTHORIZATION, 10100))
CHARGED = paid_in_parts(a_part(1, CHARGE, 1000), a_part(2, CHARGE, 10100))
MIXED = paid_in_parts(a_part(1, CHARGE, 1000), a_part(2, AUTHORIZATION, 10100))
IN_THREE = paid_in_parts(a_part(1, CHARGE, 100), a_part(2, CHARGE, 200), a_part(3, CHARGE, 300))


def with_operations(payment: Payment, *operations: Transaction) -> Payment:
    return replace(payment, transactions=(*payment.transactions, *operations))


def operations(payment: Payment, asked: Operation) -> list[tuple[TransactionType, int, str]]:
    made = announcements(payment, asked, name=NAME, now=BEGUN)
    return [(i.type, i.amount.cent_amount, i.interaction_id) for i in made]


FIRST, SECOND, THIRD = "k1~0123abcd", "k1~0123abcd~on-part-2", "k1~0123abcd~on-part-3"
SPLITS = [
    (AUTHORIZED, Capture(eur(1000)), [(CHARGE, 1000, FIRST)]),
    (AUTHORIZED, Capture(eur(1001)), [(CHARGE, 1000, FIRST), (CHARGE, 1, SECOND)]),
    (AUTHORIZED, Capture(eur(11100)), [(CHARGE, 1000, FIRST), (CHARGE, 10100, SECOND)]),
    (MIXED, Capture(eur(500)), [(CHARGE, 500, SECOND)]),
    (AUTHORIZED, Cancel(), [(CANCEL, 1000, FIRST), (CANCEL, 10100, SECOND)]),
    (MIXED, Cancel(), [(CANCEL, 10100, SECOND)]),
    (CHARGED, Refund(eur(999)), [(REFUND, 999, FIRST)]),
    (CHARGED, Refund(eur(1500)), [(REFUND, 1000, FIRST), (REFUND, 500, SECOND)]),
    (
        with_operations(CHARGED, an_operation(REFUND, 600, "k0~89abcdef")),
        Refund(eur(1500)),
        [(REFUND, 400, FIRST), (REFUND, 1100, SECOND)],
    ),
    (IN_THREE, Refund(eur(550)), [(REFUND, 100, FIRST), (REFUND, 200, SECOND), (REFUND, 250, THIRD)]),
    (MIXED, Reverse(), [(CANCEL, 10100, SECOND), (REFUND, 1000, FIRST)]),
    (CHARGED, Reverse(), [(REFUND, 1000, FIRST), (REFUND, 10100, SECOND)]),
    (
        with_operations(AUTHORIZED, an_operation(CHARGE, 400, "k0~89abcdef~on-part-2")),
        Reverse(),
        [(CANCEL, 1000, FIRST), (CANCEL, 9700, SECOND), (REFUND, 400, SECOND)],
    ),
    (
        AUTHORIZED,
        Capture(eur(600), final=True),
        [(CHARGE, 600, FIRST), (CANCEL, 10100, SECOND), (CANCEL, 400, "k1~rest")],
    ),
    (
        AUTHORIZED,
        Capture(eur(1500), final=True),
        [(CHARGE, 1000, FIRST), (CHARGE, 500, SECOND), (CANCEL, 9600, "k1~rest~on-part-2")],
    ),
    (
        AUTHORIZED,
        Capture(eur(1000), final=True),
        [(CHARGE, 1000, FIRST), (CANCEL, 10100, SECOND)],
    ),
]


@pytest.mark.parametrize(("payment", "asked", "expected"), SPLITS)
def test_an_operation_fills_the_oldest_part_first(
    payment: Payment, asked: Operation, expected: list[tuple[TransactionType, int, str]]
) -> None:
    assert operations(payment, asked) == expected


REFUSED = [
    (AUTHORIZED, Capture(eur(11101))),
    (MIXED, Capture(eur(10101))),
    (CHARGED, Capture(eur(1))),
    (CHARGED, Cancel()),
    (AUTHORIZED, Refund(eur(1))),
    (MIXED, Refund(eur(1001))),
    (CHARGED, Refund(eur(11101))),
]


@pytest.mark.parametrize(("payment", "asked"), REFUSED)
def test_no_more_than_all_parts_leave_is_done(payment: Payment, asked: Operation) -> None:
    with pytest.raises(OperationNotAllowed):
        operations(payment, asked)


def charge(number: int) -> RecordTransactionId:
    return RecordTransactionId(f"record-of-part-{number}")


def test_a_refund_of_one_charge_stays_on_the_part_of_that_charge() -> None:
    made = operations(CHARGED, Refund(eur(1500), charge(2)))
    assert made == [(REFUND, 1500, f"{SECOND}~of-{charge(2)}")]


@pytest.mark.parametrize(("number", "amount"), [(1, 1001), (2, 10101)])
def test_a_refund_of_one_charge_is_not_more_than_that_charge(number: int, amount: int) -> None:
    with pytest.raises(OperationNotAllowed):
        operations(CHARGED, Refund(eur(amount), charge(number)))


def test_a_refund_of_one_charge_is_not_more_than_its_part_leaves() -> None:
    payment = with_operations(CHARGED, an_operation(REFUND, 10000, "k0~89abcdef~on-part-2"))
    with pytest.raises(OperationNotAllowed, match="100 of the Charge"):
        operations(payment, Refund(eur(101), charge(2)))
    assert operations(payment, Refund(eur(100), charge(2))) == [(REFUND, 100, f"{SECOND}~of-{charge(2)}")]


def test_a_chargeback_that_names_no_part_takes_from_the_first_and_then_from_the_rest() -> None:
    payment = with_operations(CHARGED, an_operation(CHARGEBACK, 3000, "psp-7"))
    assert open_amounts(payment).refundable == eur(8100)
    assert operations(payment, Refund(eur(8100))) == [(REFUND, 8100, SECOND)]


def test_a_part_of_another_currency_is_left_alone() -> None:
    foreign = replace(a_part(2, CHARGE, 10100), amount=Money(10100, "USD"))
    payment = paid_in_parts(a_part(1, CHARGE, 1000), foreign, planned=11100)
    assert operations(payment, Reverse()) == [(REFUND, 1000, FIRST)]


WHOLE_TWICE = paid_in_parts(a_part(1, AUTHORIZATION, 11100), a_part(2, AUTHORIZATION, 11100), planned=11100)


def test_a_surplus_part_is_never_captured() -> None:
    left = open_amounts(WHOLE_TWICE)
    assert (left.capturable, left.cancellable) == (eur(11100), eur(22200))
    assert operations(WHOLE_TWICE, Capture(left.capturable)) == [(CHARGE, 11100, FIRST)]
    with pytest.raises(OperationNotAllowed):
        operations(WHOLE_TWICE, Capture(eur(11101)))


def test_a_surplus_part_whose_return_was_refused_can_be_cancelled_by_hand() -> None:
    assert operations(WHOLE_TWICE, Cancel()) == [(CANCEL, 11100, FIRST), (CANCEL, 11100, SECOND)]


def test_unsent_operations_need_room_on_their_own_part() -> None:
    unsent = an_operation(REFUND, 1000, "k1~0123abcd~free", state=INITIAL)
    others = an_operation(REFUND, 1, "k2~89abcdef")
    assert has_room_for(with_operations(CHARGED, unsent), (unsent,))
    assert not has_room_for(with_operations(CHARGED, unsent, others), (unsent,))


def test_unsent_refunds_leave_what_a_chargeback_took_beyond_its_part() -> None:
    unsent = an_operation(REFUND, 10100, f"{SECOND}~free", state=INITIAL)
    payment = with_operations(CHARGED, unsent, an_operation(CHARGEBACK, 1000, "psp-7"))
    assert has_room_for(payment, (unsent,))
    assert not has_room_for(with_operations(payment, an_operation(CHARGEBACK, 1, "psp-8")), (unsent,))


def test_each_part_has_seven_days_of_its_own() -> None:
    young = replace(a_part(2, AUTHORIZATION, 10100), timestamp=BEGUN + AUTHORIZATION_LASTS)
    payment = paid_in_parts(a_part(1, AUTHORIZATION, 1000), young)
    over = [is_authorization_over(part, now=BEGUN + AUTHORIZATION_LASTS) for part in parts(payment)]
    assert over == [True, False]


def test_the_ledger_of_a_part_limits_the_operations_on_that_part() -> None:
    refund = an_operation(REFUND, 1000, FIRST, state=INITIAL)
    first, _ = parts(with_operations(CHARGED, refund))
    rows = (LedgerRow(MonextTransactionId("part-1"), "AUTHORIZATION_AND_CAPTURE", 1000, True),)
    check_ledger(first, Ledger(rows), operations=(refund,))
    refunded = LedgerRow(MonextTransactionId("r-1"), "REFUND", 1, True)
    with pytest.raises(OperationNotAllowed):
        check_ledger(first, Ledger((*rows, refunded)), operations=(refund,))


def test_a_replacement_refund_is_made_on_the_part_of_the_late_cancel() -> None:
    late = an_operation(CANCEL, 10100, f"{SECOND}~{TOO_LATE}", state=FAILURE)
    assert replacement_refund(late, now=BEGUN).interaction_id == "k1~instead~on-part-2"


def test_an_abandoned_operation_stays_on_its_part() -> None:
    unsent = an_operation(REFUND, 1, f"{SECOND}~free", state=INITIAL)
    payment = with_updates(with_operations(CHARGED, unsent), abandon((unsent,)))
    (abandoned,) = (t for t in payment.transactions if t.id == unsent.id)
    assert abandoned.interaction_id == "k1~void~on-part-2"
    assert part_with(payment, abandoned) == parts(payment)[1]


ANSWERS = [
    ([SUCCESS, SUCCESS], SUCCESS),
    ([SUCCESS, PENDING], PENDING),
    ([FAILURE, SUCCESS], FAILURE),
    ([PENDING, FAILURE], FAILURE),
    ([FAILURE, INITIAL], INITIAL),
    ([SUCCESS, INITIAL], INITIAL),
]


@pytest.mark.parametrize(("states", "answer"), ANSWERS)
@pytest.mark.parametrize("order", [1, -1])
def test_the_worse_outcome_is_the_answer_and_the_ids_are_those_of_the_first_part(
    states: list[TransactionState], answer: TransactionState, order: int
) -> None:
    shares = [
        an_operation(REFUND, 1000, name, state=state)
        for name, state in zip((FIRST, SECOND), states[::order], strict=True)
    ]
    known = operations_of_key(with_operations(CHARGED, *shares), "k1")
    assert known.worst().state is answer
    assert known.first() == shares[0]


def test_a_late_cancel_of_one_part_is_answered_by_its_replacement_alone() -> None:
    late = an_operation(CANCEL, 10100, f"{SECOND}~{TOO_LATE}", state=FAILURE)
    other = an_operation(CANCEL, 1000, FIRST)
    instead = an_operation(REFUND, 10100, "k1~instead~on-part-2")
    assert operations_of_key(with_operations(AUTHORIZED, other, late), "k1").worst() == late
    replaced = operations_of_key(with_operations(AUTHORIZED, other, late, instead), "k1")
    assert replaced.worst().state is SUCCESS


KINDS = st.sampled_from([AUTHORIZATION, CHARGE])
PAYMENTS = st.lists(st.tuples(KINDS, st.integers(1, 500)), min_size=1, max_size=3).map(
    lambda rows: paid_in_parts(*(a_part(n, kind, amount) for n, (kind, amount) in enumerate(rows, start=1)))
)
SOME = st.integers(1, 900).map(eur)
ASKED = st.one_of(
    st.builds(Capture, SOME, st.booleans()), st.builds(Refund, SOME), st.just(Cancel()), st.just(Reverse())
)
ENDS = st.lists(
    st.sampled_from(["success", "failure", "pending", "initial", "unsent"]), min_size=6, max_size=6
)
STATE_OF = {"success": SUCCESS, "failure": FAILURE, "pending": PENDING}


def ended(payment: Payment, key: str, ends: list[str]) -> Payment:
    """The payment after the operations of the key have ended so, one after the other."""
    for transaction, end in zip(operations_of_key(payment, key).all, ends * 2, strict=False):
        if end in STATE_OF:
            payment = with_updates(payment, (ChangeTransactionState(transaction.id, STATE_OF[end]),))
        elif end == "unsent":
            payment = with_updates(payment, mark_unsent((transaction,)))
    return payment


def check_bounds(payment: Payment) -> None:
    """What was done or is under way on a part is never more than the part brought."""
    like = eur(0)
    for part in parts(payment):
        left, own = open_amounts(part), own_amounts(part)
        released = total(part, CANCEL, *COUNTED_STATES, like=like)
        captured = total(part, CHARGE, *COUNTED_STATES, like=like)
        if not own.authorized.is_zero:
            assert captured + released <= own.authorized + unsent_of(part)
        assert total(part, REFUND, *COUNTED_STATES, like=like) <= own.charged + unsent_of(part)
        assert min(left.capturable, left.cancellable, left.refundable) >= like


def unsent_of(part: Payment) -> Money:
    return eur(sum(t.amount.cent_amount for t in part.transactions if is_unsent(t)))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(PAYMENTS, st.lists(st.tuples(ASKED, ENDS), max_size=6))
def test_whatever_is_asked_no_part_gives_more_than_it_brought(
    payment: Payment, acts: list[tuple[Operation, list[str]]]
) -> None:
    for number, (asked, ends) in enumerate(acts):
        before, name = open_amounts(payment), OperationName(f"k{number}", "0123abcd")
        try:
            made = announcements(payment, asked, name=name, now=BEGUN)
        except OperationNotAllowed:
            continue
        assert made == announcements(payment, asked, name=name, now=BEGUN)
        sums = {
            kind: sum(m.amount.cent_amount for m in made if m.type is kind)
            for kind in (CHARGE, CANCEL, REFUND)
        }
        match asked:
            case Capture(amount, final):
                assert sums[CHARGE] == amount.cent_amount
                assert sums[CANCEL] == ((before.capturable - amount).cent_amount if final else 0)
            case Refund(amount):
                assert sums == {CHARGE: 0, CANCEL: 0, REFUND: amount.cent_amount}
            case Cancel():
                assert sums == {CHARGE: 0, CANCEL: before.cancellable.cent_amount, REFUND: 0}
            case Reverse():
                assert sums[CANCEL] == before.cancellable.cent_amount
                assert sums[REFUND] == before.refundable.cent_amount
        payment = with_updates(payment, made)
        check_bounds(payment)
        assert sum(len(part.transactions) for part in parts(payment)) == len(payment.transactions)
        payment = ended(payment, name.key, ends)
        check_bounds(payment)
