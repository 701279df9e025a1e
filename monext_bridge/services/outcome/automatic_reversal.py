"""Carries out automatic reversals: cancels money that is not captured, and refunds money that is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from monext_bridge.config import StoreSettings
from monext_bridge.domain.operations import abandon, has_room_for, is_unsent, replacement_refund
from monext_bridge.domain.outcome import (
    is_reversal_open,
    owes_more,
    reversal_announcements,
    reversal_operations,
    reversed_parts,
)
from monext_bridge.domain.record import (
    AddTransaction,
    Payment,
    Transaction,
    TransactionState,
    accepted_transaction,
    part_with,
    reversal_reason,
)
from monext_bridge.errors import VersionConflict
from monext_bridge.gateways.commercetools import acting_as
from monext_bridge.logs import event
from monext_bridge.runtime import RecordClock
from monext_bridge.services.operations import (
    Actor,
    OperationExecutor,
    OperationTarget,
    audited_reversal,
    is_unchanged,
    outcome_of,
)
from monext_bridge.services.outcome.alarms import reversing_principal
from monext_bridge.services.remotes import CommercetoolsRecords

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AutomaticReversal:
    """Carries a reversal to its end.

    Its pending operations are written by whoever sets the reversal reason, in the same update.
    """

    records: CommercetoolsRecords
    executor: OperationExecutor
    clock: RecordClock

    def continue_reversal(self, payment: Payment, *, store: StoreSettings, just_written: bool) -> Payment:
        """Go on with the reversal of a payment. Anybody may call it, any number of times: the money goes back once.

        `just_written`: this caller wrote the pending operations and holds the answer of that write, so it sends
        them. Every other caller first finds out at Monext whether they were carried out.
        """
        if not is_reversal_open(payment):
            return payment
        with acting_as(reversing_principal()):
            return self._go_on(payment, store=store, just_written=just_written)

    def _go_on(self, payment: Payment, *, store: StoreSettings, just_written: bool) -> Payment:
        for operation in reversal_operations(payment).operations:
            if operation.state is TransactionState.INITIAL:
                payment = self._continue(payment, operation, store=store, just_written=just_written)
        return self._reverse_more(self._refund_instead(payment, store=store), store=store)

    def _continue(
        self, payment: Payment, operation: Transaction, *, store: StoreSettings, just_written: bool
    ) -> Payment:
        target = _target(payment, operation, store=store)
        if just_written:
            return self._send(payment, operation, target=target)
        if is_unsent(operation) and not has_room_for(payment, (operation,)):
            # Others have sent back a part of the money meanwhile.
            return self.executor.write(payment, operation, abandon((operation,)))
        found = payment if is_unsent(operation) else self.executor.resolve(payment, operation, target=target)
        if not is_unchanged(found, operation) or not self.executor.certainly_not_executed(
            found, operation, target=target
        ):
            return found
        claimed = self.executor.claim(found, operation)
        if claimed is None:
            return found
        own = next(t for t in claimed.transactions if t.id == operation.id)
        return self._continue(claimed, own, store=store, just_written=True)

    def _send(self, payment: Payment, operation: Transaction, *, target: OperationTarget) -> Payment:
        why = reversal_reason(payment)
        event(log, "reversal_sent", level=logging.WARNING, payment=payment.id, why=why)
        with audited_reversal(payment, operation, by=Actor(reversing_principal())) as told:
            after = self.executor.execute(payment, operation, target=target)
            told.outcome = outcome_of(next((t for t in after.transactions if t.id == operation.id), None))
        return after

    def _refund_instead(self, payment: Payment, *, store: StoreSettings) -> Payment:
        """Where the cancel of a part came too late, refund what was captured meanwhile.

        The refund has the same key as the cancel.
        """
        of_parts = [reversal_operations(part) for part in reversed_parts(payment)]
        late = [own.late_cancel for own in of_parts if own.late_cancel and own.replacement is None]
        return self._add(
            payment, [replacement_refund(each, now=self.clock.stamp()) for each in late], store=store
        )

    def _reverse_more(self, payment: Payment, *, store: StoreSettings) -> Payment:
        """Reverse what somebody else's operation had held back, and has turned out not to take."""
        if not owes_more(payment):
            return payment
        announced = reversal_announcements(payment, now=self.clock.stamp(), principal=reversing_principal())
        return self._add(payment, announced, store=store)

    def _add(self, payment: Payment, announced: Sequence[AddTransaction], *, store: StoreSettings) -> Payment:
        """Announce further operations and send them. Where another writer was faster, that one goes on."""
        before = {t.id for t in payment.transactions}
        try:
            written = self.records.write(payment, announced)
        except VersionConflict:
            return self.records.payment(payment.id)
        for operation in (t for t in written.transactions if t.id not in before):
            written = self._continue(written, operation, store=store, just_written=True)
        return written


def _target(payment: Payment, operation: Transaction, *, store: StoreSettings) -> OperationTarget:
    accepted = accepted_transaction(part_with(payment, operation))
    if accepted is None or accepted.interface_id is None:
        raise ValueError(f"payment {payment.id} goes back and was never accepted")
    return OperationTarget(store, accepted.interface_id)
