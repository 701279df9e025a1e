"""Defines what is asked for under an operation key, what is announced and ready to be sent, and its result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monext_bridge.domain.ids import MonextTransactionId, RecordTransactionId
from monext_bridge.domain.monext import Ledger
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import (
    Capture,
    KeyedOperations,
    Operation,
    OperationName,
    OperationNotAllowed,
    is_authorization_over,
    operation_digest,
    operations_of_key,
)
from monext_bridge.domain.record import Payment, Transaction, TransactionState
from monext_bridge.services.operations.actor import Actor
from monext_bridge.services.operations.execute import OperationTarget
from monext_bridge.services.operations.order_payment_state import OrderStateUpdater


class OperationOutcome(StrEnum):
    """An outcome, in the words of commercetools' payment connectors. RECEIVED: Monext has it; it is not final."""

    APPROVED = "approved"
    RECEIVED = "received"
    REJECTED = "rejected"


OUTCOME_OF = {
    TransactionState.SUCCESS: OperationOutcome.APPROVED,
    TransactionState.PENDING: OperationOutcome.RECEIVED,
    TransactionState.FAILURE: OperationOutcome.REJECTED,
}


@dataclass(frozen=True, slots=True)
class OperationResult:
    """The result of a request: the worst outcome of its operations, and the ids of the first part's."""

    outcome: OperationOutcome
    transaction_id: RecordTransactionId
    interface_id: MonextTransactionId | None


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """An operation under its actor's key. The digest tells whether a key comes again with the same request.

    `still_due` says of a reading whether the operation is still to be announced on it.
    """

    operation: Operation
    key: str
    merchant_reference: str | None
    by: Actor
    still_due: Callable[[Payment], bool] | None = None

    @property
    def name(self) -> OperationName:
        digest = operation_digest(self.operation, merchant_reference=self.merchant_reference)
        return OperationName(self.key, digest, principal=self.by.principal)

    def recorded(self, payment: Payment) -> KeyedOperations:
        """Return the operations that the record, or a part of it, has under the actor's key."""
        return operations_of_key(payment, self.key, principal=self.by.principal)

    def check_amount(self, amounts: Iterable[Money]) -> None:
        """Raise Forbidden where the amounts of the act are more in all than its actor's limit."""
        first, *others = amounts
        self.by.check_amount(first.plus_all(others))


@dataclass(frozen=True, slots=True)
class AnnouncedOperations:
    """Operations that are announced in the record and that this caller carries out.

    `targets` say how each of them is sent.
    """

    payment: Payment
    order: OrderStateUpdater
    targets: Mapping[RecordTransactionId, OperationTarget]


def own_operations(
    before: Payment, after: Payment, claimed: tuple[Transaction, ...]
) -> tuple[Transaction, ...]:
    """Return the operations that this caller's write has announced or taken over, as they read now."""
    old = {t.id for t in before.transactions} - {t.id for t in claimed}
    return tuple(t for t in after.transactions if t.id not in old)


def capture_option(
    operation: Operation, part: Payment, ledger: Ledger, *, now: datetime, late_capture: bool
) -> str | None:
    """Return Monext's `option` of a capture on a part (None: STANDARD).

    Raises OperationNotAllowed for a capture that comes too late.
    """
    if not isinstance(operation, Capture):
        return None
    if not is_authorization_over(part, now=now, ledger=ledger):
        return "FINAL" if operation.final else None
    if not late_capture:
        raise OperationNotAllowed("the authorisation is over seven days old, and LATE_CAPTURE is off")
    if operation.final:
        raise OperationNotAllowed("after seven days nothing is left that a final capture could release")
    return "LATE_DELIVERY"
