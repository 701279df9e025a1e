"""Giving back what must not be kept: cancel what is not captured, refund what is."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from monext_bridge.config import StoreSettings
from monext_bridge.domain.operations import abandon, has_room_for, is_unsent, replacement_refund
from monext_bridge.domain.outcome import (
    is_reversal_open,
    owes_more,
    reversal_announcements,
    reversal_operations,
)
from monext_bridge.domain.record import (
    Payment,
    Transaction,
    TransactionState,
    accepted_transaction,
    reversal_reason,
)
from monext_bridge.errors import VersionConflict
from monext_bridge.logs import event
from monext_bridge.services.operations import OperationExecutor, OperationTarget, is_unchanged

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AutomaticReversal:
    """The intent is written by whoever flags the payment, in the same update; this carries it to its end."""

    operations: OperationExecutor

    def continue_reversal(self, payment: Payment, *, store: StoreSettings, just_written: bool) -> Payment:
        """May be called any number of times, by anybody: money is given back once.

        `just_written`: this caller wrote the intents and holds the answer of that write, so it acts. Everybody
        else first finds out at Monext whether it happened.
        """
        taken = accepted_transaction(payment)
        if not is_reversal_open(payment):
            return payment
        if taken is None or taken.interface_id is None:
            raise ValueError(f"payment {payment.id} is flagged and was never accepted")
        target = OperationTarget(store, taken.interface_id)
        for operation in reversal_operations(payment).sent:
            if operation.state is TransactionState.INITIAL:
                payment = self._continue(payment, operation, target=target, just_written=just_written)
        return self._return_more(self._refund_instead(payment, target), target)

    def _continue(
        self, payment: Payment, operation: Transaction, *, target: OperationTarget, just_written: bool
    ) -> Payment:
        if just_written:
            event(log, "giving_back", level=logging.WARNING, payment=payment.id, why=reversal_reason(payment))
            return self.operations.execute(payment, operation, target=target)
        if is_unsent(operation) and not has_room_for(payment, (operation,)):
            return self.operations.write(
                payment, operation, abandon((operation,))
            )  # others have returned a part
        found = (
            payment if is_unsent(operation) else self.operations.resolve(payment, operation, target=target)
        )
        if not is_unchanged(found, operation) or not self.operations.certainly_not_executed(
            found, operation, target=target
        ):
            return found
        claimed = self.operations.claim(found, operation)
        if claimed is None:
            return found
        own = next(t for t in claimed.transactions if t.id == operation.id)
        return self._continue(claimed, own, target=target, just_written=True)

    def _refund_instead(self, payment: Payment, target: OperationTarget) -> Payment:
        """A cancel that came too late: what was captured meanwhile is refunded, under the same key."""
        operations = reversal_operations(payment)
        late = operations.late_cancel
        if late is None or operations.instead is not None:
            return payment
        try:
            written = self.operations.records.write(
                payment, (replacement_refund(late, now=self.operations.clock()),)
            )
        except VersionConflict:
            return self.operations.records.payment(payment.id)
        refund = reversal_operations(written).instead
        return self.operations.execute(written, refund, target=target) if refund else written

    def _return_more(self, payment: Payment, target: OperationTarget) -> Payment:
        """What an act of somebody else had held back, and has turned out not to take."""
        if not owes_more(payment):
            return payment
        before = {t.id for t in payment.transactions}
        try:
            written = self.operations.records.write(
                payment, reversal_announcements(payment, now=self.operations.clock())
            )
        except VersionConflict:
            return self.operations.records.payment(payment.id)
        for operation in (t for t in written.transactions if t.id not in before):
            written = self._continue(written, operation, target=target, just_written=True)
        return written
