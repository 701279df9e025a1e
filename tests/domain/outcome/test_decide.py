from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.ids import MonextTransactionId, PaymentId, SessionToken
from monext_bridge.domain.monext import (
    AcceptedTransaction,
    FailureReason,
    MoneyMovement,
    Outcome,
    OutcomeKind,
)
from monext_bridge.domain.money import Money
from monext_bridge.domain.outcome.decide import (
    PaymentContext,
    begin_reversal,
    close_as_cancelled,
    decide,
    duplicate_payments,
    needs_order,
    reason_to_reverse,
)
from monext_bridge.domain.record.apply_updates import with_updates
from monext_bridge.domain.record.attempt_status import (
    AttemptStatus,
    ReversalReason,
    attempt_status,
    is_closed,
)
from monext_bridge.domain.record.cart import CartState
from monext_bridge.domain.record.payment import Payment, TransactionState, TransactionType
from monext_bridge.domain.record.status_texts import STATUS_TEXT_LIMIT
from tests.builders import BEGUN, CART_ID, TOKEN, a_cart, a_payment, a_transaction, an_order, eur

NOW = BEGUN + timedelta(minutes=5)
PAID = AcceptedTransaction(MonextTransactionId("tx-1"), MoneyMovement.CAPTURED, eur(11100), "CB")
ACCEPTED = Outcome(OutcomeKind.ACCEPTED, "ACCEPTED", "00000", "Transaction approved", candidates=(PAID,))
REFUSED = Outcome(OutcomeKind.FAILED, "REFUSED", "01100", "Do not honor", reason=FailureReason.REFUSED)
PENDING = Outcome(OutcomeKind.PENDING, "ONHOLD_PARTNER", "02016", "On hold", method="PAYPAL")
SILENT = [Outcome(OutcomeKind.NOT_BEGUN, "INPROGRESS", "02306"), Outcome(OutcomeKind.UNKNOWN)]


def context(payment: Payment | None = None, **changes: Any) -> PaymentContext:
    own = payment or a_payment()
    values: dict[str, Any] = {
        "payment": own,
        "cart": a_cart(payments=(own,)),
        "order": None,
        "interfaces": frozenset({"monext"}),
        "makes_orders": True,
    }
    return PaymentContext(**(values | changes))


def after(
    outcome: Outcome, *, paid: AcceptedTransaction | None = None, on: PaymentContext | None = None
) -> Payment:
    read = on or context()
    paid = paid or (outcome.candidates[0] if outcome.candidates else None)
    return with_updates(
        read.payment, decide(read, outcome=outcome, accepted=(paid,) if paid else (), now=NOW)
    )


def rows(payment: Payment) -> list[tuple[TransactionType, TransactionState, int]]:
    return [(t.type, t.state, t.amount.cent_amount) for t in payment.transactions]


INITIAL, PENDING_STATE, SUCCESS, FAILURE = TransactionState
AUTHORIZATION, CANCEL, CHARGE, REFUND = (
    TransactionType.AUTHORIZATION,
    TransactionType.CANCEL_AUTHORIZATION,
    TransactionType.CHARGE,
    TransactionType.REFUND,
)


def test_an_accepted_payment_succeeds_with_its_id_method_and_time() -> None:
    payment = after(ACCEPTED)
    (charge,) = payment.transactions
    assert (charge.state, charge.interface_id, charge.timestamp) == (SUCCESS, "tx-1", NOW)
    assert (payment.method, payment.status_code, payment.status_text) == (
        "CB",
        "00000",
        "ACCEPTED: Transaction approved",
    )


def test_what_happened_counts_and_not_what_was_asked() -> None:
    authorized = replace(PAID, move=MoneyMovement.AUTHORIZED)
    payment = after(ACCEPTED, paid=authorized)
    assert rows(payment) == [(CHARGE, FAILURE, 11100), (AUTHORIZATION, SUCCESS, 11100)]
    assert payment.transactions[0].interface_id is None
    assert payment.transactions[1].interface_id == "tx-1"


