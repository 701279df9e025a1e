"""After the payment page: the buyer returns, gives up or looks; Monext notifies. Each of them settles."""

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
    accepted_transaction,
    attempt_status,
    holds_money,
    is_released,
    own_money,
    reversal_reason,
    session_opened_at,
    taken_or_planned,
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
    settle: OutcomeRecorder

    def returned(self, reference: PaymentReference, token: SessionToken) -> PaymentResult:
        """The browser is back with a token. Raises Forbidden where it is not this payment's."""
        store = self.settings.store(reference.store_key)
        cart, order, answer = together(
            lambda: self.contexts.records.cart(reference.cart_id),
            lambda: self.contexts.order(reference),
            lambda: self.monext_payments.ask(store, token),
        )
        context = self.contexts.of(reference, cart=cart, order=order)
        _check_token(context.payment, token)
        outcome = None if is_final(context) else self._sort(answer, reference, context)
        return self._settled(self.settle.settle(reference, context, outcome=outcome))

    def notified(self, reference: PaymentReference, token: SessionToken) -> PaymentResult:
        """Monext calls. The token is checked before Monext is asked: reading a session ends its notices."""
        context = self._read(reference)
        _check_token(context.payment, token)
        outcome = self._ask(reference, context) if _may_change(context) else None
        return self._settled(self.settle.settle(reference, context, outcome=outcome))

    def looked(self, reference: PaymentReference) -> PaymentResult:
        """Somebody looks at the result. A failed attempt is asked about too: Monext cancels no session."""
        context = self._read(reference)
        outcome = self._ask(reference, context) if _may_change(context) else None
        return self._settled(self.settle.settle(reference, context, outcome=outcome))

    def cancelled_by_buyer(self, reference: PaymentReference) -> PaymentResult:
        """The buyer cancels. A payment that went through is kept; a session not begun is closed."""
        context = self._read(reference)
        outcome = self._ask(reference, context) if _may_change(context) else None
        return self._settled(self.settle.settle(reference, context, outcome=outcome, cancelled_by_buyer=True))

    def _read(self, reference: PaymentReference) -> PaymentContext:
        """One hop: the cart with its payments, and the order."""
        cart, order = together(
            lambda: self.contexts.records.cart(reference.cart_id),
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
        over = self.settle.is_session_over(context.payment, self.settings.store(reference.store_key))
        return self.monext_payments.sort(answer, session_over=over)

    def _settled(self, settlement: RecordedOutcome) -> PaymentResult:
        context = settlement.context
        payment, status = context.payment, buyer_status(settlement)
        left_to_do = settlement.trouble is not None or is_reversal_open(payment)
        taken = accepted_transaction(payment)
        return PaymentResult(
            status=status,
            payment_id=payment.id,
            amount=_amount(payment, status),
            complete=not left_to_do and status not in (BuyerStatus.CHECKING, BuyerStatus.RECORDING),
            order=context.order,
            language=context.cart.locale if context.cart else None,
            given_back=is_reversed(payment) or (taken is not None and own_money(payment).held == 0),
            reversal_rejected=is_reversal_rejected(payment),
            released=is_released(payment),
            refunded=taken_or_planned(payment).with_amount(own_money(payment).refunded),
            begun=session_opened_at(payment),
            taken=taken.timestamp if taken else None,
            resume_url=payment.status_text if attempt_status(payment) is AttemptStatus.OPEN else None,
        )


def _amount(payment: Payment, status: BuyerStatus) -> Money:
    """What the buyer has paid or has reserved, which may be a part of it; else what was or would be taken."""
    own, money = own_money(payment), taken_or_planned(payment)
    if status is BuyerStatus.PAID:
        return money.with_amount(own.charged)
    if status is BuyerStatus.AUTHORIZED:
        return money.with_amount(own.authorized - own.cancelled)
    return money


def buyer_status(settlement: RecordedOutcome) -> BuyerStatus:
    """The record in the buyer's words; where Monext could not be asked, that we do not know yet."""
    context = settlement.context
    payment = context.payment
    unknown = settlement.outcome is not None and settlement.outcome.kind is OutcomeKind.UNKNOWN
    match attempt_status(payment):
        case AttemptStatus.RETURNED:
            return BuyerStatus.RETURNED
        case AttemptStatus.PAID | AttemptStatus.AUTHORIZED as stands:
            if context.makes_orders and context.order is None:
                return BuyerStatus.RECORDING if holds_money(payment) else BuyerStatus.RETURNED
            return BuyerStatus.PAID if stands is AttemptStatus.PAID else BuyerStatus.AUTHORIZED
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
    """Whether Monext could still say something that the record does not: nothing undoes a success."""
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
    """From the code and title that were written when it failed."""
    title = (payment.status_text or "").partition(":")[0]
    return REASON_CODES.get(payment.status_code or "") or REASONS.get(title, FailureReason.REFUSED)
