"""Builds payments whose session was paid in parts, as the bridge records them."""

from __future__ import annotations

from typing import Any

from monext_bridge.domain.ids import MonextTransactionId, RecordTransactionId
from monext_bridge.domain.record.parts import part_interaction_id
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from tests.builders import TOKEN, a_payment, a_transaction, eur

AUTHORIZATION, CHARGE = TransactionType.AUTHORIZATION, TransactionType.CHARGE
FIRST, SECOND, THIRD = (MonextTransactionId(f"part-{number}") for number in (1, 2, 3))


def a_part(number: int, kind: TransactionType, amount: int, **changes: Any) -> Transaction:
    """The accepted transaction of the part with this number, counted from 1; the first has the token alone."""
    id_ = MonextTransactionId(f"part-{number}")
    return a_transaction(
        **{
            "id": RecordTransactionId(f"record-of-{id_}"),
            "type": kind,
            "state": TransactionState.SUCCESS,
            "amount": eur(amount),
            "interaction_id": TOKEN if number == 1 else part_interaction_id(TOKEN, id_),
            "interface_id": id_,
        }
        | changes
    )


def an_operation(kind: TransactionType, amount: int, name: str, **changes: Any) -> Transaction:
    """A transaction of an operation with this `interactionId`."""
    values = {"id": RecordTransactionId(f"{name}-{kind}-{amount}"), "type": kind, "amount": eur(amount)}
    state = {"state": TransactionState.SUCCESS, "interaction_id": name}
    return a_transaction(**(values | state | changes))


def paid_in_parts(*transactions: Transaction, planned: int | None = None) -> Payment:
    """A payment with these transactions; it was planned for what its parts bring, unless `planned` says otherwise."""
    taken = sum(t.amount.cent_amount for t in transactions if str(t.interface_id).startswith("part-"))
    return a_payment(planned=eur(taken if planned is None else planned), transactions=transactions)
