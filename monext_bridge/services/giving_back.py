"""Giving back what must not be kept: cancel what is not captured, refund what is."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from monext_bridge.config import StoreSettings
from monext_bridge.domain.changes import AddTransaction
from monext_bridge.domain.families import mark_of
from monext_bridge.domain.intents import GIVE_BACK_PREFIX, LATE, IntentName
from monext_bridge.domain.payment import Payment, Transaction, TransactionState, TransactionType
from monext_bridge.domain.standing import accepted, flag_of
from monext_bridge.errors import VersionConflict
from monext_bridge.logs import event
from monext_bridge.services.acts import Acts, Sending

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GivingBack:
    """The intent is written by whoever flags the payment, in the same update; this carries it to its end."""

    acts: Acts

    def carry_on(self, payment: Payment, *, store: StoreSettings, just_written: bool) -> Payment:
        """May be called any number of times, by anybody: money is given back once.

        `just_written`: this caller wrote the intent and holds the answer of that write, so it acts. Everybody
        else first finds out at Monext whether it happened.
        """
        intent, taken = give_back_intent(payment), accepted(payment)
        if intent is None or not is_open(payment):
            return payment
        if taken is None or taken.interface_id is None:
            raise ValueError(f"payment {payment.id} is flagged and was never accepted")
        sending = Sending(store, taken.interface_id)
        if intent.state is TransactionState.FAILURE:
            return self._refund_instead(payment, sending)
        if just_written:
            event(log, "giving_back", level=logging.WARNING, payment=payment.id, why=flag_of(payment))
            return self._refund_instead(self.acts.carry_out(payment, intent, sending=sending), sending)
        found = self.acts.find_out(payment, intent, sending=sending)
        if not is_open(found) or not self.acts.never_happened(found, intent, sending=sending):
            return found
        claimed = self.acts.claim(found, intent)
        return self.carry_on(claimed, store=store, just_written=True) if claimed else found

    def _refund_instead(self, payment: Payment, sending: Sending) -> Payment:
        """A cancel that came too late: what was captured meanwhile is refunded, under the same key."""
        intent = give_back_intent(payment)
        if intent is None or mark_of(intent) != LATE:
            return payment
        refund = AddTransaction(
            TransactionType.REFUND,
            TransactionState.INITIAL,
            intent.amount,
            _refund_name(payment, intent),
            self.acts.clock(),
        )
        try:
            written = self.acts.records.write(payment, (refund,))
        except VersionConflict:
            return self.acts.records.payment(payment.id)
        return self.acts.carry_out(written, written.transactions[-1], sending=sending)


def give_back_intent(payment: Payment) -> Transaction | None:
    """The transaction that gives the money back, the newest where there are several."""
    key = f"{GIVE_BACK_PREFIX}{payment.interface_id}"
    found = [
        t for t in payment.transactions if (name := IntentName.parse(t.interaction_id)) and name.key == key
    ]
    return found[-1] if found else None


def is_open(payment: Payment) -> bool:
    """Whether the money's way back is still unknown, or ended at a cancel that came too late."""
    intent = give_back_intent(payment)
    if intent is None:
        return False
    return intent.state is TransactionState.INITIAL or mark_of(intent) == LATE


def is_given_back(payment: Payment) -> bool:
    intent = give_back_intent(payment)
    return intent is not None and intent.state is TransactionState.SUCCESS


def is_refused(payment: Payment) -> bool:
    """Monext will not give the money back: somebody has to look into it."""
    intent = give_back_intent(payment)
    return intent is not None and intent.state is TransactionState.FAILURE and mark_of(intent) != LATE


def _refund_name(payment: Payment, late: Transaction) -> str:
    name = IntentName.parse(late.interaction_id)
    return str(name.marked(None)) if name else f"{GIVE_BACK_PREFIX}{payment.interface_id}"