@pytest.mark.parametrize(
    ("outcome", "state"), [(REFUSED, FAILURE), (PENDING, PENDING_STATE)], ids=["refused", "pending"]
)
def test_other_answers_move_the_planned_transaction(outcome: Outcome, state: TransactionState) -> None:
    payment = after(outcome)
    assert rows(payment) == [(CHARGE, state, 11100)]
    assert payment.status_code == outcome.code


@pytest.mark.parametrize("outcome", SILENT, ids=["not begun", "unknown"])
def test_not_begun_and_unknown_write_nothing(outcome: Outcome) -> None:
    assert decide(context(), outcome=outcome, accepted=(), now=NOW) == ()


@pytest.mark.parametrize("outcome", [ACCEPTED, REFUSED, PENDING], ids=["accepted", "refused", "pending"])
def test_the_same_answer_again_changes_nothing(outcome: Outcome) -> None:
    again, accepted = context(after(outcome)), outcome.candidates[:1]
    assert decide(again, outcome=outcome, accepted=accepted, now=NOW + timedelta(hours=1)) == ()


@pytest.mark.parametrize("outcome", [REFUSED, PENDING, *SILENT], ids=lambda o: o.kind)
def test_success_stays_whatever_is_said_later(outcome: Outcome) -> None:
    assert decide(context(after(ACCEPTED)), outcome=outcome, accepted=(), now=NOW) == ()


@pytest.mark.parametrize("outcome", [REFUSED, PENDING], ids=["refused", "pending"])
def test_a_failed_or_pending_attempt_becomes_a_success(outcome: Outcome) -> None:
    payment = after(ACCEPTED, on=context(after(outcome)))
    assert attempt_status(payment) is AttemptStatus.PAID
    assert rows(payment) == [(CHARGE, SUCCESS, 11100)]


def test_a_refused_buyer_may_go_on_with_a_method_that_takes_time() -> None:
    assert attempt_status(after(PENDING, on=context(after(REFUSED)))) is AttemptStatus.PENDING


def test_a_pending_payment_does_not_fail_because_monext_forgot_its_session() -> None:
    session_gone = replace(
        REFUSED, title="ERROR", code="02304", reason=FailureReason.EXPIRED, session_gone=True
    )
    pending = context(after(PENDING))
    assert decide(pending, outcome=session_gone, accepted=(), now=NOW) == ()
    assert attempt_status(after(session_gone)) is AttemptStatus.FAILED


def test_no_planned_transaction_stays_initial() -> None:
    for outcome in (ACCEPTED, REFUSED, PENDING):
        assert INITIAL not in {t.state for t in after(outcome).transactions if t.interaction_id == TOKEN}


def test_a_buyer_who_gives_up_closes_what_was_not_begun() -> None:
    closed = with_updates(a_payment(), close_as_cancelled(a_payment(), outcome=REFUSED))
    assert attempt_status(closed) is AttemptStatus.FAILED


MISMATCHES = {
    "the cart costs more": context(cart=a_cart(total=eur(12000))),
    "the cart costs less": context(cart=a_cart(total=eur(100))),
    "another amount was planned": context(a_payment(planned=eur(11000))),
}


@pytest.mark.parametrize("name", MISMATCHES)
def test_amounts_that_disagree_give_the_money_back(name: str) -> None:
    payment = after(ACCEPTED, on=MISMATCHES[name])
    assert payment.status_code == ReversalReason.AMOUNT_MISMATCH
    assert attempt_status(payment) is AttemptStatus.RETURNED
    assert rows(payment)[-1] == (REFUND, INITIAL, 11100)


def test_monext_taking_another_amount_gives_that_amount_back() -> None:
    payment = after(ACCEPTED, paid=replace(PAID, amount=eur(9900)))
    assert rows(payment) == [(CHARGE, FAILURE, 11100), (CHARGE, SUCCESS, 9900), (REFUND, INITIAL, 9900)]


