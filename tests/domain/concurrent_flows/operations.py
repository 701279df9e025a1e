"""Plays captures, cancels, refunds and reversals that somebody asks for under a key."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from enum import Enum, auto

from monext_bridge.domain.ids import MonextTransactionId, PaymentId
from monext_bridge.domain.monext import Ledger
from monext_bridge.domain.operations.by_key import (
    abandon,
    give_up,
    mark_unsent,
    operations_of_key,
    replacement_refund,
)
from monext_bridge.domain.operations.ledger_limits import check_ledger
from monext_bridge.domain.operations.open_amounts import has_room_for
from monext_bridge.domain.operations.pending import REVERSAL_PREFIX, OperationName
from monext_bridge.domain.operations.rules import (
    Capture,
    Operation,
    OperationNotAllowed,
    Reverse,
    announcements,
    operation_digest,
)
from monext_bridge.domain.record.attempt_status import reversal_reason
from monext_bridge.domain.record.parts import further_part, part_with, parts
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState, TransactionType
from monext_bridge.domain.record.updates import ChangeTransactionState, Update
from monext_bridge.services.operations.execute import is_unchanged
from monext_bridge.services.operations.request import own_operations
from tests.domain.commercetools_in_memory import Conflict
from tests.domain.concurrent_flows.process import (
    NORMAL,
    TRIES,
    Conditions,
    Paying,
    Process,
    Steps,
    name_of,
)

INITIAL, FAILURE, SUCCESS = TransactionState.INITIAL, TransactionState.FAILURE, TransactionState.SUCCESS
Ledgers = Mapping[MonextTransactionId | None, Ledger]


class Performed(Enum):
    """How a request under a key ended. DONE: there is a result, be it a rejection."""

    DONE = auto()
    FORBIDDEN = auto()
    UNKNOWN = auto()


class Operations(Process):
    def operates(
        self,
        payment_id: PaymentId,
        request: Operation,
        key: str,
        *,
        conditions: Conditions = NORMAL,
        still_due: Callable[[Payment], bool] = lambda _: True,
    ) -> Generator[None, None, Performed]:
        """Perform an operation that is asked for under its key, for the first time or again."""
        name = OperationName(key, operation_digest(request, merchant_reference=None))
        for _ in range(TRIES):
            payment = self.shop.payments[payment_id]
            yield
            if known := operations_of_key(payment, key):
                if not known.is_of(name):
                    return Performed.FORBIDDEN
                payment = yield from self.resolves_key(payment, key)
            ledgers = self.ledgers(payment) if conditions.ledger_first else None
            claimed, changes = self._announcements(payment, request, name)
            if not changes:
                yield from self._refunds_instead(payment, request, name, conditions)
                return self._performed(payment_id, key)
            if not still_due(payment):
                return Performed.FORBIDDEN
            yield
            try:
                written = self.shop.write(payment, changes)
            except Conflict:
                continue
            own = own_operations(payment, written, claimed)
            yield
            if any(t.state is INITIAL for t in own):  # else they were closed as abandoned
                after = yield from self._sends(
                    written, own, request, conditions, ledgers=ledgers, claimed=bool(claimed)
                )
                yield from self._refunds_instead(after, request, name, conditions)
            return self._performed(payment_id, key)
        return Performed.UNKNOWN

    def resolves_key(self, payment: Payment, key: str) -> Paying:
        """Find out what became of the operations of a key, part by part.

        Of a reversal only what Monext has received is looked up: reversals have their own way to go on.
        """
        is_reversal = key.startswith(REVERSAL_PREFIX)
        for part in parts(payment):
            known = operations_of_key(part, key)
            for operation in known.under_way:
                if not (is_reversal and operation.state is INITIAL):
                    payment = yield from self._resolves_or_fails(payment, operation, rest=known.remainder)
        for part in parts(payment):
            known = operations_of_key(part, key)
            rest, state = known.remainder, known.operations[0].state if known.operations else None
            if rest and rest.state is INITIAL and state in (SUCCESS, FAILURE):
                payment = self.writes(payment, rest, (ChangeTransactionState(rest.id, state),))
        return payment

    def _resolves_or_fails(
        self, payment: Payment, operation: Transaction, *, rest: Transaction | None
    ) -> Paying:
        payment = yield from self.resolves_one(payment, operation, rest=rest)
        waits = is_unchanged(payment, operation) and operation.state is INITIAL
        if waits and self.never_happened(payment, operation):
            yield
            ended = (operation, rest) if rest else (operation,)
            failed = [ChangeTransactionState(t.id, FAILURE) for t in ended]
            payment = self.writes(payment, operation, failed)
        return payment

    def _performed(self, payment_id: PaymentId, key: str) -> Performed:
        known = operations_of_key(self.shop.payments[payment_id], key)
        if not known:
            return Performed.FORBIDDEN
        return Performed.UNKNOWN if known.worst().state is INITIAL else Performed.DONE

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
            return of_key.unsent, self.unmarked(of_key.unsent) if fits else give_up(
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
        ledgers: Ledgers | None = None,
        claimed: bool = False,
    ) -> Paying:
        """Send each operation of the request, one after the other, where the ledgers of their parts allow it."""
        ids = {t.id for t in own}
        if not conditions.readable:
            return self.writes(payment, own[0], mark_unsent(own))
        try:
            self._check_ledgers(payment, own, ledgers or self.ledgers(payment))
        except OperationNotAllowed:
            known = operations_of_key(payment, name_of(own[0]).key)
            return self.writes(payment, own[0], give_up(own, known=known) if claimed else abandon(own))
        yield
        key = name_of(own[0]).key
        todo = [t for t in operations_of_key(payment, key).operations if t.id in ids]
        for number, operation in enumerate(todo):
            captures = operation.type is TransactionType.CHARGE
            payment = yield from self.sends_one(
                payment,
                operation,
                conditions=conditions.of(number),
                rest=operations_of_key(part_with(payment, operation), key).remainder,
                final=captures and isinstance(request, Capture) and request.final,
            )
        return payment

    def _check_ledgers(self, payment: Payment, own: tuple[Transaction, ...], ledgers: Ledgers) -> None:
        for part in parts(payment):
            ids = {t.id for t in part.transactions}
            mine = [t for t in own if t.id in ids]
            if mine:
                check_ledger(part, ledgers[further_part(part)], operations=mine)

    def _refunds_instead(
        self, payment: Payment, request: Operation, name: OperationName, conditions: Conditions
    ) -> Steps:
        of_parts = [operations_of_key(part, name.key) for part in parts(payment)]
        late = [own.late_cancel for own in of_parts if own.late_cancel and not own.replacement]
        known = operations_of_key(payment, name.key).operations
        if not late or not isinstance(request, Reverse) or any(t.state is INITIAL for t in known):
            return
        before = {t.id for t in payment.transactions}
        try:
            written = self.shop.write(payment, [replacement_refund(each, now=self.now) for each in late])
        except Conflict:
            return
        yield
        instead = tuple(t for t in written.transactions if t.id not in before)
        yield from self._sends(written, instead, request, conditions)
