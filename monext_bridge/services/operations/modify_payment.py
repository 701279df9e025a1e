"""Captures, cancels, refunds or reverses a payment: each request once, whoever asks and however often.

hop 1   GET payment
hop 2   POST payment: the announced operations   and   GET Monext transaction (its ledger)   and   GET order
hop 3   POST Monext, where ledger and record allow it
hop 4   POST payment: the result                 and   POST order: its payment state
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from monext_bridge.concerns import now_concerns
from monext_bridge.config import Settings
from monext_bridge.domain.checkout import is_own
from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.operations import (
    IDEMPOTENCY_KEY,
    TOO_LATE,
    Cancel,
    Capture,
    KeyedOperations,
    Operation,
    OperationNotAllowed,
    Refund,
    Reverse,
    announcements,
    give_up,
    has_abandoned,
    has_room_for,
    is_unsent,
    operation_mark,
    replacement_refund,
)
from monext_bridge.domain.record import (
    AddTransaction,
    Order,
    Payment,
    TransactionState,
    parts,
    reversal_reason,
)
from monext_bridge.errors import (
    Conflict,
    KeyReused,
    Malformed,
    NotFound,
    OperationUnknown,
    RemoteError,
    RemoteNotFound,
    RemoteUnreachable,
    VersionConflict,
)
from monext_bridge.gateways.commercetools import acting_as
from monext_bridge.logs import event
from monext_bridge.runtime import RecordClock
from monext_bridge.services.operations.actor import Actor
from monext_bridge.services.operations.announce import OperationAnnouncer
from monext_bridge.services.operations.audit import AuditedAct, AuditOutcome, audited
from monext_bridge.services.operations.execute import OperationExecutor
from monext_bridge.services.operations.order_payment_state import OrderStateUpdater
from monext_bridge.services.operations.request import (
    OUTCOME_OF,
    AnnouncedOperations,
    OperationRequest,
    OperationResult,
)
from monext_bridge.services.operations.resolve_unknown import UnknownOutcomeResolver
from monext_bridge.services.remotes import (
    CommercetoolsRecords,
    decide_and_write,
    now_about_order,
    now_about_payment,
    outdated,
)

log = logging.getLogger(__name__)

NOT_KNOWN_YET = "whether Monext acted is not known yet: ask again with this key"
UNSENT_IN_PART = "a part of it was sent, and a part could not be: ask again with this key"
CANCEL_TOO_LATE_TEXT = "the capture was sent for settlement already: refund it instead"

Begun = AnnouncedOperations | OperationResult
"""What a key has come to: operations that wait for this caller to send them, or the state of those that were sent."""


@dataclass(frozen=True, slots=True)
class PaymentOperations:
    settings: Settings
    records: CommercetoolsRecords
    executor: OperationExecutor
    announcer: OperationAnnouncer
    resolver: UnknownOutcomeResolver
    clock: RecordClock

    def payment(self, payment_id: PaymentId, *, by: Actor | None = None) -> Payment:
        """Return the payment.

        Raises NotFound where there is none or it is not of this bridge; Forbidden where its store is not open to
        the actor; RemoteError.
        """
        now_concerns(payment=payment_id)
        try:
            payment = self.records.payment(payment_id)
        except RemoteNotFound as error:
            raise NotFound(f"no payment {payment_id}") from error
        if not is_own(payment, interfaces=self.settings.interfaces):
            raise NotFound(f"payment {payment_id} is not of this bridge")
        if by is not None:
            by.check_store(payment)
        return now_about_payment(payment)

    def order_of(self, payment_id: PaymentId) -> Order | None:
        """Return the order that names the payment, whoever made it."""
        return now_about_order(self.records.order_of_payment(payment_id))

    def perform(
        self,
        payment_id: PaymentId,
        operation: Operation,
        *,
        by: Actor,
        key: str | None = None,
        merchant_reference: str | None = None,
        still_due: Callable[[Payment], bool] | None = None,
    ) -> OperationResult:
        """Carry out an operation, or return what became of it where its actor has used the key for it before.

        `still_due` is asked of each reading before anything is announced on it: others may have captured since the
        caller's own.

        Raises NotFound; Conflict where the money rules forbid it or it is not due any more; KeyReused; Forbidden
        where the actor may not do it; Malformed for a key of the wrong form; OperationUnknown where it is not known
        whether Monext acted (ask again with the same key); RemoteError where nothing was begun. The log tells of it
        once, whatever comes of it.
        """
        with audited(AuditedAct(by, payment_id=payment_id)) as told, acting_as(by.principal):
            told.asks(operation, merchant_reference=merchant_reference)
            if key is not None and not IDEMPOTENCY_KEY.fullmatch(key):
                raise Malformed("1 to 128 of A-Z a-z 0-9 _ . : -", field="Idempotency-Key")
            told.key = key or uuid.uuid4().hex
            request = OperationRequest(operation, told.key, merchant_reference, by, still_due)
            result = self._perform(payment_id, request, told)
            told.outcome = AuditOutcome(result.outcome)
        return result

    def _perform(self, payment_id: PaymentId, request: OperationRequest, told: AuditedAct) -> OperationResult:
        def begin(payment: Payment) -> Begun:
            told.reads(payment, request.operation, recorded=request.recorded(payment))
            request.by.check_store(payment)
            return self._begin(payment, request)

        begun = decide_and_write(
            self.payment(payment_id),
            begin,
            again=lambda _: self.payment(payment_id),
            what=f"payment {payment_id}",
        )
        if isinstance(begun, OperationResult):
            return begun
        told.names(begun.order.order)
        return self._execute(begun, request)

    def resolve(self, payment: Payment) -> Payment:
        """Look up at Monext every operation without a final outcome, automatic reversals excepted."""
        return self._with_order_updated(payment, self.resolver.resolve_all(payment))

    def _begin(self, payment: Payment, request: OperationRequest) -> Begun:
        known = request.recorded(payment)
        return self._again(payment, known, request) if known else self._first(payment, request)

    def _first(self, payment: Payment, request: OperationRequest) -> Begun:
        """Handle a new key. Raises Forbidden above the actor's limit, whatever the record would allow."""
        if isinstance(request.operation, Capture | Refund):
            request.by.check_amount(request.operation.amount)
        _check_due(payment, request)
        operations = self._announcements(payment, request)
        request.check_amount(each.amount for each in operations)
        if has_abandoned(payment, request.key, principal=request.by.principal):
            self.announcer.check_before(payment, operations, request)
        return self.announcer.announce(payment, operations, request)

    def _again(self, payment: Payment, known: KeyedOperations, request: OperationRequest) -> Begun:
        """Handle a used key: return its result, resolve it where it is open, or announce it where it is unsent."""
        if not known.is_of(request.name):
            raise KeyReused("this key was used with another request", field="Idempotency-Key")
        payment = self._with_order_updated(
            payment, self.resolver.resolve_key(payment, request.name.owned_key)
        )
        now = request.recorded(payment)
        if now.unsent and not any(t.state is TransactionState.INITIAL for t in now.under_way):
            return self._announce_unsent(payment, now, request)
        return self._refund_instead(payment, request) or self._result(payment, request)

    def _announce_unsent(self, payment: Payment, known: KeyedOperations, request: OperationRequest) -> Begun:
        """Announce unsent operations again if there is still room for exactly them; otherwise give them up."""
        request.check_amount(t.amount for t in known.unsent)
        if not has_room_for(payment, known.unsent):
            closing = give_up(known.unsent, known=known)
            payment = self.executor.write(payment, known.unsent[0], closing)
            if not request.recorded(payment):
                raise outdated(f"payment {payment.id}")
            return self._result(payment, request)
        _check_due(payment, request)
        return self.announcer.announce(
            payment, self.executor.claim_updates(known.unsent), request, claimed=known.unsent
        )

    def _execute(self, announced: AnnouncedOperations, request: OperationRequest) -> OperationResult:
        """Carry out hops 3 and 4 for each operation; the order's payment state is written with the last."""
        payment = announced.payment
        todo = [t for t in request.recorded(payment).operations if t.id in announced.targets]
        for operation in todo:
            event(
                log,
                "operation",
                payment=payment.id,
                operation=operation.type.value,
                amount=operation.amount.cent_amount,
            )
            beside = announced.order.follow if operation is todo[-1] else None
            target = announced.targets[operation.id]
            payment = self.executor.execute(payment, operation, target=target, beside=beside)
        # The order may have been made meanwhile.
        order = announced.order if announced.order.order else self._order_of(payment)
        order.follow(payment)
        return self._refund_instead(payment, request) or self._result(payment, request)

    def _refund_instead(self, payment: Payment, request: OperationRequest) -> OperationResult | None:
        """Refund, under the same key, the amounts of a reverse's cancels that came too late."""
        if not isinstance(request.operation, Reverse):
            return None
        of_parts = [request.recorded(part) for part in parts(payment)]
        late = [own.late_cancel for own in of_parts if own.late_cancel and own.replacement is None]
        known = request.recorded(payment).operations
        if not late or any(t.state is TransactionState.INITIAL for t in known):
            return None
        refunds = tuple(replacement_refund(each, now=self.clock.stamp()) for each in late)
        try:
            announced = self.announcer.announce(payment, refunds, request)
        except Conflict:
            return None
        except VersionConflict as error:
            message = "another operation was faster: ask again with this key"
            raise OperationUnknown(message, remote="monext") from error
        return self._execute(announced, request)

    def _result(self, payment: Payment, request: OperationRequest) -> OperationResult:
        """Return the answer that the record gives for a key; never a guess."""
        known = request.recorded(payment)
        worst, first = known.worst(), known.first()
        if worst.state is TransactionState.INITIAL:
            if all(is_unsent(t) for t in known.operations):
                raise RemoteUnreachable("Monext can't be reached; nothing was done", remote="monext")
            raise OperationUnknown(UNSENT_IN_PART if is_unsent(worst) else NOT_KNOWN_YET, remote="monext")
        if operation_mark(worst) == TOO_LATE and isinstance(request.operation, Cancel):
            raise Conflict(CANCEL_TOO_LATE_TEXT)
        return OperationResult(OUTCOME_OF[worst.state], first.id, first.interface_id)

    def _announcements(self, payment: Payment, request: OperationRequest) -> tuple[AddTransaction, ...]:
        if isinstance(request.operation, Capture) and reversal_reason(payment) is not None:
            raise Conflict("this payment is being given back: nothing of it can be captured")
        try:
            return announcements(payment, request.operation, name=request.name, now=self.clock.stamp())
        except OperationNotAllowed as error:
            raise Conflict(str(error)) from error

    def _with_order_updated(self, before: Payment, payment: Payment) -> Payment:
        """Return the payment; where it has changed, the order's payment state follows."""
        if payment is not before:
            self._order_of(payment).follow(payment)
        return payment

    def _order_of(self, payment: Payment) -> OrderStateUpdater:
        try:
            return OrderStateUpdater(self.records, self.order_of(payment.id))
        except RemoteError:
            return OrderStateUpdater(self.records, None)


def _check_due(payment: Payment, request: OperationRequest) -> None:
    """Raise Conflict where the caller's reason for the operation no longer holds of this reading."""
    if request.still_due is not None and not request.still_due(payment):
        raise Conflict("the payment has changed since, and this is no longer due")
