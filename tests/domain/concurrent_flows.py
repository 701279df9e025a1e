"""Whoever settles, acts or looks things up, as steps between which anybody else may go on, or this one be killed.

Each caller does what the services do, call by call, with the decisions of the domain; at each `yield` it has just had
an answer. What a remote fails to do is told by `Luck`.
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
    mark_unsent,
    operation_keys,
    operations_of_key,
    replacement_refund,
)
from monext_bridge.domain.operations.ledger_limits import check_ledger
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
    has_room_for,
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
    accepted_transaction,
    attempt_status,
    holds_money,
    reversal_reason,
)
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
class Luck:
    """What becomes of an act that is sent, and whether the ledger is read before the intent is written."""

    reached: bool = True
    answered: bool = True
    refused: bool = False
    pending: bool = False
    readable: bool = True
    ledger_first: bool = False


GOOD = Luck()


@dataclass
class Bridge:
    """Any number of processes over the same remotes; `now` is the clock of the one that has its turn."""

    shop: Shop
    monext: Monext
    now: datetime

    def settles(self, payment_id: PaymentId, *, cancelled_by_buyer: bool = False, luck: Luck = GOOD) -> Steps:
        """Return, notification, cancel or result page: ask, decide, write; then what the record asks for."""
        context = self.shop.context(payment_id)
        yield
        token = context.payment.interface_id
        assert token is not None
        outcome, paid = self.monext.ask(token)
        yield
        while True:
            changes = decide(context, outcome=outcome, paid=paid, now=self.now)
            if cancelled_by_buyer and outcome.kind is OutcomeKind.NOT_BEGUN:
                changes = _closing(context.payment)
            try:
                payment = self.shop.write(context.payment, changes)
                break
            except Conflict:
                context = self.shop.context(payment_id)
                yield
        yield
        yield from self._finishes(replace(context, payment=payment), changed=bool(changes), luck=luck)

    def acts(self, payment_id: PaymentId, act: Operation, key: str, *, luck: Luck = GOOD) -> Steps:
        """A back office asks for an act under its key, for the first time or again."""
        name = OperationName(key, operation_digest(act, merchant_reference=None))
        for _ in range(TRIES):
            payment = self.shop.payments[payment_id]
            yield
            if operations_of_key(payment, key):
                payment = yield from self._finds_out_key(payment, key)
            ledger = self._ledger(payment) if luck.ledger_first else None
            claimed, changes = self._announcing(payment, act, name)
            if not changes:
                yield from self._refunds_instead(payment, act, name, luck)
                return
            yield
            try:
                written = self.shop.write(payment, changes)
            except Conflict:
                continue
            mine = own_operations(payment, written, claimed)
            yield
            if any(t.state is INITIAL for t in mine):  # else they were closed as void
                after = yield from self._sends(written, mine, act, luck, ledger=ledger)
                yield from self._refunds_instead(after, act, name, luck)
            return

    def finds_out(self, payment_id: PaymentId) -> Steps:
        """Every key whose end is not known, and what was never sent is closed: what reconciliation does."""
        payment = self.shop.payments[payment_id]
        yield
        for key in operation_keys(payment):
            payment = yield from self._finds_out_key(payment, key)
        for key in operation_keys(payment):
            free = operations_of_key(payment, key).free
            if free and not key.startswith(REVERSAL_PREFIX):
                payment = self._write(payment, free[0], abandon(free))
                yield

    def posts(self, payment_id: PaymentId) -> Steps:
        """The pass over the ledgers."""
        for _ in range(TRIES):
            payment = self.shop.payments[payment_id]
            taken = accepted_transaction(payment)
            if taken is None or taken.interface_id is None:
                return
            yield
            ledger = self.monext.ledger(taken.interface_id)
            rows = unposted_rows(payment, ledger)
            try:
                for row in rows:
                    key = self.monext.echoed(row.id)
                    change = posting_updates(payment, row, ledger=ledger, key=key, now=self.now)
                    payment = self.shop.write(payment, change)
                return
            except Conflict:
                yield

    def _finishes(self, context: PaymentContext, *, changed: bool, luck: Luck) -> Steps:
        payment = context.payment
        if reversal_reason(payment) is not None:
            yield from self._gives_back(payment, just_written=changed, luck=luck)
            return
        if accepted_transaction(payment) is None:
            return
        if changed and not context.makes_orders:
            context = self.shop.context(payment.id)
            yield
        for _ in range(TRIES):
            if not needs_order(context):
                break
            against = reason_to_reverse(context)
            if against:
                yield from self._returns(context.payment, against[0], luck)
                return
            placed = self.shop.place(context.cart.version if context.cart else 0)
            yield
            if placed == "placed":
                context = replace(context, order=self.shop.order)
                break
            before, context = context, self.shop.context(payment.id)
            yield
            if placed == "refused" and not _moved(before, context):
                yield from self._returns(context.payment, ReversalReason.ORDER_REFUSED, luck)
                return
        for second in duplicate_payments(context):
            yield from self._returns(second, ReversalReason.SECOND_PAYMENT, luck)

    def _returns(self, payment: Payment, flag: ReversalReason, luck: Luck) -> Steps:
        for _ in range(TRIES):
            if not holds_money(payment):
                yield from self._gives_back(payment, just_written=False, luck=luck)
                return
            try:
                payment = self.shop.write(
                    payment, begin_reversal(payment, flag=flag, why="why", now=self.now)
                )
            except Conflict:
                payment = self.shop.payments[payment.id]
                yield
                continue
            yield
            yield from self._gives_back(payment, just_written=True, luck=luck)
            return

    def _gives_back(self, payment: Payment, *, just_written: bool, luck: Luck) -> Steps:
        if not is_reversal_open(payment):
            return
        for intent in reversal_operations(payment).sent:
            if intent.state is INITIAL:
                payment = yield from self._gives_back_one(payment, intent, mine=just_written, luck=luck)
        payment = yield from self._refunds_late(payment, luck)
        if not owes_more(payment):
            return
        before = {t.id for t in payment.transactions}
        try:
            payment = self.shop.write(payment, reversal_announcements(payment, now=self.now))
        except Conflict:
            return
        for intent in [t for t in payment.transactions if t.id not in before]:
            yield
            payment = yield from self._gives_back_one(payment, intent, mine=True, luck=luck)

    def _refunds_late(self, payment: Payment, luck: Luck) -> Generator[None, None, Payment]:
        late = reversal_operations(payment).late_cancel
        if late is None or reversal_operations(payment).instead is not None:
            return payment
        try:
            written = self.shop.write(payment, (replacement_refund(late, now=self.now),))
        except Conflict:
            return self.shop.payments[payment.id]
        refund = reversal_operations(written).instead
        yield
        return (yield from self._sends_one(written, refund, luck=luck)) if refund else written

    def _gives_back_one(
        self, payment: Payment, intent: Transaction, *, mine: bool, luck: Luck
    ) -> Generator[None, None, Payment]:
        if not mine:
            found = payment if is_unsent(intent) else (yield from self._finds_out_one(payment, intent))
            if is_unsent(intent) and not has_room_for(found, (intent,)):
                return self._write(found, intent, abandon((intent,)))
            if not is_unchanged(found, intent) or not self._never_happened(found, intent):
                return found
            yield
            try:
                payment = self.shop.write(found, self._unmarked((intent,)))
            except Conflict:
                return found
            intent = next(t for t in payment.transactions if t.id == intent.id)
            yield
        return (yield from self._sends_one(payment, intent, luck=luck))

    def _announcing(
        self, payment: Payment, act: Operation, name: OperationName
    ) -> tuple[tuple[Transaction, ...], tuple[Update, ...]]:
        """What is claimed or written anew; nothing where the key has ended, is under way, or is not allowed."""
        known = operations_of_key(payment, name.key)
        if known:
            if not known.free or any(t.state is INITIAL for t in known.under_way):
                return (), ()
            fits = has_room_for(payment, known.free)
            return known.free, self._unmarked(known.free) if fits else abandon(known.free)
        if isinstance(act, Capture) and reversal_reason(payment) is not None:
            return (), ()
        try:
            return (), announcements(payment, act, name=name, now=self.now)
        except OperationNotAllowed:
            return (), ()

    def _sends(
        self,
        payment: Payment,
        mine: tuple[Transaction, ...],
        act: Operation,
        luck: Luck,
        *,
        ledger: Ledger | None = None,
    ) -> Generator[None, None, Payment]:
        """Where Monext's ledger allows it: each act of the request, one after the other."""
        ids = {t.id for t in mine}
        if not luck.readable:
            return self._write(payment, mine[0], mark_unsent(mine))
        try:
            check_ledger(payment, ledger or self._ledger(payment), operations=mine)
        except OperationNotAllowed:
            return self._write(payment, mine[0], abandon(mine))
        yield
        known = operations_of_key(payment, _name(mine[0]).key)
        final = isinstance(act, Capture) and act.final
        for intent in [t for t in known.sent if t.id in ids]:
            payment = yield from self._sends_one(payment, intent, luck=luck, rest=known.released, final=final)
        return payment

    def _sends_one(
        self,
        payment: Payment,
        intent: Transaction,
        *,
        luck: Luck,
        rest: Transaction | None = None,
        final: bool = False,
    ) -> Generator[None, None, Payment]:
        if not luck.reached:
            return self._write(payment, intent, mark_unsent((intent, rest) if rest else (intent,)))
        answer = self.monext.act(
            _taken(payment), intent, pending=luck.pending, refused=luck.refused, final=final
        )
        yield
        return self._write(payment, intent, _result(intent, answer, rest)) if luck.answered else payment

    def _refunds_instead(self, payment: Payment, act: Operation, name: OperationName, luck: Luck) -> Steps:
        known = operations_of_key(payment, name.key)
        late = known.late_cancel
        if late is None or known.instead or not isinstance(act, Reverse):
            return
        if any(t.state is INITIAL for t in known.sent):
            return
        try:
            written = self.shop.write(payment, (replacement_refund(late, now=self.now),))
        except Conflict:
            return
        instead = operations_of_key(written, name.key).instead
        yield
        if instead:
            yield from self._sends(written, (instead,), act, luck)

    def _finds_out_key(self, payment: Payment, key: str) -> Generator[None, None, Payment]:
        """Acts of callers; of what gives money back only what was received, since it has its own way to go on."""
        known, back = operations_of_key(payment, key), key.startswith(REVERSAL_PREFIX)
        for intent in known.under_way:
            if back and intent.state is INITIAL:
                continue
            payment = yield from self._finds_out_one(payment, intent, rest=known.released)
            waits = is_unchanged(payment, intent) and intent.state is INITIAL
            if waits and self._never_happened(payment, intent):
                yield
                ended = (intent, known.released) if known.released else (intent,)
                failed = [ChangeTransactionState(t.id, FAILURE) for t in ended]
                payment = self._write(payment, intent, failed)
        known = operations_of_key(payment, key)
        if known.released and known.released.state is INITIAL and known.sent:
            state = known.sent[0].state
            if state not in (INITIAL, PENDING):
                ended_too = ChangeTransactionState(known.released.id, state)
                payment = self._write(payment, known.released, (ended_too,))
        return payment

    def _finds_out_one(
        self, payment: Payment, intent: Transaction, *, rest: Transaction | None = None
    ) -> Generator[None, None, Payment]:
        """By its looks alone a capture is none that has released the rest, unless that is listed."""
        ledger = self._ledger(payment)
        row = self._row_of(payment, intent)
        yield
        if row is None or (row.ok is None and intent.state is PENDING):
            return payment
        listed = rest is not None and bool(candidate_rows(rest, payment=payment, ledger=ledger))
        released = bool(intent.interface_id) or listed or self.monext.echoed(row.id) is not None
        return self._write(payment, intent, _as_listed(intent, row, rest, released=released))

    def _never_happened(self, payment: Payment, intent: Transaction) -> bool:
        old = is_overdue(intent, now=self.now)
        return is_unsent(intent) or (old and self._row_of(payment, intent) is None)

    def _row_of(self, payment: Payment, intent: Transaction) -> LedgerRow | None:
        ledger = self._ledger(payment)
        if intent.interface_id:
            return next((row for row in ledger.rows if row.id == intent.interface_id), None)
        keys = {
            row.id: self.monext.echoed(row.id)
            for row in candidate_rows(intent, payment=payment, ledger=ledger)
        }
        return matching_row(intent, payment=payment, ledger=ledger, keys=keys)

    def _ledger(self, payment: Payment) -> Ledger:
        return self.monext.ledger(_taken(payment))

    def _unmarked(self, operations: Iterable[Transaction]) -> tuple[Update, ...]:
        changes: list[Update] = []
        for intent in operations:
            changes.append(ChangeTransactionTimestamp(intent.id, self.now))
            name = operation_name(intent)
            if name and is_unsent(intent):
                changes.append(ChangeInteractionId(intent.id, str(name.marked(None))))
        return tuple(changes)

    def _write(self, payment: Payment, intent: Transaction, changes: Iterable[Update]) -> Payment:
        """What became of an intent; where another was faster, only if it still reads as it did."""
        changes = tuple(changes)
        try:
            return self.shop.write(payment, changes)
        except Conflict:
            current = self.shop.payments[payment.id]
            return self.shop.write(current, changes) if is_unchanged(current, intent) else current


