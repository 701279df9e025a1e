"""Names operations in the record before they are sent, and finds out later what became of them.

The `interactionId` of an operation's transaction is `<key>~<8 hex of the canonical request body>`. A key
can't contain `~`. Behind it may stand `~by-<principal>`, who asked; `~on-<id>`, the further part that the operation
is made on; `~of-<id>`, the Charge that limits a refund; and a mark:

    ~free      the operation is unsent: it certainly never reached Monext. The next call with the key uses it again
    ~late      Monext said that a cancel came too late

`<key>~rest` is the remainder that a final capture releases. `<key>~instead` is the replacement refund for a
cancel which came too late. `<key>~void` is an abandoned operation, which was closed before it reached Monext:
its key can be used for a new one.
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
from monext_bridge.domain.record import ON_PART, Payment, Transaction, TransactionState, TransactionType

IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
UNSENT, TOO_LATE, REPLACEMENT, REMAINDER, ABANDONED = "free", "late", "instead", "rest", "void"
OF_CHARGE, BY_PRINCIPAL = "of-", "by-"
REVERSAL_PREFIX = "giveback-"
OWN_KEYS = (REVERSAL_PREFIX, "ship-", "expiry-", "ledger-")
"""Beginnings of the operation keys that the bridge makes itself. No API client may use them."""

CLOCKS_DIFFER_BY = timedelta(minutes=2)
"""The clocks of two companies may differ by this much: commercetools' stamps our operations, Monext's its rows."""
IN_DOUBT_FOR = timedelta(minutes=5)
"""For this long an operation without a row in the ledger may still be on its way."""

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
class OwnedKey:
    """Holds an operation key and the principal that it belongs to: the same key of another principal is another one.

    A key of an earlier release has no principal.
    """

    key: str
    principal: str | None = None

    def answers(self, asked: OwnedKey) -> bool:
        """Tells whether an operation that is recorded under this key is the one that is asked for.

        One of an earlier release answers every principal. An automatic reversal is one, whoever goes on with it:
        what the buyer's return has begun, reconciliation ends.
        """
        if self.key != asked.key:
            return False
        return self.principal in (None, asked.principal) or self.key.startswith(REVERSAL_PREFIX)

    def may_be(self, echoed: OwnedKey) -> bool:
        """Tells whether an operation under this key may have made a row of which Monext echoes the other one.

        An earlier release told Monext no principal.
        """
        return self.answers(echoed) or echoed.answers(self)


@dataclass(frozen=True, slots=True)
class OperationName:
    """Represents the `interactionId` of an operation.

    `part` is the further part that the operation is made on, None for the first. `charge` is the transaction
    that limits a refund.
    """

    key: str
    digest: str
    mark: str | None = None
    charge: str | None = None
    part: MonextTransactionId | None = None
    principal: str | None = None

    def __str__(self) -> str:
        named = (
            (BY_PRINCIPAL, self.principal),
            (ON_PART, self.part),
            (OF_CHARGE, self.charge),
        )
        segments = (f"{prefix}{value}" for prefix, value in named if value)
        return "~".join((self.key, self.digest, *segments, *((self.mark,) if self.mark else ())))

    @classmethod
    def parse(cls, interaction_id: str | None) -> OperationName | None:
        """Returns None for an id that names no operation, such as the session token of a part."""
        key, *parts = (interaction_id or "").split("~")
        if not parts or not IDEMPOTENCY_KEY.fullmatch(key):
            return None
        digest, *behind = parts
        if digest.startswith(ON_PART):
            return None
        principal, part, charge = (_take(behind, prefix) for prefix in (BY_PRINCIPAL, ON_PART, OF_CHARGE))
        if len(behind) > 1:
            return None
        on = MonextTransactionId(part) if part else None
        return cls(key, digest, behind[0] if behind else None, charge, on, principal)

    @property
    def owned_key(self) -> OwnedKey:
        return OwnedKey(self.key, self.principal)

    def marked(self, mark: str | None) -> OperationName:
        return replace(self, mark=mark)

    def abandoned(self) -> OperationName:
        """Returns the name of an abandoned operation, whose key can be used again."""
        return OperationName(self.key, ABANDONED, part=self.part, principal=self.principal)


def _take(segments: list[str], prefix: str) -> str | None:
    """Removes the first segment where it begins so, and returns what follows the prefix."""
    return segments.pop(0).removeprefix(prefix) if segments and segments[0].startswith(prefix) else None


def request_digest(body: Mapping[str, object]) -> str:
    """Returns 8 hex digits over the canonical form of the request.

    They are equal for equal requests, whatever the order of the members.
    """
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def operation_name(transaction: Transaction) -> OperationName | None:
    """Returns the name of an operation, None for the buyer's own transaction and for what others wrote."""
    return OperationName.parse(transaction.interaction_id) if transaction.type in KIND_OF_TYPE else None


