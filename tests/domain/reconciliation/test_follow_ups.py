from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.reconciliation.follow_ups import (
    ANY_AGE,
    GRACE,
    Age,
    FollowUp,
    authorization_ends_at,
    awaits_order,
    follow_ups,
    order_follow_ups,
)
from monext_bridge.domain.record.attempt_status import SESSION_OVER
from monext_bridge.domain.record.payment import Payment, TransactionState, TransactionType
from tests.builders import BEGUN, CART_ID, TOKEN, a_payment, a_transaction, an_order, eur

INITIAL, PENDING, SUCCESS, FAILURE = TransactionState
AUTHORIZATION, CANCEL, CHARGE, REFUND = (
    TransactionType.AUTHORIZATION,
    TransactionType.CANCEL_AUTHORIZATION,
    TransactionType.CHARGE,
    TransactionType.REFUND,
)
LIMIT, SESSION = timedelta(minutes=15), timedelta(minutes=30)
GIVE_BACK = f"giveback-{TOKEN}~01234567"


def at(passed: timedelta, *, older_than: timedelta = LIMIT) -> Age:
    return Age(now=BEGUN + passed, older_than=older_than, session=SESSION)


def main(state: TransactionState, **changes: Any) -> Any:
    return a_transaction(state=state, **changes)


def act(kind: TransactionType, state: TransactionState, name: str = "credit-note-7~01234567") -> Any:
    return a_transaction(type=kind, state=state, interaction_id=name, amount=eur(100))


def flagged(*returning: Any) -> Payment:
    paid = main(SUCCESS)
    return a_payment(status_code="AMOUNT_MISMATCH", transactions=(paid, *returning))


NEEDY = [
    (a_payment(), FollowUp.NOT_FINISHED),
    (a_payment(transactions=(main(PENDING),)), FollowUp.PENDING),
    (a_payment(transactions=(main(FAILURE),), status_text="REFUSED: no"), FollowUp.LAST_READ),
    (flagged(act(REFUND, INITIAL, GIVE_BACK)), FollowUp.REVERSAL),
    (flagged(act(CANCEL, FAILURE, f"{GIVE_BACK}~late")), FollowUp.REVERSAL),
    (flagged(act(REFUND, FAILURE, GIVE_BACK)), FollowUp.REVERSAL_REJECTED),
    (flagged(a_transaction(type=REFUND, state=PENDING, interaction_id=GIVE_BACK)), FollowUp.RECEIVED),
    (flagged(act(REFUND, SUCCESS, GIVE_BACK)), FollowUp.REVERSAL),
    (flagged(), FollowUp.REVERSAL),
    (a_payment(transactions=(main(SUCCESS), act(REFUND, INITIAL))), FollowUp.OPERATION),
    (a_payment(transactions=(main(SUCCESS), act(REFUND, INITIAL, "k~01234567~free"))), FollowUp.OPERATION),
    (a_payment(transactions=(main(SUCCESS), act(CANCEL, INITIAL, "k~rest"))), FollowUp.OPERATION),
    (a_payment(transactions=(main(SUCCESS), act(REFUND, PENDING))), FollowUp.RECEIVED),
    (a_payment(transactions=(main(SUCCESS, type=AUTHORIZATION),)), FollowUp.EXPIRING),
]
CONTENT = [
    a_payment(transactions=(), interface_id=None),
    a_payment(transactions=(main(SUCCESS),)),
    a_payment(transactions=(main(SUCCESS), act(REFUND, FAILURE))),
    a_payment(transactions=(main(FAILURE),), status_text=f"REFUSED: no{SESSION_OVER}"),
    a_payment(
        transactions=(
            main(SUCCESS, type=AUTHORIZATION),
            a_transaction(type=CANCEL, state=SUCCESS, interaction_id="k~01234567"),
        )
    ),
    flagged(a_transaction(type=REFUND, state=SUCCESS, interaction_id=GIVE_BACK)),
    flagged(
        act(REFUND, FAILURE, GIVE_BACK),
        a_transaction(type=REFUND, state=SUCCESS, interaction_id="by-hand~01234567"),
    ),
]