def test_monext_taking_another_currency_gives_it_back() -> None:
    payment = after(ACCEPTED, paid=replace(PAID, amount=Money(11100, "USD")))
    assert payment.status_code == ReversalReason.AMOUNT_MISMATCH
    assert payment.transactions[-1].amount == Money(11100, "USD")


def test_an_authorisation_is_given_back_by_cancelling_it() -> None:
    authorized = replace(PAID, move=MoneyMovement.AUTHORIZED, amount=eur(9900))
    assert rows(after(ACCEPTED, paid=authorized))[-1] == (CANCEL, INITIAL, 9900)


def test_giving_back_is_an_intent_named_after_the_session() -> None:
    payment = after(ACCEPTED, on=MISMATCHES["the cart costs more"])
    assert (payment.transactions[-1].interaction_id or "").startswith(f"giveback-{TOKEN}~")


def test_a_cart_that_is_merged_gives_the_money_back() -> None:
    read = context(cart=a_cart(state=CartState.MERGED))
    assert after(ACCEPTED, on=read).status_code == ReversalReason.ORDER_REFUSED


def test_a_cart_that_can_not_be_found_is_looked_for_again_before_the_money_goes_back() -> None:
    payment = after(ACCEPTED, on=context(cart=None))
    assert attempt_status(payment) is AttemptStatus.PAID
    assert needs_order(context(payment, cart=None))
    found = reason_to_reverse(context(payment, cart=None))
    assert found is not None
    assert found[0] is ReversalReason.ORDER_REFUSED


@pytest.mark.parametrize("cart", [None, a_cart(state=CartState.MERGED)], ids=["gone", "merged"])
def test_a_shop_that_orders_itself_keeps_the_money_of_a_cart_that_is_gone(cart: Any) -> None:
    payment = after(ACCEPTED, on=context(cart=cart, makes_orders=False))
    assert attempt_status(payment) is AttemptStatus.PAID


def rival(seconds: int, *, amount: int = 11100, **changes: Any) -> Payment:
    """Another attempt of the cart, accepted some seconds after (before, if negative) NOW."""
    token = SessionToken("other-session")
    charge = a_transaction(
        state=SUCCESS,
        amount=eur(amount),
        interaction_id=token,
        timestamp=NOW + timedelta(seconds=seconds),
    )
    values: dict[str, Any] = {
        "id": PaymentId("rival"),
        "key": f"{CART_ID}-2-ffffffffffff",
        "interface_id": token,
        "transactions": (charge,),
    }
    return a_payment(**(values | changes))


def test_the_second_accepted_payment_of_a_cart_is_given_back() -> None:
    read = context(cart=a_cart(payments=(a_payment(), rival(-60))))
    assert after(ACCEPTED, on=read).status_code == ReversalReason.SECOND_PAYMENT


def test_the_second_is_given_back_even_where_the_order_is_there() -> None:
    read = context(cart=a_cart(state=CartState.ORDERED, payments=(a_payment(), rival(-60))), order=an_order())
    assert after(ACCEPTED, on=read).status_code == ReversalReason.SECOND_PAYMENT


def test_who_is_recorded_first_counts_whatever_the_clocks_say() -> None:
    read = context(cart=a_cart(payments=(a_payment(), rival(60))))
    assert after(ACCEPTED, on=read).status_code == ReversalReason.SECOND_PAYMENT


def test_a_rival_of_another_amount_is_not_the_one_that_counts() -> None:
    read = context(cart=a_cart(payments=(a_payment(), rival(-60, amount=100))))
    assert attempt_status(after(ACCEPTED, on=read)) is AttemptStatus.PAID


