from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import Ledger, LedgerRow
from monext_bridge.domain.reconciliation.compare_ledger import disagreement, posting_updates, unposted_rows
from monext_bridge.domain.record.apply_updates import with_updates
from monext_bridge.domain.record.payment import Payment, TransactionState, TransactionType
from tests.builders import BEGUN, a_payment, a_transaction, eur

INITIAL, PENDING, SUCCESS, FAILURE = TransactionState
AUTHORIZATION, CANCEL, CHARGE, REFUND = (
    TransactionType.AUTHORIZATION,
    TransactionType.CANCEL_AUTHORIZATION,
    TransactionType.CHARGE,
    TransactionType.REFUND,
)
NOW = BEGUN + timedelta(days=1)


def row(number: int, kind: str, amount: int, **changes: Any) -> LedgerRow:
    values: dict[str, Any] = {
        "id": MonextTransactionId(f"row-{number}"),
        "type": kind,
        "amount": amount,
        "ok": True,
        "date": BEGUN + timedelta(hours=1),
        "origin_id": MonextTransactionId("row-0"),
    }
    return LedgerRow(**(values | changes))


def authorized(*acts: Any) -> Payment:
    taken = a_transaction(type=AUTHORIZATION, state=SUCCESS, interface_id="row-0")
    return a_payment(transactions=(taken, *acts))


def charged(*acts: Any) -> Payment:
    return a_payment(transactions=(a_transaction(state=SUCCESS, interface_id="row-0"), *acts))


def act(kind: TransactionType, state: TransactionState, amount: int = 1000, **changes: Any) -> Any:
    values: dict[str, Any] = {"id": "act", "interaction_id": "key~01234567"}
    return a_transaction(type=kind, state=state, amount=eur(amount), **(values | changes))


AUTHORIZED, CHARGED = row(0, "AUTHORIZATION", 11100), row(0, "AUTHORIZATION_AND_CAPTURE", 11100)


def posted(payment: Payment, ledger: Ledger, *, key: str | None = None) -> Payment:
    for each in unposted_rows(payment, ledger):
        payment = with_updates(payment, posting_updates(payment, each, ledger=ledger, key=key, now=NOW))
    return payment


def acts(payment: Payment) -> list[tuple[TransactionType, TransactionState, int, str | None]]:
    return [(t.type, t.state, t.amount.cent_amount, t.interface_id) for t in payment.transactions[1:]]


POSTINGS = [
    (authorized(), AUTHORIZED, row(1, "CAPTURE", 1000), CHARGE),
    (authorized(), AUTHORIZED, row(1, "REAUTHORIZATION_AND_CAPTURE", 1000), CHARGE),
    (authorized(), AUTHORIZED, row(1, "CANCEL", 1000), CANCEL),
    (charged(), CHARGED, row(1, "REFUND", 1000), REFUND),
    (charged(), CHARGED, row(1, "CANCEL", 1000), REFUND),
]


@pytest.mark.parametrize(("payment", "first", "found", "kind"), POSTINGS)
def test_a_row_that_nothing_names_is_posted(
    payment: Payment, first: LedgerRow, found: LedgerRow, kind: TransactionType
) -> None:
    ledger = Ledger((first, found))
    after = posted(payment, ledger)
    assert acts(after) == [(kind, SUCCESS, 1000, "row-1")]
    assert after.transactions[1].timestamp == found.date
    assert unposted_rows(after, ledger) == ()
    assert disagreement(after, ledger) is None


def test_a_row_that_is_not_final_is_pending() -> None:
    ledger = Ledger((CHARGED, row(1, "REFUND", 1000, ok=None, date=None)))
    after = posted(charged(), ledger)
    assert acts(after) == [(REFUND, PENDING, 1000, "row-1")]
    assert after.transactions[1].timestamp == NOW


@pytest.mark.parametrize(
    "silent",
    [
        row(1, "REFUND", 1000, ok=False),
        row(1, "CHEQUE_SCORING", 0),
        row(1, "REAUTHORIZATION", 1000),
        row(0, "AUTHORIZATION_AND_CAPTURE", 11100),
    ],
    ids=["failed", "no money", "asked again", "the payment itself"],
)
def test_rows_that_move_no_money_are_passed_over(silent: LedgerRow) -> None:
    assert unposted_rows(charged(), Ledger((CHARGED, silent))) == ()


def test_nothing_is_posted_to_a_payment_that_was_not_accepted() -> None:
    assert unposted_rows(a_payment(), Ledger((CHARGED, row(1, "REFUND", 1000)))) == ()


def test_what_an_open_act_may_be_is_left_to_it() -> None:
    waiting = charged(act(REFUND, INITIAL))
    ledger = Ledger((CHARGED, row(1, "REFUND", 1000), row(2, "REFUND", 500)))
    assert [r.id for r in unposted_rows(waiting, ledger)] == ["row-2"]
    assert disagreement(waiting, ledger) is None


