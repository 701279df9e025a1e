"""What every flow has: the remotes, the time, the ledgers of a payment's parts, and the write of a result."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import Ledger, LedgerRow
from monext_bridge.domain.operations.by_key import mark_unsent
from monext_bridge.domain.operations.pending import (
    OperationName,
    candidate_rows,
    is_overdue,
    is_unsent,
    matching_row,
    operation_name,
)
from monext_bridge.domain.record.parts import accepted_transaction, further_part, part_with, parts
from monext_bridge.domain.record.payment import Payment, Transaction
from monext_bridge.domain.record.updates import ChangeInteractionId, ChangeTransactionTimestamp, Update
from monext_bridge.services.operations.execute import is_unchanged
from tests.domain.commercetools_in_memory import Conflict, Shop
from tests.domain.concurrent_flows.results import result_of_answer, result_of_row
from tests.domain.monext_in_memory import Monext

Steps = Generator[None, None, None]
Paying = Generator[None, None, Payment]
TRIES = 10


@dataclass(frozen=True)
class Conditions:
    """What becomes of an operation that is sent, and whether the ledger is read before the operation is announced.

    Of an operation that is made on several parts, the first `spared` ones go as they should.
    """

    reached: bool = True
    answered: bool = True
    refused: bool = False
    pending: bool = False
    readable: bool = True
    ledger_first: bool = False
    spared: int = 0

    def of(self, number: int) -> Conditions:
        return NORMAL if number < self.spared else self


NORMAL = Conditions()


@dataclass
class Process:
    """`now` is the time by which this process stamps the records and judges how old they are."""

    shop: Shop
    monext: Monext
    now: datetime

    def ledgers(self, payment: Payment) -> Mapping[MonextTransactionId | None, Ledger]:
        return {further_part(part): self.monext.ledger(origin(part)) for part in parts(payment)}

    def sends_one(
        self,
        payment: Payment,
        operation: Transaction,
        *,
        conditions: Conditions,
        rest: Transaction | None = None,
        final: bool = False,
    ) -> Paying:
        """Send an operation, once, and write what became of it and of the remainder that it releases."""
        if not conditions.reached:
            return self.writes(payment, operation, mark_unsent((operation, rest) if rest else (operation,)))
        answer = self.monext.execute(
            origin(part_with(payment, operation)),
            operation,
            pending=conditions.pending,
            refused=conditions.refused,
            final=final,
        )
        yield
        return (
            self.writes(payment, operation, result_of_answer(operation, answer, rest))
            if conditions.answered
            else payment
        )

    def resolves_one(
        self, payment: Payment, operation: Transaction, *, rest: Transaction | None = None
    ) -> Paying:
        """Find out what became of one operation.

        A capture that is recognised only by its amount did not release the remainder, unless that is listed.
        """
        part = part_with(payment, operation)
        ledger, row = self.monext.ledger(origin(part)), self._row_of(part, operation)
        yield
        if row is None or (row.ok is None and operation.state is operation.state.PENDING):
            return payment
        listed = rest is not None and bool(candidate_rows(rest, payment=part, ledger=ledger))
        released = bool(operation.interface_id) or listed or self.monext.echoed_key(row.id) is not None
        return self.writes(payment, operation, result_of_row(operation, row, rest, released=released))

    def never_happened(self, payment: Payment, operation: Transaction) -> bool:
        old = is_overdue(operation, now=self.now)
        return is_unsent(operation) or (
            old and self._row_of(part_with(payment, operation), operation) is None
        )

    def unmarked(self, operations: Iterable[Transaction]) -> tuple[Update, ...]:
        """Give the updates that take operations over."""
        changes: list[Update] = []
        for operation in operations:
            changes.append(ChangeTransactionTimestamp(operation.id, self.now))
            if is_unsent(operation):
                changes.append(ChangeInteractionId(operation.id, str(name_of(operation).marked(None))))
        return tuple(changes)

    def writes(self, payment: Payment, operation: Transaction, changes: Iterable[Update]) -> Payment:
        """Write what became of an operation. After a conflict, write only if the operation still reads as it did."""
        changes = tuple(changes)
        try:
            return self.shop.write(payment, changes)
        except Conflict:
            current = self.shop.payments[payment.id]
            return self.shop.write(current, changes) if is_unchanged(current, operation) else current

    def _row_of(self, part: Payment, operation: Transaction) -> LedgerRow | None:
        ledger = self.monext.ledger(origin(part))
        if operation.interface_id:
            return next((row for row in ledger.rows if row.id == operation.interface_id), None)
        keys = {
            row.id: self.monext.echoed_key(row.id)
            for row in candidate_rows(operation, payment=part, ledger=ledger)
        }
        return matching_row(operation, payment=part, ledger=ledger, keys=keys)


def name_of(operation: Transaction) -> OperationName:
    name = operation_name(operation)
    assert name is not None
    return name


def origin(part: Payment) -> MonextTransactionId:
    """Give the transaction at Monext on which the operations of a part are made."""
    accepted = accepted_transaction(part)
    assert accepted is not None
    assert accepted.interface_id is not None
    return accepted.interface_id