def test_a_cheap_payment_never_takes_the_place_of_the_one_that_was_ordered() -> None:
    cheap = a_payment(planned=eur(100), transactions=(a_transaction(amount=eur(100)),))
    ordered = a_cart(state=CartState.ORDERED, payments=(cheap, rival(3600)))
    read = context(cheap, cart=ordered, order=an_order())
    given = after(ACCEPTED, paid=replace(PAID, amount=eur(100)), on=read)
    assert attempt_status(given) is AttemptStatus.RETURNED
    assert duplicate_payments(replace(read, payment=given)) == ()


def gifted(gift: int, **changes: Any) -> Any:
    """The kept payment of 81.00 of a cart that points of 30.00 paid too, and this one of 111.00; `gift` is left."""
    back = a_transaction(type=REFUND, state=SUCCESS, amount=eur(3000 - gift), interaction_id="back")
    points = rival(-60, id=PaymentId("points"), interface="points", key=None, amount=3000)
    points = replace(points, transactions=(*points.transactions, back))
    own = a_payment(transactions=(a_transaction(state=SUCCESS, interface_id="tx-1", timestamp=NOW),))
    cart = a_cart(state=CartState.ORDERED, payments=(own, rival(-60, amount=8100), points))
    return context(own, cart=cart, **changes)


def test_a_kept_payment_stays_the_one_that_counts_whatever_is_due_later() -> None:
    for read in (gifted(0, order=an_order()), gifted(0, makes_orders=False)):
        open_one = replace(read, payment=a_payment())
        assert after(ACCEPTED, on=open_one).status_code == ReversalReason.SECOND_PAYMENT


def test_of_two_kept_payments_that_of_what_is_due_counts_else_the_first() -> None:
    assert [p.planned for p in duplicate_payments(gifted(0, order=an_order()))] == [eur(11100)]
    assert [p.id for p in duplicate_payments(gifted(0, order=an_order()))] == [PaymentId("rival")]
    assert [p.id for p in duplicate_payments(gifted(1000, order=an_order()))] == [a_payment().id]
    assert duplicate_payments(gifted(1000)) == ()


def test_a_second_payment_of_an_order_that_was_refunded_goes_back() -> None:
    refund = a_transaction(type=REFUND, state=SUCCESS, interaction_id="rma~0123abcd")
    refunded = replace(rival(-60), transactions=(*rival(-60).transactions, refund))
    read = context(cart=a_cart(state=CartState.ORDERED, payments=(a_payment(), refunded)), order=an_order())
    assert after(ACCEPTED, on=read).status_code == ReversalReason.SECOND_PAYMENT


def test_a_second_payment_is_known_by_the_order_where_the_cart_is_gone() -> None:
    read = context(cart=None, order=an_order(payments=(rival(-60),)))
    assert after(ACCEPTED, on=read).status_code == ReversalReason.SECOND_PAYMENT


def test_of_two_recorded_payments_the_later_is_the_surplus_for_everybody() -> None:
    own = after(ACCEPTED)
    early, late = rival(-60), rival(60)
    assert duplicate_payments(context(own, cart=a_cart(payments=(own, early)))) == (own,)
    assert duplicate_payments(context(own, cart=a_cart(payments=(own, late)))) == (late,)


def test_a_flagged_rival_does_not_count() -> None:
    read = context(cart=a_cart(payments=(a_payment(), rival(-60, status_code="AMOUNT_MISMATCH"))))
    assert attempt_status(after(ACCEPTED, on=read)) is AttemptStatus.PAID


def test_a_cart_that_was_ordered_and_paid_by_other_means_gives_the_money_back() -> None:
    invoice = rival(-60, id=PaymentId("invoice"), interface="invoices", key=None)
    read = context(cart=a_cart(state=CartState.ORDERED, payments=(a_payment(), invoice)), order=an_order())
    assert after(ACCEPTED, on=read).status_code == ReversalReason.SECOND_PAYMENT


def test_a_cart_that_the_shop_ordered_with_this_payment_keeps_it() -> None:
    read = context(cart=a_cart(state=CartState.ORDERED), order=an_order())
    assert attempt_status(after(ACCEPTED, on=read)) is AttemptStatus.PAID


