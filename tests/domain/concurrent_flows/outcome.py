"""Plays what is done with the outcome of a session: it is recorded, the order is made, or the money goes back."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import timedelta

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.monext import Outcome, OutcomeKind
from monext_bridge.domain.operations.by_key import abandon, replacement_refund
from monext_bridge.domain.operations.open_amounts import has_room_for
from monext_bridge.domain.operations.pending import is_unsent
from monext_bridge.domain.outcome.automatic_reversal import (
    is_reversal_open,
    owes_more,
    reversal_announcements,
    reversal_operations,
    reversed_parts,
)
from monext_bridge.domain.outcome.decide import (
    PaymentContext,
    begin_reversal,
    close_as_cancelled,
    decide,
    duplicate_payments,
    needs_order,
    reason_to_reverse,
)
from monext_bridge.domain.outcome.order_refusals import KEPT_REFUSING, RefusalKind, is_braked
from monext_bridge.domain.record.attempt_status import (
    AttemptStatus,
    ReversalReason,
    attempt_status,
    holds_money,
    reversal_reason,
)
from monext_bridge.domain.record.parts import accepted_transaction
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState
from monext_bridge.domain.record.updates import AddTransaction, Update
from monext_bridge.services.operations.execute import is_unchanged
from monext_bridge.services.outcome.context import has_moved
from tests.domain.commercetools_in_memory import Conflict, Refusal
from tests.domain.concurrent_flows.process import NORMAL, TRIES, Conditions, Paying, Process, Steps

ORDER_REFUSED_AFTER = timedelta(hours=1)
REFUSED_FOR_GOOD = "commercetools refuses the order: "
Why = tuple[ReversalReason, str]


class Outcomes(Process):
    def records_outcome(
        self, payment_id: PaymentId, *, cancelled_by_buyer: bool = False, conditions: Conditions = NORMAL
    ) -> Steps:
        """Handle a return, notification, cancel or result page: ask, decide, write, then do what is left to do."""
        context = self.shop.context(payment_id)
        yield
        token = context.payment.interface_id
        assert token is not None
        outcome, accepted = self.monext.session_outcome(token)
        yield
        while True:
            changes = decide(context, outcome=outcome, accepted=accepted, now=self.now)
            if cancelled_by_buyer and outcome.kind is OutcomeKind.NOT_BEGUN:
                changes = _cancelled_by_buyer_updates(context.payment)
            try:
                payment = self.shop.write(context.payment, changes)
                break
            except Conflict:
                context = self.shop.context(payment_id)
                yield
        yield
        context = replace(context, payment=payment)
        yield from self._finishes_payment(context, changed=bool(changes), conditions=conditions)

    def _finishes_payment(self, context: PaymentContext, *, changed: bool, conditions: Conditions) -> Steps:
        payment = yield from self._continues_reversal(
            context.payment, just_written=changed, conditions=conditions
        )
        context = replace(context, payment=payment)
        if reversal_reason(payment) is not None or accepted_transaction(payment) is None:
            return
        if changed and not context.makes_orders:
            context = self.shop.context(payment.id)
            yield
        ordered = yield from self._makes_order(context, conditions)
        if ordered is None:
            return
        for second in duplicate_payments(ordered):
            after = yield from self._reverses(
                second, (ReversalReason.SECOND_PAYMENT, "another counts"), conditions
            )
            if second.id == payment.id:
                ordered = replace(ordered, payment=after)
        if ordered.makes_orders:
            yield from self._is_named_by_order(ordered)

    def _makes_order(
        self, context: PaymentContext, conditions: Conditions
    ) -> Generator[None, None, PaymentContext | None]:
        """Give the context with its order, or with its reversal begun; None where that is left for later."""
        for _ in range(TRIES):
            if not needs_order(context):
                return context
            payment_id = context.payment.id
            objection = reason_to_reverse(context) or self._elsewhere(context)
            if objection:
                payment = yield from self._reverses(context.payment, objection, conditions)
                return replace(context, payment=payment)
            try:
                if context.is_lost:
                    self.shop.add_to_cart(context.cart, payment_id)
                    yield
                    context = replace(context, cart=self.shop.cart)
                    continue
                if self.shop.made_order and not self.shop.has_our_number:
                    return None  # The shop has ordered the cart, and its order does not name the payment.
                made = self.shop.create_order(context.cart, paid_by=payment_id)
            except Conflict:
                yield
                context = self.shop.context(payment_id)
                yield
                continue
            yield
            if not isinstance(made, Refusal):
                return replace(context, order=self.shop.order)
            before, context = context, self.shop.context(payment_id)
            yield
            if not has_moved(before, context):
                why = self._why_it_goes_back(context.payment, made)
                if why is None:
                    return None
                payment = yield from self._reverses(context.payment, why, conditions)
                return replace(context, payment=payment)
        return None

    def _elsewhere(self, context: PaymentContext) -> Why | None:
        if not context.is_lost or context.payment.id not in self.shop.elsewhere:
            return None
        return ReversalReason.ORDER_REFUSED, "The payment is on another cart or order"

    def _why_it_goes_back(self, payment: Payment, refusal: Refusal) -> Why | None:
        """Tell why the money of a refused order goes back, None where it is kept, for now or until the brake ends."""
        kind = refusal.read()
        if kind is RefusalKind.CERTAIN:
            return ReversalReason.ORDER_REFUSED, REFUSED_FOR_GOOD + refusal.code
        accepted = accepted_transaction(payment)
        assert accepted
        assert accepted.timestamp
        early = self.now < accepted.timestamp + ORDER_REFUSED_AFTER
        braked = is_braked(self.shop.refused_elsewhere, ordered_at=(), now=self.now)
        if kind is RefusalKind.OURS or early or braked:
            return None
        return ReversalReason.ORDER_REFUSED, KEPT_REFUSING + refusal.code

    def _is_named_by_order(self, context: PaymentContext) -> Steps:
        payment, order = context.payment, context.order
        for _ in range(TRIES):
            named = order is None or payment.id in order.payment_ids
            if named or not holds_money(payment) or payment.id in self.shop.elsewhere:
                return
            assert order
            try:
                self.shop.add_to_order(order, payment.id)
                yield
                return
            except Conflict:
                order = self.shop.order
                yield

    def _reverses(self, payment: Payment, why: Why, conditions: Conditions) -> Paying:
        for _ in range(TRIES):
            if not holds_money(payment):
                return (
                    yield from self._continues_reversal(payment, just_written=False, conditions=conditions)
                )
            try:
                payment = self.shop.write(
                    payment, begin_reversal(payment, reason=why[0], why=why[1], now=self.now)
                )
            except Conflict:
                payment = self.shop.payments[payment.id]
                yield
                continue
            yield
            return (yield from self._continues_reversal(payment, just_written=True, conditions=conditions))
        return payment

    def _continues_reversal(self, payment: Payment, *, just_written: bool, conditions: Conditions) -> Paying:
        if not is_reversal_open(payment):
            return payment
        waiting = [t for t in reversal_operations(payment).operations if t.state is TransactionState.INITIAL]
        for number, operation in enumerate(waiting):
            payment = yield from self._reverses_one(
                payment, operation, own=just_written, conditions=conditions.of(number)
            )
        of_parts = [reversal_operations(part) for part in reversed_parts(payment)]
        late = [own.late_cancel for own in of_parts if own.late_cancel and own.replacement is None]
        instead = [replacement_refund(each, now=self.now) for each in late]
        payment = yield from self._adds(payment, instead, conditions)
        if owes_more(payment):
            payment = yield from self._adds(
                payment, reversal_announcements(payment, now=self.now), conditions
            )
        return payment

    def _adds(self, payment: Payment, announced: Sequence[AddTransaction], conditions: Conditions) -> Paying:
        """Announce further operations of a reversal and send them. Where another writer was faster, it goes on."""
        before = {t.id for t in payment.transactions}
        try:
            written = self.shop.write(payment, announced)
        except Conflict:
            return self.shop.payments[payment.id]
        for operation in [t for t in written.transactions if t.id not in before]:
            yield
            written = yield from self.sends_one(written, operation, conditions=conditions)
        return written

    def _reverses_one(
        self, payment: Payment, operation: Transaction, *, own: bool, conditions: Conditions
    ) -> Paying:
        if not own:
            if is_unsent(operation) and not has_room_for(payment, (operation,)):
                return self.writes(payment, operation, abandon((operation,)))
            found = payment if is_unsent(operation) else (yield from self.resolves_one(payment, operation))
            if not is_unchanged(found, operation) or not self.never_happened(found, operation):
                return found
            yield
            try:
                payment = self.shop.write(found, self.unmarked((operation,)))
            except Conflict:
                return found
            operation = next(t for t in payment.transactions if t.id == operation.id)
            yield
        return (yield from self.sends_one(payment, operation, conditions=conditions))


def _cancelled_by_buyer_updates(payment: Payment) -> tuple[Update, ...]:
    cancelled_by_buyer = Outcome(OutcomeKind.FAILED, "CANCELLED", "02306")
    return (
        close_as_cancelled(payment, outcome=cancelled_by_buyer)
        if attempt_status(payment) is AttemptStatus.OPEN
        else ()
    )
