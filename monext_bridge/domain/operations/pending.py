"""Intent before act: how a capture, cancel or refund is named in the record, and how its fate is found out.

`interactionId` of an act's transaction is `<key>~<8 hex of the canonical request body>`; `~` can't occur in a
key. Behind it may stand `~of-<id>`, the Charge that a refund is bounded by, and a mark:

    ~free      the act certainly never reached Monext: the next call with the key acts under the same intent
    ~late      Monext said that a cancel came too late

`<key>~rest` is what a final capture releases, `<key>~instead` the refund that stands in for a cancel which came
too late. `<key>~void` is an intent that was closed before it reached Monext:
its key is free for a new one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import Ledger, LedgerRow, OperationKind
from monext_bridge.domain.record import Payment, Transaction, TransactionState, TransactionType

IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
UNSENT, TOO_LATE, REPLACEMENT, REMAINDER, ABANDONED = "free", "late", "instead", "rest", "void"
OF_CHARGE = "of-"
REVERSAL_PREFIX = "giveback-"

CLOCKS_DIFFER_BY = timedelta(minutes=2)
IN_DOUBT_FOR = timedelta(minutes=5)
"""How long an intent without a row in the ledger may still be on its way."""

ROW_TYPES: Mapping[TransactionType, frozenset[str]] = {
    TransactionType.CHARGE: frozenset({"CAPTURE", "REAUTHORIZATION_AND_CAPTURE"}),
    TransactionType.CANCEL_AUTHORIZATION: frozenset({"CANCEL"}),
    TransactionType.REFUND: frozenset({"REFUND"}),
}
KIND_OF_TYPE: Mapping[TransactionType, OperationKind] = {
    TransactionType.CHARGE: OperationKind.CAPTURE,
    TransactionType.CANCEL_AUTHORIZATION: OperationKind.CANCEL,
    TransactionType.REFUND: OperationKind.REFUND,
}


@dataclass(frozen=True, slots=True)
class OperationName:
    """A parsed `interactionId` of an act; `charge` is the transaction that a refund is bounded by."""

    key: str
    digest: str
    mark: str | None = None
    charge: str | None = None

    def __str__(self) -> str:
        charge = f"{OF_CHARGE}{self.charge}" if self.charge else None
        return "~".join(part for part in (self.key, self.digest, charge, self.mark) if part)

    @classmethod
    def parse(cls, interaction_id: str | None) -> OperationName | None:
        """None for an id that names no act, as the session token of the first transaction."""
        key, *parts = (interaction_id or "").split("~")
        if not parts or not IDEMPOTENCY_KEY.fullmatch(key):
            return None
        digest, *behind = parts
        charge = behind.pop(0).removeprefix(OF_CHARGE) if behind and behind[0].startswith(OF_CHARGE) else None
        if len(behind) > 1:
            return None
        return cls(key, digest, behind[0] if behind else None, charge)

    def marked(self, mark: str | None) -> OperationName:
        return replace(self, mark=mark)

    def abandoned(self) -> OperationName:
        """The name of an intent whose key is free again."""
        return OperationName(self.key, ABANDONED)


def request_digest(body: Mapping[str, object]) -> str:
    """8 hex digits over the canonical form of the request: equal for equal requests, whatever their order."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def operation_name(transaction: Transaction) -> OperationName | None:
    """The name of an act; None for the buyer's own transaction and for what others wrote."""
    return OperationName.parse(transaction.interaction_id) if transaction.type in KIND_OF_TYPE else None


def is_unsent(transaction: Transaction) -> bool:
    """An intent that certainly never reached Monext, and waits for whoever takes it up."""
    name = operation_name(transaction)
    return name is not None and name.mark == UNSENT and transaction.state is TransactionState.INITIAL


def is_unresolved(transaction: Transaction) -> bool:
    """An act that may be at Monext and whose outcome is not known; one that was freed never began."""
    waits = transaction.state is TransactionState.INITIAL and operation_name(transaction) is not None
    return waits and not is_unsent(transaction)


def unresolved_operations(payment: Payment) -> tuple[Transaction, ...]:
    """Acts that may be at Monext and whose outcome is not known, oldest first."""
    found = [t for t in payment.transactions if is_unresolved(t)]
    return tuple(sorted(found, key=lambda t: (t.timestamp is not None, t.timestamp, t.id)))


def candidate_rows(operation: Transaction, *, payment: Payment, ledger: Ledger) -> tuple[LedgerRow, ...]:
    """Rows of its type and amount that no transaction of ours names; the older ones too.

    A CANCEL is one of an authorisation: that of a capture or of a refund undoes an act of somebody else.
    """
    named = {t.interface_id for t in payment.transactions if t.interface_id}
    operations = {row.id for row in ledger.rows if row.type in ("CAPTURE", "REFUND")}
    types = ROW_TYPES.get(operation.type, frozenset())
    return tuple(
        row
        for row in ledger.rows
        if row.type in types
        and row.amount == operation.amount.cent_amount
        and row.id not in named
        and not (row.type == "CANCEL" and row.origin_id in operations)
    )


def unclaimed_rows(operation: Transaction, *, payment: Payment, ledger: Ledger) -> tuple[LedgerRow, ...]:
    """Those of its rows that are not from before it, and that so may be it by their looks alone."""
    return tuple(
        row for row in candidate_rows(operation, payment=payment, ledger=ledger) if not _older(row, operation)
    )


def matching_row(
    operation: Transaction,
    *,
    payment: Payment,
    ledger: Ledger,
    keys: Mapping[MonextTransactionId, str | None],
) -> LedgerRow | None:
    """The row of the ledger that this intent became, None where there is none (yet).

    `keys` are what Monext echoes for the rows of `candidate_rows`, where it does. The row that echoes our key is it,
    whatever its time; one that echoes another is never taken. Without an echo, equal open intents are
    interchangeable and take the rows that are not older than they in their order.
    """
    name = operation_name(operation)
    rows = candidate_rows(operation, payment=payment, ledger=ledger)
    by_key = next((row for row in rows if name and keys.get(row.id) == name.key), None)
    if by_key:
        return by_key
    silent = [row for row in rows if keys.get(row.id) is None and not _older(row, operation)]
    place = _place_among_equals(operation, unresolved_operations(payment))
    return silent[place] if place < len(silent) else None


def is_overdue(operation: Transaction, *, now: datetime) -> bool:
    """Whether an intent without a row is old enough to be sure that it never happened."""
    return operation.timestamp is None or now - operation.timestamp >= IN_DOUBT_FOR


def _place_among_equals(operation: Transaction, operations: Iterable[Transaction]) -> int:
    equals = [t.id for t in operations if t.type is operation.type and t.amount == operation.amount]
    return equals.index(operation.id) if operation.id in equals else 0


def _older(row: LedgerRow, operation: Transaction) -> bool:
    """A row from before the intent can't be it; the clocks of two companies may differ."""
    if row.date is None or operation.timestamp is None:
        return False
    return row.date < operation.timestamp - CLOCKS_DIFFER_BY