@pytest.mark.parametrize(
    ("payment", "need"), NEEDY, ids=lambda each: str(each) if each in set(FollowUp) else ""
)
def test_a_need_is_seen_once_it_is_old_enough(payment: Payment, need: FollowUp) -> None:
    assert follow_ups(payment, at(timedelta(days=6))) == {need}
    if need not in (FollowUp.REVERSAL_REJECTED,):
        assert follow_ups(payment, at(timedelta(minutes=14))) == frozenset()


@pytest.mark.parametrize("payment", CONTENT)
def test_what_has_ended_needs_nothing(payment: Payment) -> None:
    assert follow_ups(payment, at(timedelta(days=6))) == frozenset()


def test_a_transaction_without_a_time_is_old_enough() -> None:
    bare = a_payment(transactions=(main(INITIAL, timestamp=None),), created_at=None)
    assert follow_ups(bare, at(timedelta(0))) == {FollowUp.NOT_FINISHED}


def test_the_last_look_waits_for_the_end_of_the_session_and_some_minutes() -> None:
    failed = a_payment(transactions=(main(FAILURE),), status_text="REFUSED: no")
    assert follow_ups(failed, at(SESSION + GRACE - timedelta(seconds=1), older_than=ANY_AGE)) == frozenset()
    assert follow_ups(failed, at(SESSION + GRACE)) == {FollowUp.LAST_READ}


def test_an_authorisation_ends_seven_days_after_it_was_taken() -> None:
    authorized = a_payment(transactions=(main(SUCCESS, type=AUTHORIZATION),))
    assert authorization_ends_at(authorized) == BEGUN + timedelta(days=7)
    assert follow_ups(authorized, at(timedelta(days=6, seconds=-1))) == frozenset()
    captured = a_payment(
        transactions=(
            main(SUCCESS, type=AUTHORIZATION),
            a_transaction(state=SUCCESS, interaction_id="ship-1~01234567"),
        )
    )
    assert authorization_ends_at(captured) is None
    assert authorization_ends_at(a_payment(transactions=(main(SUCCESS),))) is None


def paid(**changes: Any) -> Payment:
    return a_payment(**({"transactions": (main(SUCCESS),)} | changes))


def of_order(payment: Payment, makes_orders: bool = True, **changes: Any) -> frozenset[FollowUp]:
    order = an_order(**({"payments": (payment,), "modified_at": BEGUN + timedelta(hours=1)} | changes))
    return order_follow_ups(payment, order, interfaces=frozenset({"monext"}), makes_orders=makes_orders)


def test_only_an_accepted_payment_that_is_kept_asks_for_an_order() -> None:
    assert awaits_order(paid(), at(LIMIT))
    assert not awaits_order(paid(), at(timedelta(minutes=14)))
    assert not awaits_order(a_payment(), at(LIMIT))
    assert not awaits_order(paid(status_code="SECOND_PAYMENT"), at(LIMIT))


def test_an_accepted_payment_without_an_order_is_told_where_the_bridge_makes_them() -> None:
    interfaces = frozenset({"monext"})
    assert order_follow_ups(paid(), None, interfaces=interfaces, makes_orders=True) == {FollowUp.NO_ORDER}
    assert order_follow_ups(paid(), None, interfaces=interfaces, makes_orders=False) == frozenset()
    again = paid(key=f"{CART_ID}-2-0123456789ab")
    assert order_follow_ups(again, None, interfaces=interfaces, makes_orders=False) == {
        FollowUp.SECOND_PAYMENT
    }


def test_an_order_that_says_what_its_payments_say_needs_nothing() -> None:
    assert of_order(paid()) == frozenset()


def test_two_kept_payments_of_one_order_are_one_too_many() -> None:
    other = paid(id="another")
    assert of_order(paid(), payments=(paid(), other)) == {FollowUp.SECOND_PAYMENT}
    assert of_order(paid(), payments=(paid(), paid(id="x", status_code="SECOND_PAYMENT"))) == frozenset()
    foreign = paid(id="gift", interface="gift-card", planned=eur(0), transactions=())
    assert of_order(paid(), payments=(paid(), foreign)) == frozenset()


