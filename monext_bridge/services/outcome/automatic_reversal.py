"""Giving back what must not be kept: cancel what is not captured, refund what is."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from monext_bridge.config import StoreSettings
from monext_bridge.domain.operations.by_key import abandon, replacement_refund
from monext_bridge.domain.operations.pending import is_unsent
from monext_bridge.domain.operations.rules import has_room_for
from monext_bridge.domain.outcome.automatic_reversal import (
    is_reversal_open,
    owes_more,
    reversal_announcements,
    reversal_operations,
)
from monext_bridge.domain.record.attempt_status import accepted_transaction, reversal_reason
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState
from monext_bridge.errors import VersionConflict
from monext_bridge.logs import event
from monext_bridge.services.operations.execute import Acts, Sending, reads_alike

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GivingBack:
    """The intent is written by whoever flags the payment, in the same update; this carries it to its end."""

    acts: Acts

    def carry_on(self, payment: Payment, *, store: StoreSettings, just_written: bool) -> Payment:
        """May be called any number of times, by anybody: money is given back once.

        `just_written`: this caller wrote the intents and holds the answer of that write, so it acts. Everybody
        else first finds out at Monext whether it happened.
        """
        taken = accepted_transaction(payment)
        if not is_reversal_open(payment):
            return payment
        if taken is None or taken.interface_id is None:
            raise ValueError(f"payment {payment.id} is flagged and was never accepted")
        sending = Sending(store, taken.interface_id)
        for intent in reversal_operations(payment).sent:
            if intent.state is TransactionState.INITIAL:
                payment = self._carry_on(payment, intent, sending=sending, just_written=just_written)
        return self._return_more(self._refund_instead(payment, sending), sending)

    def _carry_on(
        self, payment: Payment, intent: Transaction, *, sending: Sending, just_written: bool
    ) -> Payment:
        if just_written:
            event(log, "giving_back", level=logging.WARNING, payment=payment.id, why=reversal_reason(payment))
            return self.acts.carry_out(payment, intent, sending=sending)
        if is_unsent(intent) and not has_room_for(payment, (intent,)):
            return self.acts.write(payment, intent, abandon((intent,)))  # others have returned a part
        found = payment if is_unsent(intent) else self.acts.find_out(payment, intent, sending=sending)
        if not reads_alike(found, intent) or not self.acts.never_happened(found, intent, sending=sending):
            return found
        claimed = self.acts.claim(found, intent)
        if claimed is None:
            return found
        own = next(t for t in claimed.transactions if t.id == intent.id)
        return self._carry_on(claimed, own, sending=sending, just_written=True)

    def _refund_instead(self, payment: Payment, sending: Sending) -> Payment:
        """A cancel that came too late: what was captured meanwhile is refunded, under the same key."""
        acts = reversal_operations(payment)
        late = acts.late_cancel
        if late is None or acts.instead is not None:
            return payment
        try:
            written = self.acts.records.write(payment, (replacement_refund(late, now=self.acts.clock()),))
        except VersionConflict:
            return self.acts.records.payment(payment.id)
        refund = reversal_operations(written).instead
        return self.acts.carry_out(written, refund, sending=sending) if refund else written

    def _return_more(self, payment: Payment, sending: Sending) -> Payment:
        """What an act of somebody else had held back, and has turned out not to take."""
        if not owes_more(payment):
            return payment
        before = {t.id for t in payment.transactions}
        try:
            written = self.acts.records.write(payment, reversal_announcements(payment, now=self.acts.clock()))
        except VersionConflict:
            return self.acts.records.payment(payment.id)
        for intent in (t for t in written.transactions if t.id not in before):
            written = self._carry_on(written, intent, sending=sending, just_written=True)
        return written
