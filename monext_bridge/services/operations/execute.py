"""Carries out a capture, cancel or refund at Monext, once.

The operation was announced before: its transaction (`Initial`) was written with the payment's version, so only
one caller can have written it. Monext knows no idempotency. So what was sent is never sent again; it is looked
up in the ledger.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monext_bridge.config import StoreSettings
from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import LedgerRow, OperationAnswer, OperationAnswerKind
from monext_bridge.domain.operations import (
    KIND_OF_TYPE,
    TOO_LATE,
    UNSENT,
    OperationName,
    candidate_rows,
    is_overdue,
    is_unsent,
    matching_row,
)
from monext_bridge.domain.record import (
    ChangeInteractionId,
    ChangeTransactionState,
    ChangeTransactionTimestamp,
    Payment,
    SetTransactionInterfaceId,
    Transaction,
    TransactionState,
    Update,
    part_with,
    with_updates,
)
from monext_bridge.errors import (
    OperationUnknown,
    RemoteError,
    RemoteUnavailable,
    RemoteUnreachable,
    VersionConflict,
)
from monext_bridge.logs import event
from monext_bridge.mapping.monext import CANCEL_TOO_LATE, operation_request
from monext_bridge.runtime import RecordClock, together
from monext_bridge.services.remotes import CommercetoolsRecords, MonextPayments, decide_and_write

log = logging.getLogger(__name__)

RESULT_OF = {
    OperationAnswerKind.DONE: TransactionState.SUCCESS,
    OperationAnswerKind.PENDING: TransactionState.PENDING,
    OperationAnswerKind.REFUSED: TransactionState.FAILURE,
}
STATE_OF_ROW = {
    True: TransactionState.SUCCESS,
    False: TransactionState.FAILURE,
    None: TransactionState.PENDING,
}


@dataclass(frozen=True, slots=True)
class OperationTarget:
    """How an operation is sent: on which part, Monext's transaction, and with what beside its amount and key."""

    store: StoreSettings
    origin: MonextTransactionId
    merchant_reference: str | None = None
    option: str | None = None
    remainder: Transaction | None = None
    """The transaction of the remainder that a final capture releases. It ends as the capture does."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """The ledger row that an operation became. `releases`: a final capture has certainly released the remainder.

    Without an echoed key, a plain capture by the merchant's staff may look the same; then only a row of the
    remainder tells.
    """

    row: LedgerRow
    releases: bool


@dataclass(frozen=True, slots=True)
class OperationExecutor:
    records: CommercetoolsRecords
    monext_payments: MonextPayments
    clock: RecordClock

    def execute(
        self,
        payment: Payment,
        operation: Transaction,
        *,
        target: OperationTarget,
        beside: Alongside | None = None,
    ) -> Payment:
        """Send the operation, once, and write its result. Only whoever announced or claimed it may call this.

        An overdue operation is not sent, because somebody else may have taken it over. Where the outcome is
        unknown, the operation is left as it is. Where it certainly never reached Monext, it is marked unsent.
        `beside` is called at the same time as the result is written. Raises OperationUnknown where Monext answered
        and the answer could not be written: the ledger will tell.
        """
        if is_overdue(operation, now=self.clock.now()):
            then = "held up for so long that somebody else may have taken it over"
            event(log, "operation_not_sent", level=logging.WARNING, payment=payment.id, then=then)
            return payment
        try:
            answer = self._send(operation, target=target)
        except RemoteUnreachable:
            then = "freed; the next call with its key acts"
            event(log, "operation_not_sent", level=logging.WARNING, payment=payment.id, then=then)
            unsent = (operation, target.remainder) if target.remainder else (operation,)
            return self.write(payment, operation, tuple(_mark(t, UNSENT) for t in unsent))
        try:
            return self._record(payment, operation, answer, target=target, beside=beside)
        except RemoteError as error:
            event(log, "operation_not_recorded", level=logging.ERROR, payment=payment.id, why=str(error))
            raise OperationUnknown(
                "Monext answered, and the answer could not be written", remote="monext"
            ) from error

    def _send(self, operation: Transaction, *, target: OperationTarget) -> OperationAnswer:
        """Send the operation. Raises RemoteUnreachable where it certainly did not arrive."""
        body = operation_request(
            amount=operation.amount.cent_amount,
            key=_name(operation).owned_key,
            merchant_reference=target.merchant_reference,
            option=target.option,
        )
        return self.monext_payments.execute(target.store, KIND_OF_TYPE[operation.type], target.origin, body)

    def resolve(self, payment: Payment, operation: Transaction, *, target: OperationTarget) -> Payment:
        """Look up an unresolved operation in Monext's ledger, and write what became of it. Safe at any time.

        An operation that Monext does not list stays open until it is old enough to be sure (`is_overdue`).
        """
        try:
            found = self._look_up(payment, operation, target=target)
        except RemoteUnavailable:
            return payment
        if found is None or (found.row.ok is None and operation.state is TransactionState.PENDING):
            return payment
        updates = _result_of_row(operation, found.row)
        if target.remainder:
            state = STATE_OF_ROW[found.row.ok] if found.releases else TransactionState.FAILURE
            updates = (*updates, ChangeTransactionState(target.remainder.id, state))
        return self.write(payment, operation, updates)

    def claim(self, payment: Payment, operation: Transaction) -> Payment | None:
        """Take over an operation that was never carried out. None where another process was first."""
        try:
            return self.records.write(payment, self.claim_updates((operation,)))
        except VersionConflict:
            return None

    def claim_updates(self, operations: Sequence[Transaction]) -> tuple[Update, ...]:
        """Return the updates that take operations over: their time becomes now, and their mark unsent is removed."""
        updates: list[Update] = []
        for operation in operations:
            updates.append(ChangeTransactionTimestamp(operation.id, self.clock.stamp()))
            if is_unsent(operation):
                updates.append(_mark(operation, None))
        return tuple(updates)

    def certainly_not_executed(
        self, payment: Payment, operation: Transaction, *, target: OperationTarget
    ) -> bool:
        """Whether Monext certainly did not carry the operation out.

        It is marked unsent, or it is overdue and not in a readable ledger.
        """
        if is_unsent(operation):
            return True
        if not is_overdue(operation, now=self.clock.now()):
            return False
        try:
            return self._look_up(payment, operation, target=target) is None
        except RemoteUnavailable:
            return False

    def write(self, payment: Payment, operation: Transaction, changes: Sequence[Update]) -> Payment:
        """Write what became of an operation.

        Where another writer was faster, it is written only if the operation still reads as it did.
        """

        def write(current: Payment) -> Payment:
            settled_by_another = current is not payment and not is_unchanged(current, operation)
            return current if settled_by_another else self.records.write(current, changes)

        return decide_and_write(
            payment,
            write,
            again=lambda _: self.records.payment(payment.id),
            what=f"payment {payment.id}",
        )

    def _look_up(
        self, payment: Payment, operation: Transaction, *, target: OperationTarget
    ) -> FoundRow | None:
        """Return the ledger row of the operation, if any. Raises RemoteUnavailable where the ledger can't be read."""
        ledger = self.monext_payments.ledger(target.store, target.origin)
        if not ledger.readable:
            raise RemoteUnavailable(ledger.why_unreadable, remote="monext")
        if operation.interface_id:
            known = next((row for row in ledger.rows if row.id == operation.interface_id), None)
            return FoundRow(known, releases=True) if known else None
        part = part_with(payment, operation)
        rows = candidate_rows(operation, payment=part, ledger=ledger)
        keys = {row.id: self.monext_payments.echoed_key(target.store, row.id) for row in rows}
        row = matching_row(operation, payment=part, ledger=ledger, keys=keys)
        if row is None:
            return None
        remainder = target.remainder
        listed = remainder is not None and bool(candidate_rows(remainder, payment=part, ledger=ledger))
        return FoundRow(row, releases=listed or keys[row.id] is not None)

    def _record(
        self,
        payment: Payment,
        operation: Transaction,
        answer: OperationAnswer,
        *,
        target: OperationTarget,
        beside: Alongside | None,
    ) -> Payment:
        if answer.kind is OperationAnswerKind.UNKNOWN:
            then = f"intent left open, the ledger will tell: {answer.detail}"
            code = answer.code or None
            event(log, "operation_unknown", level=logging.ERROR, payment=payment.id, code=code, then=then)
            return payment
        if answer.kind is OperationAnswerKind.REFUSED:
            event(log, "operation_rejected", level=logging.ERROR, payment=payment.id, code=answer.code)
        updates = _result_of_answer(operation, answer, remainder=target.remainder)
        if beside is None:
            return self.write(payment, operation, updates)
        expected = with_updates(payment, updates)
        written, _ = together(lambda: self.write(payment, operation, updates), lambda: beside(expected))
        return written


