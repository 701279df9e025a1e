"""Records the outcome of a session: reads record, cart and Monext's answer, decides, and writes the difference.

It may run any number of times. The browser and the notification are only hints; the fact is Monext's answer to
our own question. The order of writes is: our record first, then the money that must not be kept, then the
order. A crash after any of them leaves something that the next call finishes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from monext_bridge.config import Settings, StoreSettings
from monext_bridge.domain.checkout import is_session_over
from monext_bridge.domain.monext import AcceptedTransaction, FailureReason, Outcome, OutcomeKind
from monext_bridge.domain.outcome import (
    PaymentContext,
    close_as_cancelled,
    decide,
)
from monext_bridge.domain.record import (
    AttemptStatus,
    Payment,
    Update,
    attempt_status,
)
from monext_bridge.errors import (
    RemoteError,
)
from monext_bridge.logs import event
from monext_bridge.runtime import RecordClock
from monext_bridge.services.outcome.alarms import own_outcome, reversing_principal, write_and_alarm
from monext_bridge.services.outcome.context import ContextReader, store_key_of, with_payment
from monext_bridge.services.outcome.finish_outcome import OutcomeFinisher
from monext_bridge.services.remotes import CommercetoolsRecords, MonextPayments, decide_and_write
from monext_bridge.services.results import PaymentReference

log = logging.getLogger(__name__)

CANCELLED_BY_BUYER = Outcome(
    OutcomeKind.FAILED,
    title="CANCELLED",
    code="02306",
    detail="Cancelled by the buyer before paying",
    reason=FailureReason.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class RecordedOutcome:
    """The result of recording an outcome. `trouble` is why something is left to do, None where nothing is."""

    context: PaymentContext
    outcome: Outcome | None
    trouble: RemoteError | None = None


@dataclass(frozen=True, slots=True)
class OutcomeRecorder:
    settings: Settings
    records: CommercetoolsRecords
    contexts: ContextReader
    monext_payments: MonextPayments
    finisher: OutcomeFinisher
    clock: RecordClock

    def is_session_over(self, payment: Payment, store: StoreSettings) -> bool:
        """Whether the session can't be paid any more, by our clock and the store's `session_minutes`."""
        return is_session_over(payment, now=self.clock.now(), minutes=store.session_minutes)

    def record(
        self,
        reference: PaymentReference,
        context: PaymentContext,
        *,
        outcome: Outcome | None,
        cancelled_by_buyer: bool = False,
    ) -> RecordedOutcome:
        """Write what `outcome` means, then finish what the record asks for.

        `outcome` is None where Monext need not be asked. `cancelled_by_buyer` is True where the buyer cancels:
        a session that was not begun is then closed. Raises RemoteError only while nothing could be written.
        """
        store = self.settings.store(store_key_of(context))
        checked, accepted = self._outcome_and_accepted(context.payment, outcome, store=store)
        written, changed = self._write(
            reference, context, outcome=checked, accepted=accepted, cancelled_by_buyer=cancelled_by_buyer
        )
        try:
            finished = self.finisher.finish(reference, written, store=store, changed=changed)
        except RemoteError as error:
            event(
                log, "outcome_unfinished", level=logging.ERROR, payment=reference.payment_id, why=str(error)
            )
            return RecordedOutcome(written, checked, trouble=error)
        return RecordedOutcome(finished, checked)

    def _outcome_and_accepted(
        self, payment: Payment, outcome: Outcome | None, *, store: StoreSettings
    ) -> tuple[Outcome | None, tuple[AcceptedTransaction, ...]]:
        """Return the outcome, and the transactions that were accepted.

        Where it can't be told which were accepted, the outcome is UNKNOWN for now.
        """
        checked = own_outcome(payment, outcome)
        if checked is None or checked.kind is not OutcomeKind.ACCEPTED:
            return checked, ()
        accepted = self.monext_payments.accepted(store, checked)
        if accepted is None:
            event(
                log,
                "accepted_transaction_unclear",
                level=logging.ERROR,
                payment=payment.id,
                then="asked again later",
            )
            return Outcome(OutcomeKind.UNKNOWN, detail="which transactions were accepted can't be told"), ()
        return checked, accepted

    def _write(
        self,
        reference: PaymentReference,
        context: PaymentContext,
        *,
        outcome: Outcome | None,
        accepted: tuple[AcceptedTransaction, ...],
        cancelled_by_buyer: bool,
    ) -> tuple[PaymentContext, bool]:
        """Write the decision; on a conflict, decide again. Returns the context, and whether this call changed it."""
        if outcome is None:
            return context, False

        def write(context: PaymentContext) -> tuple[PaymentContext, bool]:
            updates = decide(
                context,
                outcome=outcome,
                accepted=accepted,
                now=self.clock.stamp(),
                principal=reversing_principal(),
            )
            if cancelled_by_buyer and outcome.kind is OutcomeKind.NOT_BEGUN:
                updates = _closing_updates(context.payment)
            payment = write_and_alarm(self.records, reference, context, updates)
            if updates:
                event(
                    log, "outcome_recorded", payment=payment.id, outcome=outcome.kind.value, code=outcome.code
                )
            return with_payment(context, payment), bool(updates)

        return decide_and_write(
            context,
            write,
            again=lambda _: self.contexts.read(reference),
            what=f"payment {reference.payment_id}",
        )


def _closing_updates(payment: Payment) -> tuple[Update, ...]:
    return (
        close_as_cancelled(payment, outcome=CANCELLED_BY_BUYER)
        if attempt_status(payment) is AttemptStatus.OPEN
        else ()
    )
