"""Plays the bridge's flows as generators, so that a test can interleave them, or kill one, between any two steps.

Each flow does what the services do, call by call, with the decisions of the domain. At each `yield` it has just had
an answer. `Conditions` says what a remote fails to do. Who changes the steps of a service changes them here as well.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monext_bridge.domain.ids import MonextTransactionId, PaymentId
from monext_bridge.domain.monext import (
    Ledger,
    LedgerRow,
    OperationAnswer,
    OperationAnswerKind,
    Outcome,
    OutcomeKind,
)
from monext_bridge.domain.operations.by_key import (
    abandon,
    give_up,
    mark_unsent,
    operation_keys,
    operations_of_key,
    replacement_refund,
)
from monext_bridge.domain.operations.ledger_limits import check_ledger
from monext_bridge.domain.operations.open_amounts import has_room_for
from monext_bridge.domain.operations.pending import (
    REVERSAL_PREFIX,
    TOO_LATE,
    OperationName,
    candidate_rows,
    is_overdue,
    is_unsent,
    matching_row,
    operation_name,
)
from monext_bridge.domain.operations.rules import (
    Capture,
    Operation,
    OperationNotAllowed,
    Reverse,
    announcements,
    operation_digest,
)
from monext_bridge.domain.outcome.automatic_reversal import (
    is_reversal_open,
    owes_more,
    reversal_announcements,
    reversal_operations,
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
from monext_bridge.domain.reconciliation.compare_ledger import posting_updates, unposted_rows
from monext_bridge.domain.record.attempt_status import (
    AttemptStatus,
    ReversalReason,
    attempt_status,
    holds_money,
    reversal_reason,
)
from monext_bridge.domain.record.parts import accepted_transaction
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState
from monext_bridge.domain.record.updates import (
    ChangeInteractionId,
    ChangeTransactionState,
    ChangeTransactionTimestamp,
    SetTransactionInterfaceId,
    Update,
)
from monext_bridge.services.operations.execute import RESULT_OF, STATE_OF_ROW, is_unchanged
from monext_bridge.services.operations.request import own_operations
from tests.domain.remotes_in_memory import Conflict, Monext, Shop

Steps = Generator[None, None, None]
TRIES = 10
INITIAL, PENDING, FAILURE = TransactionState.INITIAL, TransactionState.PENDING, TransactionState.FAILURE


@dataclass(frozen=True)
class Conditions:
    """What becomes of an operation that is sent, and whether the ledger is read before the operation is announced."""

    reached: bool = True
    answered: bool = True
    refused: bool = False
    pending: bool = False
    readable: bool = True
    ledger_first: bool = False


NORMAL = Conditions()


@dataclass
class Bridge:
    """Any number of processes over the same remotes; `now` is the clock of the process that has its turn."""

    shop: Shop
    monext: Monext
    now: datetime

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
        yield from self._finishes_payment(
            replace(context, payment=payment), changed=bool(changes), conditions=conditions
        )

    def operates(
        self, payment_id: PaymentId, request: Operation, key: str, *, conditions: Conditions = NORMAL
    ) -> Steps:
        """Perform an operation that a back office asks for under its key, for the first time or again."""
        name = OperationName(key, operation_digest(request, merchant_reference=None))
        for _ in range(TRIES):
            payment = self.shop.payments[payment_id]
            yield
            if operations_of_key(payment, key):
                payment = yield from self._resolves_key(payment, key)
            ledger = self._ledger(payment) if conditions.ledger_first else None
            claimed, changes = self._announcements(payment, request, name)
            if not changes:
                yield from self._refunds_instead(payment, request, name, conditions)
                return
            yield
            try:
                written = self.shop.write(payment, changes)
            except Conflict:
                continue
            own = own_operations(payment, written, claimed)
            yield
            if any(t.state is INITIAL for t in own):  # else they were closed as abandoned
                after = yield from self._sends(
                    written, own, request, conditions, ledger=ledger, claimed=bool(claimed)
                )
                yield from self._refunds_instead(after, request, name, conditions)
            return

    def resolves_unknown(self, payment_id: PaymentId) -> Steps:
        """Find out what became of every unresolved key, and close what was never sent, as reconciliation does."""
        payment = self.shop.payments[payment_id]
        yield
        for owned in operation_keys(payment):
            payment = yield from self._resolves_key(payment, owned.key)
        for owned in operation_keys(payment):
            known = operations_of_key(payment, owned.key)
            free = known.unsent
            if free and not owned.key.startswith(REVERSAL_PREFIX):
                payment = self._write(payment, free[0], give_up(free, known=known))
                yield

    def imports_ledger(self, payment_id: PaymentId) -> Steps:
        """Write what only the ledger has into the record, as the pass over the ledgers does."""
        for _ in range(TRIES):
            payment = self.shop.payments[payment_id]
            accepted = accepted_transaction(payment)
            if accepted is None or accepted.interface_id is None:
                return
            yield
            ledger = self.monext.ledger(accepted.interface_id)
            rows = unposted_rows(payment, ledger)
            try:
                for row in rows:
                    key = self.monext.echoed_key(row.id)
                    change = posting_updates(payment, row, ledger=ledger, key=key, now=self.now)
                    payment = self.shop.write(payment, change)
                return
            except Conflict:
                yield

    def _finishes_payment(self, context: PaymentContext, *, changed: bool, conditions: Conditions) -> Steps:
        payment = context.payment
        if reversal_reason(payment) is not None:
            yield from self._continues_reversal(payment, just_written=changed, conditions=conditions)
            return
        if accepted_transaction(payment) is None:
            return
        if changed and not context.makes_orders:
            context = self.shop.context(payment.id)
            yield
        for _ in range(TRIES):
            if not needs_order(context):
                break
            objections = reason_to_reverse(context)
            if objections:
                yield from self._reverses(context.payment, objections[0], conditions)
                return
            created = self.shop.create_order(context.cart.version if context.cart else 0)
            yield
            if created == "created":
                context = replace(context, order=self.shop.order)
                break
            before, context = context, self.shop.context(payment.id)
            yield
            if created == "refused" and not _moved(before, context):
                yield from self._reverses(context.payment, ReversalReason.ORDER_REFUSED, conditions)
                return
        for second in duplicate_payments(context):
            yield from self._reverses(second, ReversalReason.SECOND_PAYMENT, conditions)

    def _reverses(self, payment: Payment, reason: ReversalReason, conditions: Conditions) -> Steps:
        for _ in range(TRIES):
            if not holds_money(payment):
                yield from self._continues_reversal(payment, just_written=False, conditions=conditions)
                return
            try:
                payment = self.shop.write(
                    payment, begin_reversal(payment, reason=reason, why="why", now=self.now)
                )
            except Conflict:
                payment = self.shop.payments[payment.id]
                yield
                continue
            yield
            yield from self._continues_reversal(payment, just_written=True, conditions=conditions)
            return

    def _continues_reversal(self, payment: Payment, *, just_written: bool, conditions: Conditions) -> Steps:
        if not is_reversal_open(payment):
            return
        for operation in reversal_operations(payment).operations:
            if operation.state is INITIAL:
                payment = yield from self._reverses_one(
                    payment, operation, own=just_written, conditions=conditions
                )
        payment = yield from self._refunds_instead_of_cancel(payment, conditions)
        if not owes_more(payment):
            return
        before = {t.id for t in payment.transactions}
        try:
            payment = self.shop.write(payment, reversal_announcements(payment, now=self.now))
        except Conflict:
            return
        for operation in [t for t in payment.transactions if t.id not in before]:
            yield
            payment = yield from self._reverses_one(payment, operation, own=True, conditions=conditions)

    def _refunds_instead_of_cancel(
        self, payment: Payment, conditions: Conditions
    ) -> Generator[None, None, Payment]:
        late_cancel = reversal_operations(payment).late_cancel
        if late_cancel is None or reversal_operations(payment).replacement is not None:
            return payment
        try:
            written = self.shop.write(payment, (replacement_refund(late_cancel, now=self.now),))
        except Conflict:
            return self.shop.payments[payment.id]
        refund = reversal_operations(written).replacement
        yield
        return (yield from self._sends_one(written, refund, conditions=conditions)) if refund else written

    def _reverses_one(
        self, payment: Payment, operation: Transaction, *, own: bool, conditions: Conditions
    ) -> Generator[None, None, Payment]:
        if not own:
            found = payment if is_unsent(operation) else (yield from self._resolves_one(payment, operation))
            if is_unsent(operation) and not has_room_for(found, (operation,)):
                return self._write(found, operation, abandon((operation,)))
            if not is_unchanged(found, operation) or not self._never_happened(found, operation):
                return found
            yield
            try:
                payment = self.shop.write(found, self._unmarked((operation,)))
            except Conflict:
                return found
            operation = next(t for t in payment.transactions if t.id == operation.id)
            yield
        return (yield from self._sends_one(payment, operation, conditions=conditions))

    def _announcements(
        self, payment: Payment, request: Operation, name: OperationName
    ) -> tuple[tuple[Transaction, ...], tuple[Update, ...]]:
        """Give the operations to claim again, and the updates that announce operations.

        There are no updates where the key has ended or is under way, or where the operation is not allowed.
        """
        of_key = operations_of_key(payment, name.key)
        if of_key:
            if not of_key.unsent or any(t.state is INITIAL for t in of_key.under_way):
                return (), ()
            fits = has_room_for(payment, of_key.unsent)
            return of_key.unsent, self._unmarked(of_key.unsent) if fits else give_up(
                of_key.unsent, known=of_key
            )
        if isinstance(request, Capture) and reversal_reason(payment) is not None:
            return (), ()
        try:
            return (), announcements(payment, request, name=name, now=self.now)
        except OperationNotAllowed:
            return (), ()

    def _sends(
        self,
        payment: Payment,
        own: tuple[Transaction, ...],
        request: Operation,
        conditions: Conditions,
        *,
        ledger: Ledger | None = None,
        claimed: bool = False,
    ) -> Generator[None, None, Payment]:
        """Send each operation of the request, one after the other, where Monext's ledger allows it."""
        ids = {t.id for t in own}
        if not conditions.readable:
            return self._write(payment, own[0], mark_unsent(own))
        try:
            check_ledger(payment, ledger or self._ledger(payment), operations=own)
        except OperationNotAllowed:
            known = operations_of_key(payment, _name(own[0]).key)
            return self._write(payment, own[0], give_up(own, known=known) if claimed else abandon(own))
        yield
        of_key = operations_of_key(payment, _name(own[0]).key)
        final = isinstance(request, Capture) and request.final
        for operation in [t for t in of_key.operations if t.id in ids]:
            payment = yield from self._sends_one(
                payment, operation, conditions=conditions, rest=of_key.remainder, final=final
            )
        return payment

    def _sends_one(
        self,
        payment: Payment,
        operation: Transaction,
        *,
        conditions: Conditions,
        rest: Transaction | None = None,
        final: bool = False,
    ) -> Generator[None, None, Payment]:
        if not conditions.reached:
            return self._write(payment, operation, mark_unsent((operation, rest) if rest else (operation,)))
        answer = self.monext.execute(
            _accepted_id(payment),
            operation,
            pending=conditions.pending,
            refused=conditions.refused,
            final=final,
        )
        yield
        return (
            self._write(payment, operation, _result(operation, answer, rest))
            if conditions.answered
            else payment
        )

    def _refunds_instead(
        self, payment: Payment, request: Operation, name: OperationName, conditions: Conditions
    ) -> Steps:
        of_key = operations_of_key(payment, name.key)
        late = of_key.late_cancel
        if late is None or of_key.replacement or not isinstance(request, Reverse):
            return
        if any(t.state is INITIAL for t in of_key.operations):
            return
        try:
            written = self.shop.write(payment, (replacement_refund(late, now=self.now),))
        except Conflict:
            return
        instead = operations_of_key(written, name.key).replacement
        yield
        if instead:
            yield from self._sends(written, (instead,), request, conditions)

    def _resolves_key(self, payment: Payment, key: str) -> Generator[None, None, Payment]:
        """Find out what became of the operations of a key.

        Of a reversal only what Monext has received is looked up: reversals have their own way to go on.
        """
        of_key, is_reversal = operations_of_key(payment, key), key.startswith(REVERSAL_PREFIX)
        for operation in of_key.under_way:
            if is_reversal and operation.state is INITIAL:
                continue
            payment = yield from self._resolves_one(payment, operation, rest=of_key.remainder)
            waits = is_unchanged(payment, operation) and operation.state is INITIAL
            if waits and self._never_happened(payment, operation):
                yield
                ended = (operation, of_key.remainder) if of_key.remainder else (operation,)
                failed = [ChangeTransactionState(t.id, FAILURE) for t in ended]
                payment = self._write(payment, operation, failed)
        of_key = operations_of_key(payment, key)
        if of_key.remainder and of_key.remainder.state is INITIAL and of_key.operations:
            state = of_key.operations[0].state
            if state not in (INITIAL, PENDING):
                ended_too = ChangeTransactionState(of_key.remainder.id, state)
                payment = self._write(payment, of_key.remainder, (ended_too,))
        return payment

    def _resolves_one(
        self, payment: Payment, operation: Transaction, *, rest: Transaction | None = None
    ) -> Generator[None, None, Payment]:
        """Find out what became of one operation.

        A capture that is recognised only by its amount did not release the remainder, unless that is listed.
        """
        ledger = self._ledger(payment)
        row = self._row_of(payment, operation)
        yield
        if row is None or (row.ok is None and operation.state is PENDING):
            return payment
        listed = rest is not None and bool(candidate_rows(rest, payment=payment, ledger=ledger))
        released = bool(operation.interface_id) or listed or self.monext.echoed_key(row.id) is not None
        return self._write(payment, operation, _as_listed(operation, row, rest, released=released))

    def _never_happened(self, payment: Payment, operation: Transaction) -> bool:
        old = is_overdue(operation, now=self.now)
        return is_unsent(operation) or (old and self._row_of(payment, operation) is None)

    def _row_of(self, payment: Payment, operation: Transaction) -> LedgerRow | None:
        ledger = self._ledger(payment)
        if operation.interface_id:
            return next((row for row in ledger.rows if row.id == operation.interface_id), None)
        keys = {
            row.id: self.monext.echoed_key(row.id)
            for row in candidate_rows(operation, payment=payment, ledger=ledger)
        }
        return matching_row(operation, payment=payment, ledger=ledger, keys=keys)

    def _ledger(self, payment: Payment) -> Ledger:
        return self.monext.ledger(_accepted_id(payment))

    def _unmarked(self, operations: Iterable[Transaction]) -> tuple[Update, ...]:
        changes: list[Update] = []
        for operation in operations:
            changes.append(ChangeTransactionTimestamp(operation.id, self.now))
            name = operation_name(operation)
            if name and is_unsent(operation):
                changes.append(ChangeInteractionId(operation.id, str(name.marked(None))))
        return tuple(changes)

    def _write(self, payment: Payment, operation: Transaction, changes: Iterable[Update]) -> Payment:
        """Write what became of an operation. After a conflict, write only if the operation still reads as it did."""
        changes = tuple(changes)
        try:
            return self.shop.write(payment, changes)
        except Conflict:
            current = self.shop.payments[payment.id]
            return self.shop.write(current, changes) if is_unchanged(current, operation) else current