Alongside = Callable[[Payment], object]
"""What is called while a result is written, with the payment as it will read."""


def is_unchanged(payment: Payment, operation: Transaction) -> bool:
    """Whether nobody has changed this operation since it was read."""
    now = next((t for t in payment.transactions if t.id == operation.id), None)
    return now is not None and (now.state, now.interaction_id, now.timestamp) == (
        operation.state,
        operation.interaction_id,
        operation.timestamp,
    )


def _name(operation: Transaction) -> OperationName:
    name = OperationName.parse(operation.interaction_id)
    if name is None:
        raise ValueError(f"transaction {operation.id} is not the intent of an act")
    return name


def _mark(operation: Transaction, mark: str | None) -> ChangeInteractionId:
    """Return the update that sets a mark. None removes it: the name reads `<key>~<digest>` again."""
    return ChangeInteractionId(operation.id, str(_name(operation).marked(mark)))


def _result_of_answer(
    operation: Transaction, answer: OperationAnswer, *, remainder: Transaction | None
) -> tuple[Update, ...]:
    state = RESULT_OF[answer.kind]
    updates: list[Update] = [ChangeTransactionState(operation.id, state)]
    if answer.transaction_id:
        updates.append(SetTransactionInterfaceId(operation.id, answer.transaction_id))
    if answer.code == CANCEL_TOO_LATE:
        updates.append(_mark(operation, TOO_LATE))
    if remainder:
        updates.append(ChangeTransactionState(remainder.id, state))
    return tuple(updates)


def _result_of_row(operation: Transaction, row: LedgerRow) -> tuple[Update, ...]:
    state = ChangeTransactionState(operation.id, STATE_OF_ROW[row.ok])
    return (state,) if operation.interface_id else (state, SetTransactionInterfaceId(operation.id, row.id))
