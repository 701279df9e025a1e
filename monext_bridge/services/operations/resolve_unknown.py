"""Finds out in Monext's ledger what became of operations of unknown outcome, whoever asked for them.

Safe at any time.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from monext_bridge.config import Settings
from monext_bridge.domain.operations import (
    REVERSAL_PREFIX,
    OwnedKey,
    give_up,
    operation_keys,
    operations_of_key,
)
from monext_bridge.domain.record import (
    AttemptKey,
    ChangeTransactionState,
    Payment,
    Transaction,
    TransactionState,
    accepted_transaction,
    part_with,
    parts,
)
from monext_bridge.errors import Conflict
from monext_bridge.logs import event
from monext_bridge.services.operations.execute import OperationExecutor, OperationTarget, is_unchanged

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UnknownOutcomeResolver:
    settings: Settings
    executor: OperationExecutor

    def target(self, part: Payment) -> OperationTarget:
        """Return how operations on a part of a payment are sent.

        Raises Conflict for a payment that was not accepted, StoreNotConfigured.
        """
        accepted, key = accepted_transaction(part), AttemptKey.parse(part.key)
        if accepted is None or accepted.interface_id is None or key is None:
            raise Conflict("the payment was not accepted: nothing can be done to it")
        return OperationTarget(self.settings.store(key.store_key), accepted.interface_id)

    def resolve_key(self, payment: Payment, owned: OwnedKey) -> Payment:
        """Look up the operations of one key of a principal and return the payment.

        On each part, those that were sent come first, then the remainder of a final capture.
        """
        for part in parts(payment):
            known = operations_of_key(part, owned.key, principal=owned.principal)
            for operation in known.under_way:
                target = replace(self.target(part), remainder=known.remainder)
                payment = self._resolve_operation(payment, operation, target=target)
        return self._close_remainders(payment, owned)

    def resolve_all(self, payment: Payment) -> Payment:
        """Do the same for every key of every principal.

        Automatic reversals have their own way to go on (`AutomaticReversal`).
        """
        for owned in operation_keys(payment):
            if not owned.key.startswith(REVERSAL_PREFIX):
                payment = self.resolve_key(payment, owned)
        return payment

    def close_unsent(self, payment: Payment) -> Payment:
        """Give up what certainly never reached Monext.

        Only its caller knows whether it is still needed. Automatic reversals are left alone.
        """
        for owned in operation_keys(payment):
            known = operations_of_key(payment, owned.key, principal=owned.principal)
            if known.unsent and not owned.key.startswith(REVERSAL_PREFIX):
                event(
                    log,
                    "operation_abandoned",
                    payment=payment.id,
                    operation=owned.key,
                    principal=owned.principal,
                    then="nothing of it is sent any more",
                )
                closing = give_up(known.unsent, known=known)
                payment = self.executor.write(payment, known.unsent[0], closing)
        return payment

    def resolve_reversal(self, payment: Payment) -> Payment:
        """Look up the operations of an automatic reversal that Monext has received.

        Their end is written where Monext has one by now.
        """
        for operation in operations_of_key(payment, f"{REVERSAL_PREFIX}{payment.interface_id}").operations:
            if operation.state is TransactionState.PENDING:
                target = self.target(part_with(payment, operation))
                payment = self.executor.resolve(payment, operation, target=target)
        return payment

    def _resolve_operation(
        self, payment: Payment, operation: Transaction, *, target: OperationTarget
    ) -> Payment:
        """Look up one operation in the ledger.

        An overdue one that the ledger does not list never happened, and is closed as Failure.
        """
        found = self.executor.resolve(payment, operation, target=target)
        is_open = is_unchanged(found, operation) and operation.state is TransactionState.INITIAL
        if not is_open or not self.executor.certainly_not_executed(found, operation, target=target):
            return found
        ended = (operation, target.remainder) if target.remainder else (operation,)
        failed = tuple(ChangeTransactionState(t.id, TransactionState.FAILURE) for t in ended)
        return self.executor.write(found, operation, failed)

    def _close_remainders(self, payment: Payment, owned: OwnedKey) -> Payment:
        """End what a final capture releases as the capture of its part did.

        A crash may have come between the two.
        """
        for part in parts(payment):
            known = operations_of_key(part, owned.key, principal=owned.principal)
            remainder, state = known.remainder, known.operations[0].state if known.operations else None
            is_ended = state in (TransactionState.SUCCESS, TransactionState.FAILURE)
            if state and is_ended and remainder and remainder.state is TransactionState.INITIAL:
                ended = (ChangeTransactionState(remainder.id, state),)
                payment = self.executor.write(payment, remainder, ended)
        return payment
