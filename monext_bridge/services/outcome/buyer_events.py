"""Handles what comes after the payment page: the buyer returns, cancels or polls the result, and Monext notifies.

Each of these events records the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.concerns import now_concerns
from monext_bridge.config import Settings, StoreSettings
from monext_bridge.domain.checkout import landing_of
from monext_bridge.domain.ids import SessionToken
from monext_bridge.domain.monext import FailureReason, Outcome, OutcomeKind
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import refunds_under_way
from monext_bridge.domain.outcome import PaymentContext, is_reversal_open, is_reversal_rejected, is_reversed
from monext_bridge.domain.record import (
    AttemptStatus,
    LandingPages,
    Payment,
    accepted_or_planned_amount,
    accepted_transaction,
    attempt_status,
    holds_money,
    is_refunded,
    is_released,
    kept_amounts,
    kept_parts,
    last_given_back_at,
    reversal_reason,
    session_opened_at,
)
from monext_bridge.errors import Forbidden
from monext_bridge.runtime import together
from monext_bridge.services.outcome.context import ContextReader, hinted_store, is_final, store_key_of
from monext_bridge.services.outcome.landing_urls import valid_note
from monext_bridge.services.outcome.record_outcome import OutcomeRecorder, RecordedOutcome
from monext_bridge.services.remotes import MonextPayments, SessionAnswer, failure_reason
from monext_bridge.services.results import BuyerStatus, PaymentReference, PaymentResult

MAY_YET_BE_PAID = (AttemptStatus.EMPTY, AttemptStatus.OPEN, AttemptStatus.FAILED)
UNDER_REVIEW = "PENDING_RISK"
STATUS_OF_REASON = {
    FailureReason.REFUSED: BuyerStatus.REFUSED,
    FailureReason.CANCELLED: BuyerStatus.CANCELLED,
    FailureReason.EXPIRED: BuyerStatus.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class BuyerEvents:
    """Every method may be called any number of times. All raise RemoteError where nothing can be told."""

    settings: Settings
    contexts: ContextReader
    monext_payments: MonextPayments
    outcome_recorder: OutcomeRecorder

    def returned(self, reference: PaymentReference, token: SessionToken | None) -> PaymentResult:
        """The browser is back. Raises Forbidden where it has a token that is not this payment's.

        Without a token, the reference names the payment, and its session is asked once the record is read.
        """
        if token is None:
            return self._recorded(reference, self._read(reference))
        hinted = hinted_store(self.settings, reference.store_mark)
        now_concerns(store=hinted.store_key if hinted else None)
        cart, order, answer = together(
            lambda: self.contexts.cart(reference),
            lambda: self.contexts.order(reference),
            lambda: self.monext_payments.ask(hinted, token) if hinted else None,
        )
        context = self.contexts.of(reference, cart=cart, order=order)
        _check_token(context.payment, token)
        if is_final(context):
            return self._record(reference, context, outcome=None)
        outcome = self._sort(answer, context) if answer else self._ask(context)
        return self._record(reference, context, outcome=outcome)

    def notified(self, reference: PaymentReference, token: SessionToken | None) -> PaymentResult:
        """Monext notifies. Raises Forbidden where it names a token that is not this payment's.

        The token is checked before Monext is asked, because reading a session ends its notifications.
        """
        context = self._read(reference)
        if token is not None:
            _check_token(context.payment, token)
        return self._recorded(reference, context)

    def polled(self, reference: PaymentReference) -> PaymentResult:
        """Somebody opens the result, or its page polls.

        Monext is asked about a failed attempt as well: Monext cancels no session, so it may still be paid.
        """
        return self._recorded(reference, self._read(reference))

    def cancelled_by_buyer(self, reference: PaymentReference) -> PaymentResult:
        """The buyer cancels. A payment that went through is kept; a session that was not begun is closed."""
        return self._recorded(reference, self._read(reference), cancelled_by_buyer=True)

    def _recorded(
        self, reference: PaymentReference, context: PaymentContext, *, cancelled_by_buyer: bool = False
    ) -> PaymentResult:
        """Ask Monext about the payment's own session where it could still say something, and record the answer."""
        outcome = self._ask(context) if _may_change(context) else None
        return self._record(reference, context, outcome=outcome, cancelled_by_buyer=cancelled_by_buyer)

    def _read(self, reference: PaymentReference) -> PaymentContext:
        """Read the cart with its payments, and the order, in one hop."""
        cart, order = together(
            lambda: self.contexts.cart(reference),
            lambda: self.contexts.order(reference),
        )
        return self.contexts.of(reference, cart=cart, order=order)

    def _store(self, context: PaymentContext) -> StoreSettings:
        return self.settings.store(store_key_of(context))

    def _ask(self, context: PaymentContext) -> Outcome | None:
        token = context.payment.interface_id
        if token is None:
            return None
        return self._sort(self.monext_payments.ask(self._store(context), token), context)

    def _sort(self, answer: SessionAnswer, context: PaymentContext) -> Outcome:
        over = self.outcome_recorder.is_session_over(context.payment, self._store(context))
        return self.monext_payments.sort(answer, session_over=over)

    def _record(
        self,
        reference: PaymentReference,
        context: PaymentContext,
        *,
        outcome: Outcome | None,
        cancelled_by_buyer: bool = False,
    ) -> PaymentResult:
        recorded = self.outcome_recorder.record(
            reference, context, outcome=outcome, cancelled_by_buyer=cancelled_by_buyer
        )
        return self._result(reference, recorded)

    def _result(self, reference: PaymentReference, recorded: RecordedOutcome) -> PaymentResult:
        context = recorded.context
        payment, status = context.payment, buyer_status(recorded)
        left_to_do = recorded.trouble is not None or is_reversal_open(payment)
        accepted = accepted_transaction(payment)
        store = self._store(context)
        note = valid_note(payment.start_note, reference=reference, settings=self.settings)
        return PaymentResult(
            status=status,
            payment_id=payment.id,
            amount=_amount(payment, status),
            complete=not left_to_do and status not in (BuyerStatus.CHECKING, BuyerStatus.RECORDING),
            order=context.order,
            language=context.cart.locale if context.cart else None,
            given_back=is_reversed(payment) or (accepted is not None and kept_amounts(payment).held.is_zero),
            reversal_rejected=is_reversal_rejected(payment),
            released=is_released(payment),
            refunded=kept_amounts(payment).refunded,
            given_back_at=last_given_back_at(payment),
            refunding=refunds_under_way(payment),
            begun=session_opened_at(payment),
            taken=accepted.timestamp if accepted else None,
            resume_url=payment.status_text if attempt_status(payment) is AttemptStatus.OPEN else None,
            landing=landing_of(note, of_store=LandingPages(store.return_url, store.cancel_url)),
            note=note,
            store_key=store.store_key,
        )


