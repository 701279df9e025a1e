"""A key belongs to its principal: whose operations it finds in the record, and which rows at Monext."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monext_bridge.domain.ids import MonextTransactionId, OrderId
from monext_bridge.domain.monext import Ledger, LedgerRow
from monext_bridge.domain.operations import (
    OWN_PRINCIPALS,
    REVERSAL_PREFIX,
    Capture,
    OwnedKey,
    ShipmentCapture,
    due_capture,
    has_abandoned,
    is_client_id,
    matching_row,
    operation_keys,
    operations_of_key,
)
from monext_bridge.domain.record import Payment, Transaction, TransactionState, TransactionType
from tests.builders import a_payment, a_transaction, an_order, eur

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def refund(name: str, id_: str = "t-1") -> Transaction:
    return a_transaction(
        id=id_,
        type=TransactionType.REFUND,
        state=TransactionState.INITIAL,
        amount=eur(500),
        interaction_id=name,
        timestamp=NOW,
    )


def record(*names: str) -> Payment:
    own = [refund(name, f"t-{number}") for number, name in enumerate(names)]
    return a_payment(transactions=(a_transaction(state=TransactionState.SUCCESS), *own))


@pytest.mark.parametrize(
    ("recorded", "asked", "answers"),
    [
        (OwnedKey("k", "erp"), OwnedKey("k", "erp"), True),
        (OwnedKey("k", "erp"), OwnedKey("k", "shop"), False),
        (OwnedKey("k", "erp"), OwnedKey("k"), False),
        (OwnedKey("k", "erp"), OwnedKey("j", "erp"), False),
        (OwnedKey("k"), OwnedKey("k", "erp"), True),
        (OwnedKey("k"), OwnedKey("k"), True),
        (OwnedKey("k"), OwnedKey("j", "erp"), False),
        (OwnedKey(f"{REVERSAL_PREFIX}x", "bridge"), OwnedKey(f"{REVERSAL_PREFIX}x", "reconciliation"), True),
        (OwnedKey(f"{REVERSAL_PREFIX}x", "bridge"), OwnedKey(f"{REVERSAL_PREFIX}x"), True),
        (OwnedKey(f"{REVERSAL_PREFIX}x", "bridge"), OwnedKey(f"{REVERSAL_PREFIX}y", "bridge"), False),
        (OwnedKey("ship-o-0", "shipment"), OwnedKey("ship-o-0", "terminal"), False),
    ],
)
def test_a_key_answers_its_own_principal(recorded: OwnedKey, asked: OwnedKey, answers: bool) -> None:
    assert recorded.answers(asked) is answers


@pytest.mark.parametrize("mark", ["", "~free", "~late"])
def test_two_principals_with_one_key_have_operations_of_their_own(mark: str) -> None:
    payment = record(f"k~0123abcd~by-erp{mark}", f"k~89abcdef~by-shop{mark}")
    assert [t.id for t in operations_of_key(payment, "k", principal="erp").operations] == ["t-0"]
    assert [t.id for t in operations_of_key(payment, "k", principal="shop").operations] == ["t-1"]
    assert not operations_of_key(payment, "k", principal="third")
    assert not operations_of_key(payment, "k")


def test_a_remainder_and_a_replacement_belong_to_the_principal_of_what_they_go_with() -> None:
    payment = record("k~0123abcd~by-erp", "k~rest~by-erp", "k~instead~by-erp", "k~rest~by-shop")
    assert [t.id for t in operations_of_key(payment, "k", principal="erp").all] == ["t-0", "t-2", "t-1"]


def test_an_operation_of_an_earlier_release_answers_every_principal() -> None:
    payment = record("k~0123abcd")
    for principal in ("erp", "shop", None):
        assert [t.id for t in operations_of_key(payment, "k", principal=principal).operations] == ["t-0"]


def test_what_one_principal_abandoned_tells_nothing_about_the_key_of_another() -> None:
    payment = record("k~void~by-erp")
    assert has_abandoned(payment, "k", principal="erp")
    assert not has_abandoned(payment, "k", principal="shop")
    assert has_abandoned(record("k~void"), "k", principal="shop")


def test_each_key_is_listed_once_for_each_principal() -> None:
    payment = record("k~0123abcd~by-erp", "k~rest~by-erp", "k~0123abcd~by-shop", "k~0123abcd")
    assert operation_keys(payment) == (OwnedKey("k", "erp"), OwnedKey("k", "shop"), OwnedKey("k"))


ROWS = tuple(
    LedgerRow(MonextTransactionId(name), "REFUND", 500, ok=True, date=NOW) for name in ("r-1", "r-2")
)


@pytest.mark.parametrize(
    ("name", "echoes", "found"),
    [
        ("k~0123abcd~by-erp", {"r-1": OwnedKey("k", "shop"), "r-2": OwnedKey("k", "erp")}, "r-2"),
        ("k~0123abcd~by-erp", {"r-1": OwnedKey("k", "shop"), "r-2": OwnedKey("j", "erp")}, None),
        ("k~0123abcd~by-erp", {"r-1": OwnedKey("k"), "r-2": OwnedKey("k", "erp")}, "r-2"),
        ("k~0123abcd~by-erp", {"r-1": OwnedKey("k"), "r-2": OwnedKey("k", "shop")}, "r-1"),
        ("k~0123abcd", {"r-1": OwnedKey("j"), "r-2": OwnedKey("k", "shop")}, "r-2"),
        ("giveback-x~0123abcd~by-bridge", {"r-2": OwnedKey("giveback-x", "bridge")}, "r-2"),
    ],
)
def test_a_row_is_matched_by_its_echoed_key_and_principal(
    name: str, echoes: dict[str, OwnedKey], found: str | None
) -> None:
    payment = record(name)
    keys = {MonextTransactionId(row): key for row, key in echoes.items()}
    row = matching_row(payment.transactions[-1], payment=payment, ledger=Ledger(ROWS), keys=keys)
    assert (row.id if row else None) == found


@pytest.mark.parametrize(
    ("by", "number"), [("", 1), ("~by-shipment", 1), ("~by-terminal", 0), ("~by-erp", 0)]
)
def test_a_shipment_counts_its_own_captures_alone(by: str, number: int) -> None:
    refused = a_transaction(
        id="c-0",
        type=TransactionType.CHARGE,
        state=TransactionState.FAILURE,
        interaction_id=f"ship-order-1-0~0123abcd{by}",
    )
    taken = a_transaction(type=TransactionType.AUTHORIZATION, state=TransactionState.SUCCESS)
    payment = a_payment(transactions=(taken, refused))
    order = an_order(id=OrderId("order-1"))
    assert due_capture(payment, order, now=NOW) == ShipmentCapture(
        Capture(eur(11100)), f"ship-order-1-{number}"
    )


@pytest.mark.parametrize("text", ["erp", "aB3dE5gH7jK9mN1pQ3rS5tU7", "a.b_c:d-e", "x" * 64])
def test_a_client_id_names_a_client(text: str) -> None:
    assert is_client_id(text)


@pytest.mark.parametrize("text", ["", "a~b", "a b", "a/b", "é", "a\n", "x" * 65, *sorted(OWN_PRINCIPALS)])
def test_what_can_not_be_written_or_reads_like_the_bridge_names_no_client(text: str) -> None:
    assert not is_client_id(text)
