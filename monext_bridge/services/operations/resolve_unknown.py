"""Acts whose end is not known: found out in Monext's ledger, whoever asked for them; safe at any time."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from monext_bridge.config import Settings
from monext_bridge.domain.operations import REVERSAL_PREFIX, abandon, operation_keys, operations_of_key
from monext_bridge.domain.record import (
    AttemptKey,
    ChangeTransactionState,
    Payment,
    Transaction,
    TransactionState,
    accepted_transaction,
)
from monext_bridge.errors import Conflict
from monext_bridge.logs import event
from monext_bridge.services.operations.execute import OperationExecutor, OperationTarget, is_unchanged

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UnknownOutcomeResolver:
    settings: Settings
    operations: OperationExecutor

    def target(self, payment: Payment) -> OperationTarget:
        """How acts of a payment go out. Raises Conflict for one that was not accepted, StoreNotConfigured."""
        taken, key = accepted_transaction(payment), AttemptKey.parse(payment.key)
        if taken is None or taken.interface_id is None or key is None:
            raise Conflict("the payment was not accepted: nothing can be done to it")
        return OperationTarget(self.settings.store(key.store_key), taken.interface_id)

    def resolve_key(self, payment: Payment, key: str) -> Payment:
        """The payment with the acts of one key looked up: those that were sent, then what a final one released."""
        known = operations_of_key(payment, key)
        if known.under_way:
            target = replace(self.target(payment), released=known.released)
            for operation in known.under_way:
                payment = self._find_out(payment, operation, target=target)
        return self._close_rest(payment, key)

    def resolve_all(self, payment: Payment) -> Payment:
        """The same for every key of a caller or a shipment. What gives money back has its own way to go on."""
        for key in operation_keys(payment):
            if not key.startswith(REVERSAL_PREFIX):
                payment = self.resolve_key(payment, key)
        return payment

    def close_unsent(self, payment: Payment) -> Payment:
        """Close as void what certainly never left: whether it is still wanted, its caller knows."""
        for key in operation_keys(payment):
            free = operations_of_key(payment, key).free
            if free and not key.startswith(REVERSAL_PREFIX):
                event(
                    log, "act_closed_unsent", payment=payment.id, operation=key, then="its key is free again"
                )
                payment = self.operations.write(payment, free[0], abandon(free))
        return payment

    def resolve_reversal(self, payment: Payment) -> Payment:
        """What gives money back and was received: its end, where Monext has one by now."""
        for operation in operations_of_key(payment, f"{REVERSAL_PREFIX}{payment.interface_id}").sent:
            if operation.state is TransactionState.PENDING:
                payment = self.operations.resolve(payment, operation, target=self.target(payment))
        return payment

    def _find_out(self, payment: Payment, operation: Transaction, *, target: OperationTarget) -> Payment:
        """From the ledger; an intent that is old and not in it never happened, and is closed as Failure."""
        found = self.operations.resolve(payment, operation, target=target)
        waits = is_unchanged(found, operation) and operation.state is TransactionState.INITIAL
        if not waits or not self.operations.certainly_not_executed(found, operation, target=target):
            return found
        ended = (operation, target.released) if target.released else (operation,)
        failed = tuple(ChangeTransactionState(t.id, TransactionState.FAILURE) for t in ended)
        return self.operations.write(found, operation, failed)

    def _close_rest(self, payment: Payment, key: str) -> Payment:
        """What a final capture releases ends as the capture did; a crash may have come between."""
        known = operations_of_key(payment, key)
        rest = known.released
        if rest is None or rest.state is not TransactionState.INITIAL or not known.sent:
            return payment
        state = known.sent[0].state
        if state in (TransactionState.INITIAL, TransactionState.PENDING):
            return payment
        return self.operations.write(payment, rest, (ChangeTransactionState(rest.id, state),))
