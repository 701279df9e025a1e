"""Money of one currency is never added to, taken from or compared with money of another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.ids import MonextTransactionId, PaymentId, RecordTransactionId
from monext_bridge.domain.monext import (
    AcceptedTransaction,
    Ledger,
    LedgerRow,
    MoneyMovement,
    Outcome,
    OutcomeKind,
)
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.capture_on_shipment import due_capture
from monext_bridge.domain.operations.open_amounts import OpenAmounts, open_amounts
from monext_bridge.domain.operations.pending import OperationName
from monext_bridge.domain.operations.rules import Capture, OperationNotAllowed, Refund, Reverse, announcements
from monext_bridge.domain.outcome.automatic_reversal import is_reversed, owes_more
from monext_bridge.domain.outcome.decide import PaymentContext, amount_required, decide, reason_to_reverse
from monext_bridge.domain.outcome.order_rules import OrderPaymentState, counting_payment, order_payment_state
from monext_bridge.domain.reconciliation.compare_ledger import disagreement, posting_updates, unposted_rows
from monext_bridge.domain.reconciliation.follow_ups import FollowUp, authorization_ends_at, order_follow_ups
from monext_bridge.domain.record.apply_updates import with_updates
from monext_bridge.domain.record.attempt_status import AttemptStatus, ReversalReason, attempt_status
from monext_bridge.domain.record.cart import not_payable
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from tests.builders import BEGUN, a_cart, a_payment, a_transaction, an_order, eur

SUCCESS, PENDING, FAILURE = TransactionState.SUCCESS, TransactionState.PENDING, TransactionState.FAILURE
AUTHORIZATION, CANCEL, CHARGE, REFUND = (
    TransactionType.AUTHORIZATION,
    TransactionType.CANCEL_AUTHORIZATION,
    TransactionType.CHARGE,
    TransactionType.REFUND,
)
OURS = frozenset({"monext"})
NOW = BEGUN + timedelta(hours=1)


def yen(amount: int) -> Money:
    return Money(amount, "JPY", 0)


def done(
    kind: TransactionType, amount: Money, *, state: TransactionState = SUCCESS, **changes: Any
) -> Transaction:
    """A transaction of somebody else, or of an act, that has ended."""
    name = f"{kind.value}-{amount.currency}"
    values: dict[str, Any] = {"id": RecordTransactionId(name), "interaction_id": f"{name}~01234567"}
    return a_transaction(type=kind, amount=amount, state=state, **(values | changes))


def points(*transactions: Transaction, planned: Money | None = None) -> Payment:
    """A payment of another interface."""
    return a_payment(
        id=PaymentId("points"),
        key=None,
        interface="points",
        interface_id=None,
        planned=planned or yen(3000),
        transactions=transactions,
    )


def ours(
    *acts: Transaction, kind: TransactionType = CHARGE, amount: Money | None = None, **changes: Any
) -> Payment:
    """Our payment, planned for 111.00 EUR and accepted, with what others wrote to it."""
    amount = amount or eur(11100)
    taken = a_transaction(type=kind, state=SUCCESS, amount=amount, interface_id=MonextTransactionId("row-0"))
    return a_payment(transactions=(taken, *acts), **changes)


YEN_PAID = [
    (points(done(CHARGE, yen(3000))), 0),
    (points(done(AUTHORIZATION, yen(3000))), 0),
    (points(done(CHARGE, yen(3000)), planned=eur(3000)), 0),
    (points(done(CHARGE, yen(3000)), done(CHARGE, eur(1000))), 1000),
    (points(done(CHARGE, eur(3000)), done(REFUND, yen(3000))), 3000),
    (points(done(AUTHORIZATION, eur(3000)), done(CANCEL, yen(3000))), 3000),
    (points(done(AUTHORIZATION, eur(3000)), done(CHARGE, yen(5000))), 3000),
]
"""What a cart or an order in EUR has been paid by a payment of others."""
NAMES = [
    "charged in yen",
    "authorised in yen",
    "planned in euros, charged in yen",
    "charged in both",
    "charged in euros, refunded in yen",
    "authorised in euros, cancelled in yen",
    "authorised in euros, captured in yen",
]


@pytest.mark.parametrize(("other", "held"), YEN_PAID, ids=NAMES)
def test_only_money_of_the_carts_currency_is_not_due(other: Payment, held: int) -> None:
    assert a_cart(payments=(other,)).due(interfaces=OURS) == eur(11100 - held)


@pytest.mark.parametrize(("other", "held"), YEN_PAID, ids=NAMES)
def test_only_money_of_the_orders_currency_is_not_required(other: Payment, held: int) -> None:
    order = an_order(payments=(a_payment(), other))
    read = PaymentContext(a_payment(), cart=None, order=order, interfaces=OURS, makes_orders=True)
    assert amount_required(read) == eur(11100 - held)


@pytest.mark.parametrize(("other", "held"), YEN_PAID, ids=NAMES)
def test_an_order_agrees_with_what_was_taken_besides_money_of_its_currency(other: Payment, held: int) -> None:
    own = ours(planned=eur(11100 - held), amount=eur(11100 - held))
    order = an_order(payments=(own, other), payment_state=_state(own, other))
    assert order_follow_ups(own, order, interfaces=OURS, makes_orders=True) == frozenset()


def _state(*payments: Payment) -> str | None:
    state = order_payment_state(eur(11100), payments)
    return state.value if state else None


def test_more_yen_than_the_cart_costs_in_cents_do_not_make_it_free() -> None:
    cart = a_cart(payments=(points(done(CHARGE, yen(20000))),))
    due = cart.due(interfaces=OURS)
    assert not_payable(cart, due=due, currencies=frozenset({"EUR"}), digital_types=frozenset()) is None


def test_a_payment_of_the_whole_amount_is_kept_beside_one_in_another_currency() -> None:
    cart = a_cart(payments=(ours(), points(done(CHARGE, yen(20000)))))
    read = PaymentContext(ours(), cart=cart, order=None, interfaces=OURS, makes_orders=True)
    assert reason_to_reverse(read) is None


ONLY_YEN = [
    [points(done(CHARGE, yen(11100)))],
    [points(done(CHARGE, yen(11100)), planned=eur(11100))],
    [points(done(AUTHORIZATION, yen(11100)), done(CANCEL, yen(11100)))],
    [points(done(CHARGE, yen(11100)), done(REFUND, yen(100), state=PENDING))],
]


@pytest.mark.parametrize("payments", ONLY_YEN)
def test_an_order_with_money_of_another_currency_alone_is_neither_paid_nor_failed(
    payments: list[Payment],
) -> None:
    assert order_payment_state(eur(11100), payments) is None


def test_money_of_another_currency_does_not_raise_the_state_of_an_order() -> None:
    authorized = ours(kind=AUTHORIZATION)
    both = [authorized, points(done(CHARGE, yen(11100)))]
    assert order_payment_state(eur(11100), both) is OrderPaymentState.PENDING
    assert order_payment_state(eur(11100), [ours(done(CHARGE, yen(1)), kind=AUTHORIZATION)]) is (
        OrderPaymentState.PENDING
    )


def test_a_charge_in_the_orders_currency_counts_whatever_was_planned() -> None:
    assert order_payment_state(eur(11100), [points(done(CHARGE, eur(11100)))]) is OrderPaymentState.PAID


def test_a_refund_under_way_in_another_currency_owes_no_credit() -> None:
    refunding = points(done(REFUND, yen(100), state=PENDING))
    assert order_payment_state(eur(11100), [ours(), refunding]) is OrderPaymentState.PAID
    assert (
        order_payment_state(eur(11100), [ours(done(REFUND, yen(100), state=PENDING))])
        is OrderPaymentState.PAID
    )


def test_where_our_payment_stands_is_read_in_its_own_currency() -> None:
    assert attempt_status(ours(done(CHARGE, yen(11100)), kind=AUTHORIZATION)) is AttemptStatus.AUTHORIZED
    assert attempt_status(ours(done(CANCEL, yen(11100)), kind=AUTHORIZATION)) is AttemptStatus.AUTHORIZED


def test_a_payment_that_was_refunded_in_another_currency_still_counts() -> None:
    assert counting_payment([ours(done(REFUND, yen(11100)))]) is not None


def test_what_is_left_to_do_is_counted_in_the_currency_that_was_taken() -> None:
    mixed = ours(done(CHARGE, yen(500)), done(REFUND, yen(300)))
    assert open_amounts(mixed) == OpenAmounts(eur(0), eur(0), eur(11100))
    authorized = ours(done(CHARGE, yen(500)), kind=AUTHORIZATION)
    assert open_amounts(authorized) == OpenAmounts(eur(11100), eur(11100), eur(0))


def test_an_authorisation_that_was_captured_in_another_currency_is_still_to_be_captured() -> None:
    payment = ours(done(CHARGE, yen(11100)), kind=AUTHORIZATION)
    assert authorization_ends_at(payment) is not None
    asked = due_capture(payment, an_order(), now=BEGUN)
    assert asked is not None
    assert asked.capture.amount == eur(11100)


def test_a_refund_can_not_be_of_a_charge_in_another_currency() -> None:
    payment = ours(done(CHARGE, yen(500)))
    refund = Refund(eur(100), RecordTransactionId("Charge-JPY"))
    with pytest.raises(OperationNotAllowed, match="not a Charge of this payment"):
        announcements(payment, refund, name=OperationName("k", "01234567"), now=NOW)


def test_money_of_another_currency_does_not_explain_what_an_order_costs() -> None:
    own = ours(done(REFUND, yen(1100)))
    order = an_order(total=eur(10000), payments=(own,))
    assert order_follow_ups(own, order, interfaces=OURS, makes_orders=True) == {FollowUp.AMOUNTS}


PAID_IN_YEN = AcceptedTransaction(MonextTransactionId("row-0"), MoneyMovement.CAPTURED, yen(11100), "CB")
ACCEPTED = Outcome(OutcomeKind.ACCEPTED, "ACCEPTED", "00000", candidates=(PAID_IN_YEN,))


def taken_in_yen(move: MoneyMovement = MoneyMovement.CAPTURED) -> Payment:
    """Our payment, planned in euros, of which Monext took the number in yen."""
    own = a_payment()
    cart = a_cart(payments=(own,))
    read = PaymentContext(own, cart=cart, order=None, interfaces=OURS, makes_orders=True)
    paid = replace(PAID_IN_YEN, move=move)
    return with_updates(own, decide(read, outcome=ACCEPTED, accepted=(paid,), now=NOW))


@pytest.mark.parametrize(
    ("move", "back"),
    [(MoneyMovement.CAPTURED, REFUND), (MoneyMovement.AUTHORIZED, CANCEL)],
    ids=lambda m: m.value,
)
def test_what_monext_took_in_another_currency_is_flagged_and_goes_back_in_that_one(
    move: MoneyMovement, back: TransactionType
) -> None:
    payment = taken_in_yen(move)
    assert payment.status_code == ReversalReason.AMOUNT_MISMATCH
    assert [(t.type, t.state, t.amount) for t in payment.transactions[1:]] == [
        (AUTHORIZATION if move is MoneyMovement.AUTHORIZED else CHARGE, SUCCESS, yen(11100)),
        (back, TransactionState.INITIAL, yen(11100)),
    ]


def test_what_went_back_in_the_currency_that_was_taken_is_given_back() -> None:
    before = taken_in_yen()
    refund = replace(before.transactions[-1], state=SUCCESS)
    back = replace(before, transactions=(*before.transactions[:-1], refund))
    assert is_reversed(back)
    in_euros = replace(before, transactions=(*before.transactions[:-1], replace(refund, amount=eur(11100))))
    assert not is_reversed(in_euros)
    assert owes_more(in_euros)


def test_what_was_taken_in_another_currency_is_refunded_by_hand_in_that_one() -> None:
    before = taken_in_yen()
    refused = replace(before.transactions[-1], state=FAILURE)
    payment = replace(before, transactions=(*before.transactions[:-1], refused))
    name = OperationName("k", "01234567")
    assert [t.amount for t in announcements(payment, Refund(yen(100)), name=name, now=NOW)] == [yen(100)]
    assert [t.amount for t in announcements(payment, Reverse(), name=name, now=NOW)] == [yen(11100)]
    for act in (Refund(eur(100)), Capture(eur(100))):
        with pytest.raises(OperationNotAllowed, match="the payment is in JPY"):
            announcements(payment, act, name=name, now=NOW)


def test_what_monexts_ledger_has_is_posted_in_the_currency_that_was_taken() -> None:
    payment = replace(taken_in_yen(), transactions=taken_in_yen().transactions[:-1])
    taken = LedgerRow(MonextTransactionId("row-0"), "AUTHORIZATION_AND_CAPTURE", 11100, ok=True)
    row = LedgerRow(MonextTransactionId("row-1"), "REFUND", 11100, ok=True, origin_id=taken.id)
    ledger = Ledger((taken, row))
    assert unposted_rows(payment, ledger) == (row,)
    posted = with_updates(payment, posting_updates(payment, row, ledger=ledger, key=None, now=NOW))
    assert posted.transactions[-1].amount == yen(11100)
    assert disagreement(posted, ledger) is None
