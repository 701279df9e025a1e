"""All transactions of one key: what was asked under it, what a final capture released, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.domain.changes import Change, ChangeInteractionId, ChangeTransactionState
from monext_bridge.domain.intents import FREE, LATE, REST, VOID, IntentName
from monext_bridge.domain.payment import Payment, Transaction, TransactionState, TransactionType

WORST_FIRST = (
    TransactionState.INITIAL,
    TransactionState.FAILURE,
    TransactionState.PENDING,
    TransactionState.SUCCESS,
)


@dataclass(frozen=True, slots=True)
class Family:
    """`sent` are the acts themselves, oldest first; `released` is the rest of a final capture."""

    sent: tuple[Transaction, ...] = ()
    released: Transaction | None = None

    def __bool__(self) -> bool:
        return bool(self.sent)

    @property
    def all(self) -> tuple[Transaction, ...]:
        return (*self.sent, self.released) if self.released else self.sent

    @property
    def waiting(self) -> tuple[Transaction, ...]:
        """Acts whose outcome is open."""
        return tuple(t for t in self.sent if t.state is TransactionState.INITIAL)

    @property
    def is_free(self) -> bool:
        """Certainly never sent: whoever comes next may act under these intents."""
        return any(mark_of(t) == FREE for t in self.waiting)

    @property
    def late_cancel(self) -> Transaction | None:
        """The cancel that Monext refused because the capture was sent for settlement already."""
        return next((t for t in self.sent if mark_of(t) == LATE), None)

    @property
    def refund(self) -> Transaction | None:
        return next((t for t in self.sent if t.type is TransactionType.REFUND), None)

    def is_of(self, name: IntentName) -> bool:
        """Whether the key was used for the same request."""
        names = (IntentName.parse(t.interaction_id) for t in self.sent)
        return all(found is not None and found.digest == name.digest for found in names)

    def worst(self, *, without_late: bool) -> Transaction:
        """The transaction that answers for all. A late cancel does not where a refund stands in for it."""
        stood_in = self.refund is not None and without_late
        answering = [t for t in self.sent if not (stood_in and mark_of(t) == LATE)]
        return min(answering, key=lambda t: WORST_FIRST.index(t.state))


def family(payment: Payment, key: str) -> Family:
    """The transactions under a key; those that were voided have left it."""
    named = [(name, t) for t in payment.transactions if (name := IntentName.parse(t.interaction_id))]
    own = [(name, t) for name, t in named if name.key == key and name.digest != VOID]
    released = next((t for name, t in own if name.digest == REST), None)
    return Family(tuple(t for name, t in own if name.digest != REST), released)


def voided(intents: tuple[Transaction, ...]) -> tuple[Change, ...]:
    """Close intents that never reached Monext, under a name that leaves their key free."""
    changes: list[Change] = []
    for intent in intents:
        changes.append(ChangeTransactionState(intent.id, TransactionState.FAILURE))
        name = IntentName.parse(intent.interaction_id)
        if name:
            changes.append(ChangeInteractionId(intent.id, str(name.voided())))
    return tuple(changes)


def mark_of(transaction: Transaction) -> str | None:
    name = IntentName.parse(transaction.interaction_id)
    return name.mark if name else None
