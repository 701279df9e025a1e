"""Settle: read record, fact and cart; decide; write the difference. Safe any number of times.

The browser and the notification are hints, Monext's answer to our own question is the fact. Order of writes:
our record first, then the money that must not be kept, then the order; a crash after any of them leaves
something that the next settle finishes.
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
from monext_bridge.services.outcome.context import ContextReader, with_payment
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
    """What settling came to. `trouble` is why something is left to do, None where nothing is."""

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

    def settle(
        self,
        reference: PaymentReference,
        context: PaymentContext,
        *,
        outcome: Outcome | None,
        cancelled_by_buyer: bool = False,
    ) -> RecordedOutcome:
        """Write what `outcome` means, then finish what the record asks for.

        `outcome` is None where Monext need not be asked, `cancelled_by_buyer` where the buyer cancels: a session that
        was not begun is then closed. Raises RemoteError only while nothing could be written.
        """
        store = self.settings.store(reference.store_key)
        fact, paid = self._fact(context.payment, outcome, store=store)
        written, changed = self._write(
            reference, context, outcome=fact, paid=paid, cancelled_by_buyer=cancelled_by_buyer
        )
        try:
            finished = self._finish(reference, written, store=store, changed=changed)
        except RemoteError as error:
            event(log, "settle_unfinished", level=logging.ERROR, payment=reference.payment_id, why=str(error))
            return RecordedOutcome(written, fact, trouble=error)
        return RecordedOutcome(finished, fact)

    def _fact(
        self, payment: Payment, outcome: Outcome | None, *, store: StoreSettings
    ) -> tuple[Outcome | None, AcceptedTransaction | None]:
        """The outcome, and the transaction that was accepted. One that can't be told is not known yet."""
        fact = own_outcome(payment, outcome)
        if fact is None or fact.kind is not OutcomeKind.ACCEPTED:
            return fact, None
        paid = self.monext_payments.paid(store, fact)
        if paid is None:
            event(log, "accepted_by_whom", level=logging.ERROR, payment=payment.id, then="asked again later")
            return Outcome(OutcomeKind.UNKNOWN, detail="several transactions may be the accepted one"), None
        return fact, paid

    def _write(
        self,
        reference: PaymentReference,
        context: PaymentContext,
        *,
        outcome: Outcome | None,
        paid: AcceptedTransaction | None,
        cancelled_by_buyer: bool,
    ) -> tuple[PaymentContext, bool]:
        """The record after the decision, and whether this call changed it; on a conflict, decided again."""
        if outcome is None:
            return context, False
        for _ in range(TRIES):
            changes = decide(context, outcome=outcome, paid=paid, now=self.clock())
            if cancelled_by_buyer and outcome.kind is OutcomeKind.NOT_BEGUN:
                changes = _closing(context.payment)
            try:
                payment = self._recorded(reference, context, changes)
            except VersionConflict:
                context = self.contexts.read(reference)
                continue
            if changes:
                event(log, "settled", payment=payment.id, outcome=outcome.kind.value, code=outcome.code)
            return with_payment(context, payment), bool(changes)
        raise _contended(f"payment {reference.payment_id}")

    def _recorded(
        self, reference: PaymentReference, context: PaymentContext, changes: tuple[Update, ...]
    ) -> Payment:
        """The payment as it reads after the changes. Whoever's write flags it tells, nobody after that.

        So does one whose answer was lost: it may have been written, and who comes next finds it flagged already.
        Raises RemoteError, VersionConflict.
        """
        before = context.payment
        try:
            after = self.records.write(before, changes)
        except RemoteUnavailable as error:
            if not isinstance(error, RemoteUnreachable):
                alarm_reversal(reference, context, with_updates(before, changes))
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
            context = self.contexts.read(reference)  # no order to collide on: look who else was accepted
        context = self._with_order(reference, context, store=store)
        return self._give_back_surplus(reference, context, store=store)

    def _with_order(
        self, reference: PaymentReference, context: PaymentContext, *, store: StoreSettings
    ) -> PaymentContext:
        """The order made or found; or refused, and the money on its way back."""
        for _ in range(TRIES):
            if not needs_order(context):
                return self.order_creator.raise_payment_state(context)
            self._check_gone(context)
            against = reason_to_reverse(context)
            if against:
                return self._return(reference, context, against=against, store=store)
            try:
                order = self.order_creator.place(context, number=reference.order_number)
            except OrderRefused as error:
                before, context = context, self._read_again(reference)
                if _moved(before, context):
                    continue  # perhaps just because another process has ordered it
                refused = (ReversalReason.ORDER_REFUSED, str(error))
                return self._return(reference, context, against=refused, store=store)
            if order:
                return replace(context, order=order)
            context = self._read_again(reference)
        raise _contended(f"the order of cart {reference.cart_id}")

    def _check_gone(self, context: PaymentContext) -> None:
        """A cart that can't be found may have been ordered by the shop: queries of orders lag behind.

        So its money goes back only some minutes after it was taken. Raises RemoteUnavailable until then.
        """
        taken = accepted_transaction(context.payment)
        if context.cart is not None or taken is None or taken.timestamp is None:
            return
        if self.clock() - taken.timestamp < GONE_FOR:
            raise RemoteUnavailable("the cart can't be found; looked for again later", remote="commercetools")

    def _read_again(self, reference: PaymentReference) -> PaymentContext:
        """After a conflict. A number that the order of another cart has is beyond us: alarm."""
        context = self.contexts.read(reference)
        if context.order is None and self.contexts.order(reference) is not None:
            raise RemoteRefused(
                f"order number {reference.order_number} belongs to another cart",
                remote="commercetools",
                status=409,
            )
        return context

    def _give_back_surplus(
        self, reference: PaymentReference, context: PaymentContext, *, store: StoreSettings
    ) -> PaymentContext:
        second = (ReversalReason.SECOND_PAYMENT, "Another payment of the cart counts")
        for payment in duplicate_payments(context):
            other = with_payment(context, payment)
            after = self._return(reference, other, against=second, store=store)
            if payment.id == context.payment.id:
                context = after
        return context

    def _return(
        self,
        reference: PaymentReference,
        context: PaymentContext,
        *,
        against: tuple[ReversalReason, str],
        store: StoreSettings,
    ) -> PaymentContext:
        """Flag an accepted payment and give its money back, unless somebody else is at it already."""
        payment, (flag, why) = context.payment, against
        for _ in range(TRIES):
            if not holds_money(payment):
                payment = self.reversal.continue_reversal(payment, store=store, just_written=False)
                return with_payment(context, payment)
            changes = begin_reversal(payment, flag=flag, why=why, now=self.clock())
            try:
                payment = self._recorded(reference, with_payment(context, payment), changes)
            except VersionConflict:
                payment = self.records.payment(payment.id)
                continue
            payment = self.reversal.continue_reversal(payment, store=store, just_written=True)
            return with_payment(context, payment)
        raise _contended(f"payment {payment.id}")


def _moved(before: PaymentContext, after: PaymentContext) -> bool:
    """Whether there is an order now, or the cart has changed."""
    if after.order is not None or before.cart is None or after.cart is None:
        return after.order is not None
    return (before.cart.version, before.cart.state) != (after.cart.version, after.cart.state)


def _closing(payment: Payment) -> tuple[Update, ...]:
    return (
        close_as_cancelled(payment, outcome=CANCELLED_BY_BUYER)
        if attempt_status(payment) is AttemptStatus.OPEN
        else ()
    )


def _contended(what: str) -> RemoteUnavailable:
    return RemoteUnavailable(f"{what} is contended", remote="commercetools")
