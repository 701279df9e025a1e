from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import Ledger, LedgerRow
from monext_bridge.domain.operations import OwnedKey
from monext_bridge.domain.operations.pending import (
    IN_DOUBT_FOR,
    KIND_OF_TYPE,
    ROW_TYPES,
    OperationName,
    is_overdue,
    matching_row,
    request_digest,
    unresolved_operations,
)
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from tests.builders import BEGUN, TOKEN, a_payment, a_transaction, eur

REFUND = TransactionType.REFUND


def intent(key: str = "k1", *, at: int = 60, **changes: Any) -> Transaction:
    values: dict[str, Any] = {
        "id": key,
        "type": REFUND,
        "amount": eur(500),
        "interaction_id": f"{key}~0123abcd",
        "timestamp": BEGUN + timedelta(seconds=at),
    }
    return a_transaction(**(values | changes))


def row(name: str = "r1", *, at: int = 61, **changes: Any) -> LedgerRow:
    values: dict[str, Any] = {
        "id": MonextTransactionId(name),
        "type": "REFUND",
        "amount": 500,
        "ok": True,
        "date": BEGUN + timedelta(seconds=at),
    }
    return LedgerRow(**(values | changes))


def paid_with(*acts: Transaction) -> Payment:
    return a_payment(transactions=(a_transaction(state=TransactionState.SUCCESS), *acts))


def found(own: Transaction, *rows: LedgerRow, also: tuple[Transaction, ...] = (), **keys: str | None) -> Any:
    payment = paid_with(own, *also)
    echoes = {MonextTransactionId(name): OwnedKey(key) if key else None for name, key in keys.items()}
    matched = matching_row(own, payment=payment, ledger=Ledger(rows), keys=echoes)
    return matched.id if matched else None


@pytest.mark.parametrize(
    "text",
    [
        "k~0123abcd",
        "giveback-1abc~0123abcd~free",
        "k~0123abcd~of-5d2c6d0e",
        "k~0123abcd~of-5d2c~free",
        "k~rest",
    ],
)
def test_a_name_reads_as_it_was_written(text: str) -> None:
    assert str(OperationName.parse(text)) == text


@pytest.mark.parametrize("text", [None, "", TOKEN, "~0123abcd", "a b~0123abcd", "a~b~c~d"])
def test_other_ids_name_no_act(text: str | None) -> None:
    assert OperationName.parse(text) is None


def test_the_digest_is_of_the_request_and_not_of_its_order() -> None:
    assert request_digest({"a": 1, "b": 2}) == request_digest({"b": 2, "a": 1})
    assert request_digest({"a": 1}) != request_digest({"a": 2})
    assert len(request_digest({})) == 8


def test_every_act_has_its_rows() -> None:
    assert set(ROW_TYPES) == set(KIND_OF_TYPE)


def test_open_intents_come_oldest_first_and_are_only_acts() -> None:
    late, early = intent("late", at=90), intent("early", at=30)
    done = intent("done", state=TransactionState.SUCCESS)
    payment = a_payment(transactions=(a_transaction(), late, done, early))
    assert unresolved_operations(payment) == (early, late)


def test_a_row_of_the_same_type_and_amount_is_the_intent() -> None:
    assert found(intent(), row()) == "r1"


@pytest.mark.parametrize(
    "other",
    [row(type="CAPTURE"), row(amount=501), row(at=-3600)],
    ids=["another type", "another amount", "older than the intent"],
)
def test_another_row_is_not(other: LedgerRow) -> None:
    assert found(intent(), other) is None


def test_a_row_that_another_transaction_names_is_not() -> None:
    done = intent("done", state=TransactionState.SUCCESS, interface_id=MonextTransactionId("r1"))
    assert found(intent(), row(), also=(done,)) is None


def test_the_row_that_echoes_our_key_is_it_wherever_it_stands() -> None:
    assert found(intent("k1"), row("r1"), row("r2"), r1="k2", r2="k1") == "r2"


def test_a_row_that_echoes_another_key_is_never_taken() -> None:
    assert found(intent("k1"), row("r1"), r1="somebody-else") is None


def test_a_row_that_echoes_our_key_is_it_however_wrong_our_clock_is() -> None:
    assert found(intent("k1", at=3600), row("r1", at=0), r1="k1") == "r1"


def test_an_intent_that_never_was_sent_takes_no_row_from_another() -> None:
    unsent = intent("k1", at=10, interaction_id="k1~0123abcd~free")
    assert found(intent("k2", at=20), row("r1"), also=(unsent,)) == "r1"


def test_a_reset_of_somebody_elses_capture_is_not_our_cancel() -> None:
    own = intent("k1", type=TransactionType.CANCEL_AUTHORIZATION)
    capture = row("c", type="CAPTURE", amount=500)
    reset = row("x", type="CANCEL", origin_id=MonextTransactionId("c"))
    assert found(own, capture, reset) is None
    assert found(own, row("x", type="CANCEL", origin_id=MonextTransactionId("auth"))) == "x"


def test_equal_open_intents_take_the_rows_in_their_order() -> None:
    first, second = intent("k1", at=10), intent("k2", at=20)
    assert found(first, row("r1"), row("r2"), also=(second,)) == "r1"
    assert found(second, row("r1"), row("r2"), also=(first,)) == "r2"


def test_one_row_for_two_equal_intents_is_the_older_ones() -> None:
    first, second = intent("k1", at=10), intent("k2", at=20)
    assert found(first, row(), also=(second,)) == "r1"
    assert found(second, row(), also=(first,)) is None


def test_an_intent_without_a_row_is_given_up_after_five_minutes() -> None:
    begun = intent(at=0).timestamp or BEGUN
    assert not is_overdue(intent(at=0), now=begun + IN_DOUBT_FOR - timedelta(seconds=1))
    assert is_overdue(intent(at=0), now=begun + IN_DOUBT_FOR)


def test_clocks_may_differ_by_some_seconds() -> None:
    assert found(intent(at=100), row(at=0)) == "r1"
    assert found(intent(at=200), row(at=0)) is None