def _name(intent: Transaction) -> OperationName:
    name = operation_name(intent)
    assert name is not None
    return name


def _taken(payment: Payment) -> MonextTransactionId:
    taken = accepted_transaction(payment)
    assert taken is not None
    assert taken.interface_id is not None
    return taken.interface_id


def _closing(payment: Payment) -> tuple[Update, ...]:
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


def _result(intent: Transaction, answer: OperationAnswer, rest: Transaction | None) -> tuple[Update, ...]:
    if answer.kind is OperationAnswerKind.UNKNOWN:
        return ()
    state = RESULT_OF[answer.kind]
    changes: list[Update] = [ChangeTransactionState(intent.id, state)]
    if answer.transaction_id:
        changes.append(SetTransactionInterfaceId(intent.id, answer.transaction_id))
    name = operation_name(intent)
    if answer.code == "02105" and name:
        changes.append(ChangeInteractionId(intent.id, str(name.marked(TOO_LATE))))
    if rest:
        changes.append(ChangeTransactionState(rest.id, state))
    return tuple(changes)


def _as_listed(
    intent: Transaction, row: LedgerRow, rest: Transaction | None, *, released: bool
) -> tuple[Update, ...]:
    state = STATE_OF_ROW[row.ok]
    changes: list[Update] = [ChangeTransactionState(intent.id, state)]
    if not intent.interface_id:
        changes.append(SetTransactionInterfaceId(intent.id, row.id))
    if rest:
        changes.append(ChangeTransactionState(rest.id, state if released else FAILURE))
    return tuple(changes)