def _name(operation: Transaction) -> OperationName:
    name = operation_name(operation)
    assert name is not None
    return name


def _accepted_id(payment: Payment) -> MonextTransactionId:
    accepted = accepted_transaction(payment)
    assert accepted is not None
    assert accepted.interface_id is not None
    return accepted.interface_id


def _cancelled_by_buyer_updates(payment: Payment) -> tuple[Update, ...]:
    cancelled_by_buyer = Outcome(OutcomeKind.FAILED, "CANCELLED", "02306")
    return (
        close_as_cancelled(payment, outcome=cancelled_by_buyer)
        if attempt_status(payment) is AttemptStatus.OPEN
        else ()
    )


def _moved(before: PaymentContext, after: PaymentContext) -> bool:
    if after.order is not None or before.cart is None or after.cart is None:
        return after.order is not None
    return (before.cart.version, before.cart.state) != (after.cart.version, after.cart.state)


def _result(operation: Transaction, answer: OperationAnswer, rest: Transaction | None) -> tuple[Update, ...]:
    if answer.kind is OperationAnswerKind.UNKNOWN:
        return ()
    state = RESULT_OF[answer.kind]
    changes: list[Update] = [ChangeTransactionState(operation.id, state)]
    if answer.transaction_id:
        changes.append(SetTransactionInterfaceId(operation.id, answer.transaction_id))
    name = operation_name(operation)
    if answer.code == "02105" and name:
        changes.append(ChangeInteractionId(operation.id, str(name.marked(TOO_LATE))))
    if rest:
        changes.append(ChangeTransactionState(rest.id, state))
    return tuple(changes)


def _as_listed(
    operation: Transaction, row: LedgerRow, rest: Transaction | None, *, released: bool
) -> tuple[Update, ...]:
    state = STATE_OF_ROW[row.ok]
    changes: list[Update] = [ChangeTransactionState(operation.id, state)]
    if not operation.interface_id:
        changes.append(SetTransactionInterfaceId(operation.id, row.id))
    if rest:
        changes.append(ChangeTransactionState(rest.id, state if released else FAILURE))
    return tuple(changes)
