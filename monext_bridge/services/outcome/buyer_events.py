"""Handles what comes after the payment page: the buyer returns, cancels or polls the result, and Monext notifies.

Each of these events records the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.config import Settings
from monext_bridge.domain.ids import SessionToken
from monext_bridge.domain.monext import FailureReason, Outcome, OutcomeKind
from monext_bridge.domain.money import Money
from monext_bridge.domain.outcome import PaymentContext, is_reversal_open, is_reversal_rejected, is_reversed
from monext_bridge.domain.record import (
    AttemptStatus,
    Payment,
    accepted_or_planned_amount,
    accepted_transaction,
    attempt_status,
    holds_money,
    is_released,
    own_money,
    reversal_reason,
    session_opened_at,
)
from monext_bridge.errors import Forbidden
from monext_bridge.mapping.monext import REASON_CODES, REASONS
from monext_bridge.runtime import together
from monext_bridge.services.outcome.context import ContextReader, is_final
from monext_bridge.services.outcome.record_outcome import OutcomeRecorder, RecordedOutcome
from monext_bridge.services.remotes import MonextPayments, SessionAnswer
from monext_bridge.services.results import BuyerStatus, PaymentReference, PaymentResult

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
        store = self.settings.store(reference.store_key)
        cart, order, answer = together(
            lambda: self.contexts.cart(reference),
            lambda: self.contexts.order(reference),
            lambda: self.monext_payments.ask(store, token),
        )
        context = self.contexts.of(reference, cart=cart, order=order)
        _check_token(context.payment, token)
        outcome = None if is_final(context) else self._sort(answer, reference, context)
        return self._result(self.outcome_recorder.record(reference, context, outcome=outcome))

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
        outcome = self._ask(reference, context) if _may_change(context) else None
        return self._result(
            self.outcome_recorder.record(
                reference, context, outcome=outcome, cancelled_by_buyer=cancelled_by_buyer
            )
        )

    def _read(self, reference: PaymentReference) -> PaymentContext:
        """Read the cart with its payments, and the order, in one hop."""
        cart, order = together(
            lambda: self.contexts.cart(reference),
            lambda: self.contexts.order(reference),
        )
        return self.contexts.of(reference, cart=cart, order=order)

    def _ask(self, reference: PaymentReference, context: PaymentContext) -> Outcome | None:
        token = context.payment.interface_id
        if token is None:
            return None
        answer = self.monext_payments.ask(self.settings.store(reference.store_key), token)
        return self._sort(answer, reference, context)

    def _sort(self, answer: SessionAnswer, reference: PaymentReference, context: PaymentContext) -> Outcome:
        over = self.outcome_recorder.is_session_over(
            context.payment, self.settings.store(reference.store_key)
        )
        return self.monext_payments.sort(answer, session_over=over)

    def _result(self, recorded: RecordedOutcome) -> PaymentResult:
        context = recorded.context
        payment, status = context.payment, buyer_status(recorded)
        left_to_do = recorded.trouble is not None or is_reversal_open(payment)
        accepted = accepted_transaction(payment)
        return PaymentResult(
            status=status,
            payment_id=payment.id,
            amount=_amount(payment, status),
            complete=not left_to_do and status not in (BuyerStatus.CHECKING, BuyerStatus.RECORDING),
            order=context.order,
            language=context.cart.locale if context.cart else None,
            given_back=is_reversed(payment) or (accepted is not None and own_money(payment).held == 0),
            reversal_rejected=is_reversal_rejected(payment),
            released=is_released(payment),
            refunded=accepted_or_planned_amount(payment).with_amount(own_money(payment).refunded),
            begun=session_opened_at(payment),
            taken=accepted.timestamp if accepted else None,
            resume_url=payment.status_text if attempt_status(payment) is AttemptStatus.OPEN else None,
        )


def _amount(payment: Payment, status: BuyerStatus) -> Money:
    """Return what the buyer has paid or has reserved, which may be a part of the payment.

    For other statuses, return what was accepted or is planned.
    """
    own, money = own_money(payment), accepted_or_planned_amount(payment)
    if status is BuyerStatus.PAID:
        return money.with_amount(own.charged)
    if status is BuyerStatus.AUTHORIZED:
        return money.with_amount(own.authorized - own.cancelled)
    return money


def buyer_status(settlement: RecordedOutcome) -> BuyerStatus:
    """Return the status that the buyer is told, from the record.

    Where Monext could not be asked, an open or failed attempt reads CHECKING.
    """
    context = settlement.context
    payment = context.payment
    unknown = settlement.outcome is not None and settlement.outcome.kind is OutcomeKind.UNKNOWN
    match attempt_status(payment):
        case AttemptStatus.RETURNED:
            return BuyerStatus.RETURNED
        case AttemptStatus.PAID | AttemptStatus.AUTHORIZED as status:
            if context.makes_orders and context.order is None:
                return BuyerStatus.RECORDING if holds_money(payment) else BuyerStatus.RETURNED
            return BuyerStatus.PAID if status is AttemptStatus.PAID else BuyerStatus.AUTHORIZED
        case AttemptStatus.PENDING:
            review = (payment.status_text or "").startswith(UNDER_REVIEW)
            return BuyerStatus.REVIEW if review else BuyerStatus.PENDING
        case _ if unknown:
            return BuyerStatus.CHECKING
        case AttemptStatus.FAILED:
            return BuyerStatus.CANCELLED if is_released(payment) else STATUS_OF_REASON[_why_failed(payment)]
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


def _why_failed(payment: Payment) -> FailureReason:
    """Return the reason of a failure, from the code and title that were written with it."""
    title = (payment.status_text or "").partition(":")[0]
    return REASON_CODES.get(payment.status_code or "") or REASONS.get(title, FailureReason.REFUSED)