def _amount(payment: Payment, status: BuyerStatus) -> Money:
    """Return what the buyer has paid or has reserved, which may be a part of the payment.

    A session that was paid in parts may have one part captured and another reserved: both are the buyer's. For
    other statuses, return what was accepted or is planned.
    """
    own = kept_amounts(payment)
    if status is BuyerStatus.PAID and len(kept_parts(payment)) > 1:
        return own.charged + own.uncaptured
    if status in (BuyerStatus.PAID, BuyerStatus.REFUNDED):
        return own.charged
    if status is BuyerStatus.AUTHORIZED:
        return own.authorized.less(own.cancelled)
    return accepted_or_planned_amount(payment)


def buyer_status(settlement: RecordedOutcome) -> BuyerStatus:
    """Return the status that the buyer is told, from the record.

    Where Monext could not be asked, an open or failed attempt reads CHECKING.
    """
    context = settlement.context
    unknown = settlement.outcome is not None and settlement.outcome.kind is OutcomeKind.UNKNOWN
    if unknown and attempt_status(context.payment) in MAY_YET_BE_PAID:
        return BuyerStatus.CHECKING
    return recorded_status(context.payment, lacks_order=context.makes_orders and context.order is None)


def recorded_status(payment: Payment, *, lacks_order: bool) -> BuyerStatus:
    """Return the status that the record alone gives. `lacks_order`: the bridge makes orders, and there is none."""
    match attempt_status(payment):
        case AttemptStatus.RETURNED:
            return BuyerStatus.RETURNED
        case AttemptStatus.PAID | AttemptStatus.AUTHORIZED as status:
            if is_refunded(payment):
                return BuyerStatus.REFUNDED
            if lacks_order and holds_money(payment):
                return BuyerStatus.RECORDING
            return BuyerStatus.PAID if status is AttemptStatus.PAID else BuyerStatus.AUTHORIZED
        case AttemptStatus.PENDING:
            review = (payment.status_text or "").startswith(UNDER_REVIEW)
            return BuyerStatus.REVIEW if review else BuyerStatus.PENDING
        case AttemptStatus.FAILED:
            return (
                BuyerStatus.CANCELLED if is_released(payment) else STATUS_OF_REASON[failure_reason(payment)]
            )
        case _:
            return BuyerStatus.NOT_FINISHED


def _may_change(context: PaymentContext) -> bool:
    """Whether Monext could still say something that the record does not. Nothing undoes a success."""
    payment = context.payment
    return (
        payment.interface_id is not None
        and accepted_transaction(payment) is None
        and reversal_reason(payment) is None
    )


def _check_token(payment: Payment, token: SessionToken) -> None:
    if payment.interface_id != token:
        raise Forbidden("the token is not this payment's", field="token")
