"""Records the outcome of a session: reads record, cart and Monext's answer, decides, and writes the difference.

It may run any number of times. The browser and the notification are only hints; the fact is Monext's answer to
our own question. The order of writes is: our record first, then the money that must not be kept, then the
order. A crash after any of them leaves something that the next call finishes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monext_bridge.config import Settings, StoreSettings
from monext_bridge.domain.checkout import is_session_over
from monext_bridge.domain.monext import AcceptedTransaction, FailureReason, Outcome, OutcomeKind
from monext_bridge.domain.outcome import (
    PaymentContext,
    begin_reversal,
    close_as_cancelled,
    decide,
    duplicate_payments,
    needs_order,
    reason_to_reverse,
)
from monext_bridge.domain.record import (
    AttemptStatus,
    Payment,
    ReversalReason,
    Update,
    accepted_transaction,
    attempt_status,
    holds_money,
    reversal_reason,
    with_updates,
)
from monext_bridge.errors import (
    RemoteError,
    RemoteRefused,
    RemoteUnavailable,
    RemoteUnreachable,
    VersionConflict,
)
from monext_bridge.logs import event
from monext_bridge.services.outcome.alarms import alarm_reversal, own_outcome
from monext_bridge.services.outcome.automatic_reversal import AutomaticReversal
from monext_bridge.services.outcome.context import ContextReader, has_moved, store_key_of, with_payment
from monext_bridge.services.outcome.create_order import OrderCreator, OrderRefused
from monext_bridge.services.remotes import CommercetoolsRecords, MonextPayments
from monext_bridge.services.results import PaymentReference

log = logging.getLogger(__name__)

TRIES = 10
GONE_FOR = timedelta(minutes=5)

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
    reversal: AutomaticReversal
    order_creator: OrderCreator
    clock: Callable[[], datetime]

    def is_session_over(self, payment: Payment, store: StoreSettings) -> bool:
        """Whether the session can't be paid any more, by our clock and the store's `session_minutes`."""
        return is_session_over(payment, now=self.clock(), minutes=store.session_minutes)

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
        checked, paid = self._outcome_and_accepted(context.payment, outcome, store=store)
        written, changed = self._write(
            reference, context, outcome=checked, paid=paid, cancelled_by_buyer=cancelled_by_buyer
        )
        try:
            finished = self._finish(reference, written, store=store, changed=changed)
        except RemoteError as error:
            event(
                log, "outcome_unfinished", level=logging.ERROR, payment=reference.payment_id, why=str(error)
            )
            return RecordedOutcome(written, checked, trouble=error)
        return RecordedOutcome(finished, checked)

    def _outcome_and_accepted(
        self, payment: Payment, outcome: Outcome | None, *, store: StoreSettings
    ) -> tuple[Outcome | None, AcceptedTransaction | None]:
        """Return the outcome, and the transaction that was accepted.

        Where it can't be told which one was accepted, the outcome is UNKNOWN for now.
        """
        checked = own_outcome(payment, outcome)
        if checked is None or checked.kind is not OutcomeKind.ACCEPTED:
            return checked, None
        paid = self.monext_payments.paid(store, checked)
        if paid is None:
            event(
                log,
                "accepted_transaction_unclear",
                level=logging.ERROR,
                payment=payment.id,
                then="asked again later",
            )
            return Outcome(OutcomeKind.UNKNOWN, detail="several transactions may be the accepted one"), None
        return checked, paid

    def _write(
        self,
        reference: PaymentReference,
        context: PaymentContext,
        *,
        outcome: Outcome | None,
        paid: AcceptedTransaction | None,
        cancelled_by_buyer: bool,
    ) -> tuple[PaymentContext, bool]:
        """Write the decision; on a conflict, decide again. Returns the context, and whether this call changed it."""
        if outcome is None:
            return context, False
        for _ in range(TRIES):
            updates = decide(context, outcome=outcome, paid=paid, now=self.clock())
            if cancelled_by_buyer and outcome.kind is OutcomeKind.NOT_BEGUN:
                updates = _closing_updates(context.payment)
            try:
                payment = self._write_and_alarm(reference, context, updates)
            except VersionConflict:
                context = self.contexts.read(reference)
                continue
            if updates:
                event(
                    log, "outcome_recorded", payment=payment.id, outcome=outcome.kind.value, code=outcome.code
                )
            return with_payment(context, payment), bool(updates)
        raise _contended(f"payment {reference.payment_id}")

    def _write_and_alarm(
        self, reference: PaymentReference, context: PaymentContext, updates: tuple[Update, ...]
    ) -> Payment:
        """Write the updates and return the payment as it then reads.

        Only the call whose write sets a reversal reason logs the alarm. A call whose answer was lost logs it as
        well: the reason may have been written, and the next call then finds it already set. Raises RemoteError,
        VersionConflict.
        """
        before = context.payment
        try:
            after = self.records.write(before, updates)
        except RemoteUnavailable as error:
            if not isinstance(error, RemoteUnreachable):
                alarm_reversal(reference, context, with_updates(before, updates))
            raise
        alarm_reversal(reference, context, after)
        return after

    def _finish(
        self, reference: PaymentReference, context: PaymentContext, *, store: StoreSettings, changed: bool
    ) -> PaymentContext:
        payment = context.payment
        if reversal_reason(payment) is not None:
            return with_payment(
                context, self.reversal.continue_reversal(payment, store=store, just_written=changed)
            )
        if accepted_transaction(payment) is None:
            return context
        if changed and not context.makes_orders:
            # No order can collide: read whether another payment was accepted too.
            context = self.contexts.read(reference)
        context = self._with_order(reference, context, store=store)
        return self._reverse_duplicates(reference, context, store=store)

    def _with_order(
        self, reference: PaymentReference, context: PaymentContext, *, store: StoreSettings
    ) -> PaymentContext:
        """Return the context with the order, made or found; or with the order refused and the reversal begun."""
        for _ in range(TRIES):
            if not needs_order(context):
                return self.order_creator.raise_payment_state(context)
            self._check_gone(context)
            objection = reason_to_reverse(context)
            if objection:
                return self._reverse(reference, context, objection=objection, store=store)
            try:
                order = self.order_creator.place(context, number=reference.order_number)
            except OrderRefused as error:
                before, context = context, self._read_again(reference)
                if has_moved(before, context):
                    continue  # perhaps only because another process has ordered it
                objection = (ReversalReason.ORDER_REFUSED, str(error))
                return self._reverse(reference, context, objection=objection, store=store)
            if order:
                return replace(context, order=order)
            context = self._read_again(reference)
        raise _contended(f"the order of cart {reference.cart_id}")

    def _check_gone(self, context: PaymentContext) -> None:
        """Raise RemoteUnavailable where the money of a missing cart is too fresh to go back.

        A cart that can't be found may have been ordered by the shop, because queries of orders lag behind. So
        its money goes back only some minutes after it was taken.
        """
        accepted = accepted_transaction(context.payment)
        if context.cart is not None or accepted is None or accepted.timestamp is None:
            return
        if self.clock() - accepted.timestamp < GONE_FOR:
            raise RemoteUnavailable("the cart can't be found; looked for again later", remote="commercetools")

    def _read_again(self, reference: PaymentReference) -> PaymentContext:
        """Read again after a conflict.

        Raises RemoteRefused where the order of another cart has the number: the bridge can't solve that, so it
        is an alarm.
        """
        context = self.contexts.read(reference)
        if context.order is None and self.contexts.order(reference) is not None:
            raise RemoteRefused(
                f"order number {reference.order_number} belongs to another cart",
                remote="commercetools",
                status=409,
            )
        return context

    def _reverse_duplicates(
        self, reference: PaymentReference, context: PaymentContext, *, store: StoreSettings
    ) -> PaymentContext:
        objection = (ReversalReason.SECOND_PAYMENT, "Another payment of the cart counts")
        for payment in duplicate_payments(context):
            other = with_payment(context, payment)
            after = self._reverse(reference, other, objection=objection, store=store)
            if payment.id == context.payment.id:
                context = after
        return context

    def _reverse(
        self,
        reference: PaymentReference,
        context: PaymentContext,
        *,
        objection: tuple[ReversalReason, str],
        store: StoreSettings,
    ) -> PaymentContext:
        """Set an accepted payment's reversal reason and reverse it, unless somebody else is doing that already."""
        payment, (reason, why) = context.payment, objection
        for _ in range(TRIES):
            if not holds_money(payment):
                payment = self.reversal.continue_reversal(payment, store=store, just_written=False)
                return with_payment(context, payment)
            updates = begin_reversal(payment, flag=reason, why=why, now=self.clock())
            try:
                payment = self._write_and_alarm(reference, with_payment(context, payment), updates)
            except VersionConflict:
                payment = self.records.payment(payment.id)
                continue
            payment = self.reversal.continue_reversal(payment, store=store, just_written=True)
            return with_payment(context, payment)
        raise _contended(f"payment {payment.id}")


def _closing_updates(payment: Payment) -> tuple[Update, ...]:
    return (
        close_as_cancelled(payment, outcome=CANCELLED_BY_BUYER)
        if attempt_status(payment) is AttemptStatus.OPEN
        else ()
    )


def _contended(what: str) -> RemoteUnavailable:
    return RemoteUnavailable(f"{what} is contended", remote="commercetools")