def is_unsent(transaction: Transaction) -> bool:
    """Tells whether an operation certainly never reached Monext, and waits for whoever takes it up."""
    name = operation_name(transaction)
    return name is not None and name.mark == UNSENT and transaction.state is TransactionState.INITIAL


def is_unresolved(transaction: Transaction) -> bool:
    """Tells whether an operation may be at Monext and its outcome is not known. An unsent one never began."""
    waits = transaction.state is TransactionState.INITIAL and operation_name(transaction) is not None
    return waits and not is_unsent(transaction)


def unresolved_operations(payment: Payment) -> tuple[Transaction, ...]:
    """Returns the operations that may be at Monext and whose outcome is not known, oldest first."""
    found = [t for t in payment.transactions if is_unresolved(t)]
    return tuple(sorted(found, key=lambda t: (t.timestamp is not None, t.timestamp, t.id)))


def candidate_rows(operation: Transaction, *, payment: Payment, ledger: Ledger) -> tuple[LedgerRow, ...]:
    """Returns the rows of the operation's type and amount that no transaction of ours names, older ones included.

    Only the CANCEL of an authorisation counts. The CANCEL of a capture or of a refund is an operation of
    somebody else.
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
    """Returns the candidate rows that are not older than the operation, so that each may be it.

    Only type, amount and time are compared.
    """
    return tuple(
        row
        for row in candidate_rows(operation, payment=payment, ledger=ledger)
        if not _is_older(row, operation)
    )


def matching_row(
    operation: Transaction,
    *,
    payment: Payment,
    ledger: Ledger,
    keys: Mapping[MonextTransactionId, OwnedKey | None],
) -> LedgerRow | None:
    """Returns the row of the ledger that this operation became, None where there is none (yet).

    `keys` are what Monext echoes for the rows of `candidate_rows`, where it does. The row that echoes our key
    and its principal is the one, whatever its time; else one that echoes our key, and no principal. A row that
    echoes another key, or that of another principal, is never chosen. Without an echo, equal unresolved
    operations are interchangeable: in their order they take the rows that are not older than they are.
    """
    rows = candidate_rows(operation, payment=payment, ledger=ledger)
    by_key = _row_of_key(operation_name(operation), rows, keys=keys)
    if by_key:
        return by_key
    silent = [row for row in rows if keys.get(row.id) is None and not _is_older(row, operation)]
    index = _index_among_equals(operation, unresolved_operations(payment))
    return silent[index] if index < len(silent) else None


def is_overdue(operation: Transaction, *, now: datetime) -> bool:
    """Tells whether an operation without a row is old enough to be sure that it never happened."""
    return operation.timestamp is None or now - operation.timestamp >= IN_DOUBT_FOR


def _row_of_key(
    name: OperationName | None,
    rows: Iterable[LedgerRow],
    *,
    keys: Mapping[MonextTransactionId, OwnedKey | None],
) -> LedgerRow | None:
    if name is None:
        return None
    ours = [row for row in rows if (echoed := keys.get(row.id)) and name.owned_key.may_be(echoed)]
    exactly = (row for row in ours if keys.get(row.id) == name.owned_key)
    return next(exactly, next(iter(ours), None))


def _index_among_equals(operation: Transaction, operations: Iterable[Transaction]) -> int:
    equals = [t.id for t in operations if t.type is operation.type and t.amount == operation.amount]
    return equals.index(operation.id) if operation.id in equals else 0


def _is_older(row: LedgerRow, operation: Transaction) -> bool:
    """Tells whether a row is from before the operation and so can't be it.

    It allows for a difference between the clocks of two companies.
    """
    if row.date is None or operation.timestamp is None:
        return False
    return row.date < operation.timestamp - CLOCKS_DIFFER_BY
