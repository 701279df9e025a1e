"""Collects the operations of one key: what its principal asked, what a final capture released, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monext_bridge.domain.operations.pending import (
    ABANDONED,
    REMAINDER,
    REPLACEMENT,
    TOO_LATE,
    UNSENT,
    OperationName,
    OwnedKey,
    is_unsent,
    operation_name,
)
from monext_bridge.domain.record import (
    AddTransaction,
    ChangeInteractionId,
    ChangeTransactionState,
    Payment,
    Transaction,
    TransactionState,
    TransactionType,
    Update,
    named_part,
)

STATES_IN_PROGRESS = (TransactionState.INITIAL, TransactionState.PENDING)
WORST_FIRST = (
    TransactionState.INITIAL,
    TransactionState.FAILURE,
    TransactionState.PENDING,
    TransactionState.SUCCESS,
)


@dataclass(frozen=True, slots=True)
class KeyedOperations:
    """Holds the operations of a key.

    `operations` are the operations themselves, oldest first, whether they were sent or not. `remainders` are
    what a final capture releases, one for each part of the payment.
    """

    operations: tuple[Transaction, ...] = ()
    remainders: tuple[Transaction, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.operations)

    @property
    def all(self) -> tuple[Transaction, ...]:
        return (*self.operations, *self.remainders)

    @property
    def asked(self) -> tuple[Transaction, ...]:
        """Returns the operations that were asked for: a replacement refund only stands in for one of them."""
        return tuple(t for t in self.operations if recorded_digest(t) != REPLACEMENT)

    @property
    def unsent(self) -> tuple[Transaction, ...]:
        """Returns the unsent operations, with the remainder that goes with them.

        Whoever comes next may act on these.
        """
        return tuple(t for t in self.all if is_unsent(t))

    @property
    def under_way(self) -> tuple[Transaction, ...]:
        """Returns the operations that may have reached Monext and whose outcome is not final."""
        return tuple(t for t in self.operations if t.state in STATES_IN_PROGRESS and not is_unsent(t))

    @property
    def remainder(self) -> Transaction | None:
        """Returns the remainder, for the operations of a single part."""
        return next(iter(self.remainders), None)

    @property
    def late_cancel(self) -> Transaction | None:
        """Returns the cancel that Monext rejected because the capture was sent for settlement already.

        It and its replacement are asked of the operations of a single part.
        """
        return next((t for t in self.operations if operation_mark(t) == TOO_LATE), None)

    @property
    def replacement(self) -> Transaction | None:
        """Returns the replacement refund, which stands in for a late cancel."""
        return next((t for t in self.operations if recorded_digest(t) == REPLACEMENT), None)

    def is_of(self, name: OperationName) -> bool:
        """Tells whether the key was used for the same request."""
        return all(recorded_digest(t) in (name.digest, REPLACEMENT) for t in self.operations)

    def worst(self) -> Transaction:
        """Returns the transaction whose state answers for all.

        A late cancel does not answer where a replacement refund of its part stands in for it.
        """
        return min(self._answering(), key=lambda t: WORST_FIRST.index(t.state))

    def first(self) -> Transaction:
        """Returns the worst transaction on the first of the parts that the operations are made on."""
        answering = self._answering()
        part = named_part(answering[0])
        alike = (t for t in answering if named_part(t) == part)
        return min(alike, key=lambda t: WORST_FIRST.index(t.state))

    def _answering(self) -> list[Transaction]:
        replaced = {named_part(t) for t in self.operations if recorded_digest(t) == REPLACEMENT}
        return [t for t in self.operations if operation_mark(t) != TOO_LATE or named_part(t) not in replaced]


def operations_of_key(payment: Payment, key: str, *, principal: str | None = None) -> KeyedOperations:
    """Returns the operations of a principal's key, without the abandoned ones: those no longer belong to it.

    Without a principal, they are those of an earlier release; of an automatic reversal, they are all.
    """
    asked = OwnedKey(key, principal)
    named = [(name, t) for t in payment.transactions if (name := operation_name(t))]
    own = [(name, t) for name, t in named if name.owned_key.answers(asked) and name.digest != ABANDONED]
    return KeyedOperations(
        tuple(t for name, t in own if name.digest != REMAINDER),
        tuple(t for name, t in own if name.digest == REMAINDER),
    )


def operation_keys(payment: Payment) -> tuple[OwnedKey, ...]:
    """Returns the keys of all operations in the record, each once for each principal, oldest first."""
    return tuple(dict.fromkeys(name.owned_key for t in payment.transactions if (name := operation_name(t))))


def replacement_refund(late: Transaction, *, now: datetime) -> AddTransaction:
    """Announces the refund that takes the place of a cancel which came too late.

    Raises ValueError for a transaction that is no operation.
    """
    name = operation_name(late)
    if name is None:
        raise ValueError(f"transaction {late.id} is not an act")
    return AddTransaction(
        TransactionType.REFUND,
        TransactionState.INITIAL,
        late.amount,
        str(OperationName(name.key, REPLACEMENT, part=name.part, principal=name.principal)),
        now,
    )


def has_abandoned(payment: Payment, key: str, *, principal: str | None = None) -> bool:
    """Tells whether an operation under this key was abandoned before: what forbade it then may still hold."""
    asked = OwnedKey(key, principal)
    return any(
        name.owned_key.answers(asked) and name.digest == ABANDONED
        for t in payment.transactions
        if (name := operation_name(t))
    )


def abandon(operations: tuple[Transaction, ...]) -> tuple[Update, ...]:
    """Closes operations that never reached Monext, under a name that makes their key available again."""
    updates: list[Update] = []
    for operation in operations:
        updates.append(ChangeTransactionState(operation.id, TransactionState.FAILURE))
        name = operation_name(operation)
        if name:
            updates.append(ChangeInteractionId(operation.id, str(name.abandoned())))
    return tuple(updates)


def give_up(unsent: tuple[Transaction, ...], *, known: KeyedOperations) -> tuple[Update, ...]:
    """Closes unsent operations of a key that nobody takes up.

    Where none of the key was sent, the key can be used again. Where one was, they stay under it as failed, so
    that its answer tells that a part of the request was not done.
    """
    ids = {t.id for t in unsent}
    if all(t.id in ids for t in known.operations):
        return abandon(unsent)
    named = [(t, name) for t in unsent if (name := operation_name(t))]
    return (
        *(ChangeTransactionState(t.id, TransactionState.FAILURE) for t, _ in named),
        *(ChangeInteractionId(t.id, str(name.marked(None))) for t, name in named if name.mark == UNSENT),
    )


def mark_unsent(operations: tuple[Transaction, ...]) -> tuple[Update, ...]:
    """Marks operations as never sent: whoever comes next with their key uses them again."""
    named = [(t, name) for t in operations if (name := operation_name(t))]
    return tuple(ChangeInteractionId(t.id, str(name.marked(UNSENT))) for t, name in named)


def operation_mark(transaction: Transaction) -> str | None:
    name = operation_name(transaction)
    return name.mark if name else None


def recorded_digest(transaction: Transaction) -> str | None:
    name = operation_name(transaction)
    return name.digest if name else None