def test_a_cart_that_the_shop_ordered_at_another_total_gives_the_money_back() -> None:
    read = context(cart=a_cart(state=CartState.ORDERED, total=eur(12000)), order=an_order(total=eur(12000)))
    assert after(ACCEPTED, on=read).status_code == ReversalReason.AMOUNT_MISMATCH


def test_money_that_a_gift_card_holds_is_not_due() -> None:
    gift = rival(-60, id=PaymentId("gift"), interface="giftcards", key=None, amount=3000)
    planned = a_payment(planned=eur(8100), transactions=(a_transaction(amount=eur(8100)),))
    read = context(planned, cart=a_cart(payments=(planned, gift)))
    assert (
        attempt_status(after(ACCEPTED, paid=replace(PAID, amount=eur(8100)), on=read)) is AttemptStatus.PAID
    )


def test_what_is_given_back_is_not_decided_again() -> None:
    returned = after(ACCEPTED, on=MISMATCHES["the cart costs more"])
    assert decide(context(returned), outcome=ACCEPTED, accepted=(PAID,), now=NOW) == ()


def test_an_accepted_payment_wants_an_order_once() -> None:
    paid = context(after(ACCEPTED))
    assert needs_order(paid)
    assert not needs_order(replace(paid, order=an_order()))
    assert not needs_order(replace(paid, makes_orders=False))
    assert not needs_order(context())
    assert not needs_order(context(after(ACCEPTED, on=MISMATCHES["the cart costs more"])))


def test_nothing_is_objected_to_a_payment_that_took_nothing() -> None:
    assert reason_to_reverse(context()) is None


def test_a_payment_that_took_nothing_can_not_be_given_back() -> None:
    with pytest.raises(ValueError, match="holds nothing"):
        begin_reversal(a_payment(), reason=ReversalReason.ORDER_REFUSED, why="", now=NOW)


def test_a_long_text_of_monext_is_cut() -> None:
    long = replace(REFUSED, detail="x" * 1000)
    assert len(after(long).status_text or "") <= STATUS_TEXT_LIMIT
    assert len(after(replace(long, is_last_read=True)).status_text or "") == STATUS_TEXT_LIMIT


def test_what_can_not_be_printed_keeps_no_outcome_from_being_recorded() -> None:
    odd = after(replace(REFUSED, detail="Do\r\n\x00not\x1b honor\u2028now"))
    assert odd.status_text == "REFUSED: Do   not  honor now"
    assert (
        decide(
            context(odd),
            outcome=replace(REFUSED, detail="Do\r\n\x00not\x1b honor\u2028now"),
            accepted=(),
            now=NOW,
        )
        == ()
    )


def test_a_refusal_that_was_read_after_the_session_is_closed_and_stays_so() -> None:
    closed = after(replace(REFUSED, is_last_read=True))
    assert is_closed(closed)
    assert not is_closed(after(REFUSED))
    assert decide(context(closed), outcome=REFUSED, accepted=(), now=NOW) == ()


def test_another_end_of_a_closed_attempt_is_looked_at_once_more() -> None:
    closed = after(replace(REFUSED, is_last_read=True))
    assert not is_closed(after(replace(REFUSED, title="CANCELLED", code="02319"), on=context(closed)))


def test_that_monext_has_forgotten_a_session_does_not_hide_why_it_had_failed() -> None:
    refused = after(REFUSED)
    session_gone = Outcome(
        OutcomeKind.FAILED, "ERROR", "02304", "No transaction", session_gone=True, is_last_read=True
    )
    closed = after(session_gone, on=context(refused))
    assert (closed.status_code, closed.status_text) == ("01100", "REFUSED: Do not honor (session over)")
    assert is_closed(closed)
    assert decide(context(closed), outcome=session_gone, accepted=(), now=NOW) == ()
