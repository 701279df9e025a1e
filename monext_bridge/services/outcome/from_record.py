"""Records the outcome of a payment from its record alone: no buyer, notification or signed reference is at hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from monext_bridge.config import Settings
from monext_bridge.domain.ids import OrderNumber
from monext_bridge.domain.monext import Outcome, OutcomeKind
from monext_bridge.domain.outcome import (
    PaymentContext,
    duplicate_payments,
    needs_order,
    order_number,
    order_number_of_reference,
)
from monext_bridge.domain.reconciliation import GRACE, FollowUp
from monext_bridge.domain.record import AttemptKey, Payment, session_opened_at
from monext_bridge.errors import NotFound, OrderRefusedForNow, RemoteRefused
from monext_bridge.runtime import RecordClock
from monext_bridge.services.outcome.context import ContextReader
from monext_bridge.services.outcome.record_outcome import OutcomeRecorder, RecordedOutcome
from monext_bridge.services.remotes import MonextPayments
from monext_bridge.services.results import PaymentReference, store_mark


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A payment after its outcome was recorded, and why something is left to do, if it is.

    `had` and `left` are the follow-ups that only its cart and order tell, before and after. `refused`:
    commercetools said no, for a reason that does not pass. `waits`: it said no, and the order is tried again until a
    time that `why` names. `unknown`: a remote told nothing. `order` is the number of its order, None where there is
    none; `number` is the one that it would have.
    """

    payment: Payment
    had: frozenset[FollowUp]
    left: frozenset[FollowUp]
    why: str
    refused: bool
    waits: bool
    unknown: bool
    order: OrderNumber | None
    number: OrderNumber


@dataclass(frozen=True, slots=True)
class OutcomeFromRecord:
    settings: Settings
    contexts: ContextReader
    monext_payments: MonextPayments
    outcome_recorder: OutcomeRecorder
    clock: RecordClock

    def look(self, payment: Payment) -> Refreshed:
        """Ask Monext about the session and record the outcome. Raises NotFound, StoreNotConfigured and RemoteError.

        A failure is marked as the last word on the attempt where the session has been over for some minutes.
        """
        outcome = self._outcome(payment)
        reference = self._reference(payment, outcome)
        context = self.contexts.read(reference)
        recorded = self.outcome_recorder.record(reference, context, outcome=outcome)
        refreshed = _refreshed(recorded, before=context, number=reference.order_number)
        if FollowUp.SECOND_PAYMENT not in refreshed.left:
            return refreshed
        # Others may have begun to reverse the other payment by now.
        again = self.contexts.read(reference)
        return replace(refreshed, left=_order_follow_ups(again))

    def _outcome(self, payment: Payment) -> Outcome | None:
        if payment.interface_id is None:
            return None
        store = self.settings.store(_key(payment).store_key)
        answer = self.monext_payments.ask(store, payment.interface_id)
        outcome = self.monext_payments.sort(
            answer, session_over=self.outcome_recorder.is_session_over(payment, store)
        )
        begun, life = session_opened_at(payment), timedelta(minutes=store.session_minutes) + GRACE
        over = begun is not None and self.clock.now() - begun >= life
        return replace(outcome, is_last_read=over and outcome.kind is OutcomeKind.FAILED)

    def _reference(self, payment: Payment, outcome: Outcome | None) -> PaymentReference:
        """Return the reference.

        The order number is the one that Monext was told when the session was opened, if Monext still says it.
        """
        key = _key(payment)
        known = outcome.order_reference if outcome else None
        number = order_number_of_reference(known, attempt=key.attempt) if known else order_number(key.cart_id)
        return PaymentReference(
            payment.id, key.cart_id, store_mark=store_mark(key.store_key), order_number=number
        )


def _refreshed(recorded: RecordedOutcome, *, before: PaymentContext, number: OrderNumber) -> Refreshed:
    context, outcome, trouble = recorded.context, recorded.outcome, recorded.trouble
    is_unknown = outcome is not None and outcome.kind is OutcomeKind.UNKNOWN
    answer = f"{outcome.title} {outcome.code} {outcome.detail}".strip() if outcome else ""
    return Refreshed(
        payment=context.payment,
        had=_order_follow_ups(before),
        left=_order_follow_ups(context),
        why=str(trouble) if trouble else answer,
        refused=isinstance(trouble, RemoteRefused),
        waits=isinstance(trouble, OrderRefusedForNow),
        unknown=trouble is not None or is_unknown,
        order=context.order.number if context.order else None,
        number=number,
    )


def _order_follow_ups(context: PaymentContext) -> frozenset[FollowUp]:
    found = (
        (FollowUp.NO_ORDER, needs_order(context)),
        (FollowUp.SECOND_PAYMENT, bool(duplicate_payments(context))),
    )
    return frozenset(follow_up for follow_up, holds in found if holds)


def _key(payment: Payment) -> AttemptKey:
    key = AttemptKey.parse(payment.key)
    if key is None:
        raise NotFound(f"payment {payment.id} is not of this bridge")
    return key