def test_an_order_older_than_the_last_change_of_its_payment_is_stale() -> None:
    changed = paid(modified_at=BEGUN + timedelta(hours=2))
    assert of_order(changed, payment_state="Pending") == {FollowUp.ORDER_STATE}
    assert of_order(changed) == frozenset()


def test_a_payment_state_that_somebody_wrote_later_is_left_alone() -> None:
    assert of_order(paid(), payment_state="CreditOwed") == frozenset()


@pytest.mark.parametrize("state", [None, "Pending"])
def test_an_order_that_is_not_paid_yet_is_stale_whatever_was_written_to_it_since(state: str | None) -> None:
    assert of_order(paid(), payment_state=state) == {FollowUp.ORDER_STATE}


def test_a_state_that_an_act_led_through_is_stale_whatever_was_written_to_the_order_since() -> None:
    refunded = paid(transactions=(main(SUCCESS), act(REFUND, SUCCESS)))
    assert of_order(refunded, payment_state="CreditOwed") == {FollowUp.ORDER_STATE}
    authorised = main(SUCCESS, type=AUTHORIZATION)
    captured = paid(transactions=(authorised, act(CHARGE, SUCCESS), act(CANCEL, SUCCESS)))
    assert of_order(captured, payment_state="BalanceDue", total=eur(100)) >= {FollowUp.ORDER_STATE}


def test_an_order_that_costs_something_else_than_was_taken_is_told() -> None:
    assert of_order(paid(), total=eur(11000)) == {FollowUp.AMOUNTS}


def test_a_state_that_an_edit_of_the_order_has_left_behind_is_stale() -> None:
    raised = of_order(paid(), total=eur(20000), payment_state="Paid")
    assert raised == {FollowUp.ORDER_STATE, FollowUp.AMOUNTS}
    assert of_order(paid(), payment_state="BalanceDue") == {FollowUp.ORDER_STATE}


def test_a_state_that_somebody_wrote_to_an_edited_order_is_left_alone() -> None:
    assert of_order(paid(), total=eur(20000), payment_state="Failed") == {FollowUp.AMOUNTS}
    released = replace(act(CANCEL, SUCCESS), amount=eur(11000))
    part = paid(transactions=(main(SUCCESS, type=AUTHORIZATION), act(CHARGE, SUCCESS), released))
    assert FollowUp.ORDER_STATE not in of_order(part, payment_state="Paid")


def test_an_order_of_which_the_difference_was_refunded_agrees() -> None:
    refund = a_transaction(type=REFUND, state=SUCCESS, amount=eur(100), interaction_id="k~01234567")
    payment = a_payment(transactions=(main(SUCCESS), refund))
    assert of_order(payment, total=eur(11000)) == frozenset()
    assert of_order(payment) == frozenset()


def test_what_others_hold_of_an_order_is_not_asked_of_us() -> None:
    gift = a_payment(
        id="gift",
        interface="gift-card",
        transactions=(a_transaction(state=SUCCESS, amount=eur(3000), interaction_id="gift"),),
    )
    assert of_order(paid(), payments=(paid(), gift), total=eur(14100)) == frozenset()


def test_every_need_of_the_record_is_in_the_table() -> None:
    seen = {need for _, need in NEEDY} | {
        FollowUp.NO_ORDER,
        FollowUp.SECOND_PAYMENT,
        FollowUp.ORDER_STATE,
        FollowUp.AMOUNTS,
        FollowUp.LEDGER,
    }
    assert seen == set(FollowUp)


@pytest.mark.parametrize("payment", [a_payment(), a_payment(transactions=(main(PENDING),))])
def test_at_any_age_is_also_what_is_dated_after_the_least_that_the_time_can_be(payment: Payment) -> None:
    a_second_behind = -timedelta(seconds=1)
    assert follow_ups(payment, at(a_second_behind, older_than=ANY_AGE)) != frozenset()
    assert follow_ups(payment, at(a_second_behind, older_than=timedelta(seconds=1))) == frozenset()
