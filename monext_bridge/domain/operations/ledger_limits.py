"""Computes what Monext's ledger leaves to capture, cancel and refund, and checks that it is enough for an operation.

Each part of a payment has a ledger of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import Ledger, LedgerRow
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.open_amounts import REFUNDING, RELEASING, OpenAmounts
from monext_bridge.domain.operations.pending import unclaimed_rows, unresolved_operations
from monext_bridge.domain.operations.rules import OperationNotAllowed
from monext_bridge.domain.record import Payment, Transaction, TransactionType, accepted_or_planned_amount

LATER_CAPTURES = ("CAPTURE", "REAUTHORIZATION_AND_CAPTURE")
"""These rows capture an authorisation.

The second is how a late delivery may be listed (TransactionType, OpenAPI 1.26.0).
"""

CAPTURING_ROWS = ("AUTHORIZATION_AND_CAPTURE", "AUTHORIZATION_AND_CAPTURE_COMPLEMENT", *LATER_CAPTURES)


def open_amounts_at_monext(ledger: Ledger, *, like: Money) -> OpenAmounts:
    """Returns what Monext's ledger leaves: rows that are OK or not final count, rows that are KO do not.

    Its rows name no currency: they are in that of the transaction, which `like` has.

    A CANCEL counts against its origin. The cancel of a capture is a refund. The cancel of a refund takes the
    refund back, once it is OK. Any other cancel releases the authorisation.
    """
    rows = [row for row in ledger.rows if row.ok is not False]
    captures = {row.id for row in rows if row.type in CAPTURING_ROWS}
    refunds = {row.id for row in rows if row.type == "REFUND"}
    cancels = [row for row in rows if row.type == "CANCEL"]
    undone = sum(row.amount for row in cancels if row.origin_id in captures)
    taken_back = sum(row.amount for row in cancels if row.origin_id in refunds and row.ok)
    released = sum(row.amount for row in cancels if row.origin_id not in captures | refunds)
    left = _rows(rows, "AUTHORIZATION") - _rows(rows, *LATER_CAPTURES) - released
    refundable = _rows(rows, *CAPTURING_ROWS) - _rows(rows, "REFUND") - undone + taken_back
    open_authorization = like.with_amount(max(left, 0))
    return OpenAmounts(open_authorization, open_authorization, like.with_amount(max(refundable, 0)))


def check_ledger(part: Payment, ledger: Ledger, *, operations: Iterable[Transaction]) -> None:
    """Raises OperationNotAllowed where Monext's ledger of a part has not enough left for these operations on it.

    Other unresolved operations may still appear in the ledger. So they count against it too, unless a row of
    it may be theirs already.
    """
    own = tuple(operations)
    left = open_amounts_at_monext(ledger, like=accepted_or_planned_amount(part))
    rooms: Mapping[TransactionType, Money] = {
        TransactionType.CHARGE: left.capturable,
        TransactionType.CANCEL_AUTHORIZATION: left.cancellable,
        TransactionType.REFUND: left.refundable,
    }
    ours = {t.id for t in own}
    waiting = [t for t in unresolved_operations(part) if t.id not in ours]
    others = _not_listed(waiting, part=part, ledger=ledger)
    for kinds in (RELEASING, REFUNDING):
        room = min(rooms[kind] for kind in kinds)
        needed = room.with_amount(0).plus_all(t.amount for t in (*own, *others) if t.type in kinds)
        if any(t.type in kinds for t in own) and needed > room:
            raise OperationNotAllowed(f"Monext has {room.cent_amount} left of this payment, in minor units")


def _not_listed(waiting: Iterable[Transaction], *, part: Payment, ledger: Ledger) -> tuple[Transaction, ...]:
    """Returns the unresolved operations that no row of the ledger can be. Equal ones take one row each."""
    claimed: set[MonextTransactionId] = set()
    missing: list[Transaction] = []
    for operation in waiting:
        rows = unclaimed_rows(operation, payment=part, ledger=ledger)
        row = next((r for r in rows if r.id not in claimed), None)
        if row is None:
            missing.append(operation)
        else:
            claimed.add(row.id)
    return tuple(missing)


def _rows(rows: Iterable[LedgerRow], *types: str) -> int:
    return sum(row.amount for row in rows if row.type in types)