def test_what_an_act_that_was_never_sent_looks_like_is_somebody_elses() -> None:
    free = charged(act(REFUND, INITIAL, interaction_id="key~01234567~free"))
    assert len(unposted_rows(free, Ledger((CHARGED, row(1, "REFUND", 1000))))) == 1


def test_a_row_that_echoes_the_key_of_an_act_given_up_is_that_act() -> None:
    given_up = charged(act(REFUND, FAILURE))
    ledger = Ledger((CHARGED, row(1, "REFUND", 1000)))
    assert acts(posted(given_up, ledger, key="key")) == [(REFUND, SUCCESS, 1000, "row-1")]
    assert len(acts(posted(given_up, ledger))) == 2
    assert len(acts(posted(given_up, ledger, key="another"))) == 2


def test_the_rest_of_a_final_capture_is_the_cancel_of_its_amount() -> None:
    rest = act(CANCEL, SUCCESS, 10100, id="rest", interaction_id="key~rest")
    payment = authorized(act(CHARGE, SUCCESS, interface_id="row-1"), rest)
    ledger = Ledger((AUTHORIZED, row(1, "CAPTURE", 1000), row(2, "CANCEL", 10100)))
    for key in (None, "key"):
        assert acts(posted(payment, ledger, key=key))[1:] == [(CANCEL, SUCCESS, 10100, "row-2")]
    assert len(acts(posted(payment, ledger, key="another"))) == 3


@pytest.mark.parametrize("ok", [True, None])
def test_the_rest_of_a_final_capture_that_is_under_way_is_not_released_twice(ok: bool | None) -> None:
    capture = act(CHARGE, PENDING, interface_id="row-1")
    payment = authorized(capture, act(CANCEL, PENDING, 10100, id="rest", interaction_id="key~rest"))
    ledger = Ledger((AUTHORIZED, row(1, "CAPTURE", 1000, ok=None), row(2, "CANCEL", 10100, ok=ok)))
    state = SUCCESS if ok else PENDING
    assert acts(posted(payment, ledger))[1:] == [(CANCEL, state, 10100, "row-2")]


@pytest.mark.parametrize("state", [SUCCESS, PENDING])
def test_an_act_to_which_monext_gave_no_id_is_its_row(state: TransactionState) -> None:
    ledger = Ledger((CHARGED, row(1, "REFUND", 1000)))
    assert acts(posted(charged(act(REFUND, state)), ledger)) == [(REFUND, SUCCESS, 1000, "row-1")]


def test_a_void_act_never_is_a_row_whatever_its_key_did_later() -> None:
    void = act(REFUND, FAILURE, id="void", interaction_id="key~void")
    payment = charged(void, act(REFUND, FAILURE))
    ledger = Ledger((CHARGED, row(1, "REFUND", 1000)))
    after = [(REFUND, FAILURE, 1000, None), (REFUND, SUCCESS, 1000, "row-1")]
    assert acts(posted(payment, ledger, key="key")) == after


def test_a_cancelled_capture_is_a_refund_and_a_cancelled_refund_did_not_happen() -> None:
    capture = act(CHARGE, SUCCESS, interface_id="row-1")
    undone = Ledger(
        (AUTHORIZED, row(1, "CAPTURE", 1000), row(2, "CANCEL", 1000, origin_id=MonextTransactionId("row-1")))
    )
    assert acts(posted(authorized(capture), undone))[1:] == [(REFUND, SUCCESS, 1000, "row-2")]
    refund = act(REFUND, SUCCESS, interface_id="row-1")
    back = row(2, "CANCEL", 1000, origin_id=MonextTransactionId("row-1"))
    ledger = Ledger((CHARGED, row(1, "REFUND", 1000), back))
    after = posted(charged(refund), ledger)
    assert acts(after) == [(REFUND, FAILURE, 1000, "row-1")]
    assert unposted_rows(after, ledger) == ()
    assert disagreement(after, ledger) is None


def test_a_chargeback_is_no_difference_because_no_ledger_lists_it() -> None:
    charge = a_transaction(state=SUCCESS, interface_id="row-0")
    chargeback = a_transaction(type=TransactionType.CHARGEBACK, state=SUCCESS, interaction_id=None)
    ledger = Ledger((row(0, "AUTHORIZATION_AND_CAPTURE", 11100),))
    assert disagreement(a_payment(transactions=(charge, chargeback)), ledger) is None


def test_a_part_of_a_refund_that_was_taken_back_differs() -> None:
    refund = act(REFUND, SUCCESS, interface_id="row-1")
    back = row(2, "CANCEL", 400, origin_id=MonextTransactionId("row-1"))
    ledger = Ledger((CHARGED, row(1, "REFUND", 1000), back))
    assert unposted_rows(charged(refund), ledger) == ()
    said = disagreement(charged(refund), ledger)
    assert said is not None
    assert "10100 to refund" in said
    assert "10500" in said
