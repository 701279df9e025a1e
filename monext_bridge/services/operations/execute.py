"""Acts on an accepted payment: carried out once, under an intent that already stands in the record.

The intent (a transaction `Initial`) was written with the payment's version, so only one caller can have
written it. Monext knows no idempotency: what was sent is never sent again; it is looked up in the ledger.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monext_bridge.config import StoreSettings
from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import LedgerRow, OperationAnswer, OperationAnswerKind
from monext_bridge.domain.operations.pending import (
    KIND_OF_TYPE,
    TOO_LATE,
    UNSENT,
    OperationName,
    candidate_rows,
    is_overdue,
    is_unsent,
    matching_row,
)
from monext_bridge.domain.record.apply_updates import with_updates
from monext_bridge.domain.record.payment import Payment, Transaction, TransactionState
from monext_bridge.domain.record.updates import (
    ChangeInteractionId,
    ChangeTransactionState,
    ChangeTransactionTimestamp,
    SetTransactionInterfaceId,
    Update,
)
from monext_bridge.errors import (
    ActUnknown,
    RemoteError,
    RemoteUnavailable,
    RemoteUnreachable,
    VersionConflict,
)
from monext_bridge.logs import event
from monext_bridge.mapping.monext.codes import CANCEL_TOO_LATE
from monext_bridge.mapping.monext.requests import act_request
from monext_bridge.runtime.parallel import together
from monext_bridge.services.remotes.commercetools_records import Records
from monext_bridge.services.remotes.monext_payments import Acquirer

log = logging.getLogger(__name__)

TRIES = 10
RESULT_OF = {
    OperationAnswerKind.DONE: TransactionState.SUCCESS,
    OperationAnswerKind.PENDING: TransactionState.PENDING,
    OperationAnswerKind.REFUSED: TransactionState.FAILURE,
}
STATE_OF_ROW = {
    True: TransactionState.SUCCESS,
    False: TransactionState.FAILURE,
    None: TransactionState.PENDING,
}


@dataclass(frozen=True, slots=True)
class Sending:
    """How an act goes out: on which of Monext's transactions, and with what beside its amount and key."""

    store: StoreSettings
    origin: MonextTransactionId
    merchant_reference: str | None = None
    option: str | None = None
    released: Transaction | None = None
    """The intent of what a final capture releases: it ends as the capture does."""


@dataclass(frozen=True, slots=True)
class Found:
    """The row that an act became. `releases`: were it a final capture, the rest has certainly been released.

    By its looks alone a plain capture by the merchant's staff is one as well; then only the row of the rest tells.
    """

    row: LedgerRow
    releases: bool


@dataclass(frozen=True, slots=True)
class Acts:
    records: Records
    acquirer: Acquirer
    clock: Callable[[], datetime]

    def carry_out(
        self, payment: Payment, intent: Transaction, *, sending: Sending, beside: Beside | None = None
    ) -> Payment:
        """Send the act, once, and write its result. For whoever wrote or claimed the intent, nobody else.

        An unknown outcome leaves the intent as it is. An act that certainly never reached Monext frees it.
        `beside` is done at the same time as the result is written. Raises ActUnknown where Monext answered and
        the answer could not be written: the ledger will tell.
        """
        if is_overdue(intent, now=self.clock()):
            then = "held up for so long that somebody else may have taken it over"
            event(log, "act_not_sent", level=logging.WARNING, payment=payment.id, then=then)
            return payment
        name = _name(intent)
        body = act_request(
            amount=intent.amount.cent_amount,
            key=name.key,
            merchant_reference=sending.merchant_reference,
            option=sending.option,
        )
        try:
            answer = self.acquirer.act(sending.store, KIND_OF_TYPE[intent.type], sending.origin, body)
        except RemoteUnreachable:
            then = "freed; the next call with its key acts"
            event(log, "act_not_sent", level=logging.WARNING, payment=payment.id, then=then)
            unsent = (intent, sending.released) if sending.released else (intent,)
            return self.write(payment, intent, tuple(_mark(t, UNSENT) for t in unsent))
        try:
            return self._record(payment, intent, answer, sending=sending, beside=beside)
        except RemoteError as error:
            event(log, "act_not_recorded", level=logging.ERROR, payment=payment.id, why=str(error))
            raise ActUnknown(
                "Monext answered, and the answer could not be written", remote="monext"
            ) from error

    def find_out(self, payment: Payment, intent: Transaction, *, sending: Sending) -> Payment:
        """Look an act of open outcome up in Monext's ledger, and write what became of it; safe at any time.

        An intent that Monext does not list stays open until it is old enough to be sure (`is_overdue`).
        """
        try:
            found = self._look_up(payment, intent, sending=sending)
        except RemoteUnavailable:
            return payment
        if found is None or (found.row.ok is None and intent.state is TransactionState.PENDING):
            return payment
        changes = _result_of_row(intent, found.row)
        if sending.released:
            state = STATE_OF_ROW[found.row.ok] if found.releases else TransactionState.FAILURE
            changes = (*changes, ChangeTransactionState(sending.released.id, state))
        return self.write(payment, intent, changes)

    def claim(self, payment: Payment, intent: Transaction) -> Payment | None:
        """Take over an intent that was never carried out; None where another process was first."""
        try:
            return self.records.write(payment, self.unmarked((intent,)))
        except VersionConflict:
            return None

    def unmarked(self, intents: Sequence[Transaction]) -> tuple[Update, ...]:
        """What takes intents over: their time is now, and no mark says that they were not sent."""
        changes: list[Update] = []
        for intent in intents:
            changes.append(ChangeTransactionTimestamp(intent.id, self.clock()))
            if is_unsent(intent):
                changes.append(_mark(intent, None))
        return tuple(changes)

    def never_happened(self, payment: Payment, intent: Transaction, *, sending: Sending) -> bool:
        """Certain that Monext did not act: marked as not sent, or old and not in a readable ledger."""
        if is_unsent(intent):
            return True
        if not is_overdue(intent, now=self.clock()):
            return False
        try:
            return self._look_up(payment, intent, sending=sending) is None
        except RemoteUnavailable:
            return False

    def write(self, payment: Payment, intent: Transaction, changes: Sequence[Update]) -> Payment:
        """Write what became of an intent; where another was faster, only if it still reads as it did."""
        current = payment
        for _ in range(TRIES):
            try:
                return self.records.write(current, changes)
            except VersionConflict:
                current = self.records.payment(payment.id)
                if not reads_alike(current, intent):
                    return current
        raise RemoteUnavailable(f"payment {payment.id} is contended", remote="commercetools")

    def _look_up(self, payment: Payment, intent: Transaction, *, sending: Sending) -> Found | None:
        """Raises RemoteUnavailable where the ledger can't be read."""
        ledger = self.acquirer.ledger(sending.store, sending.origin)
        if not ledger.readable:
            raise RemoteUnavailable("the ledger can't be read", remote="monext")
        if intent.interface_id:
            known = next((row for row in ledger.rows if row.id == intent.interface_id), None)
            return Found(known, releases=True) if known else None
        rows = candidate_rows(intent, payment=payment, ledger=ledger)
        keys = {row.id: self.acquirer.echoed_key(sending.store, row.id) for row in rows}
        row = matching_row(intent, payment=payment, ledger=ledger, keys=keys)
        if row is None:
            return None
        rest = sending.released
        listed = rest is not None and bool(candidate_rows(rest, payment=payment, ledger=ledger))
        return Found(row, releases=listed or keys[row.id] is not None)

    def _record(
        self,
        payment: Payment,
        intent: Transaction,
        answer: OperationAnswer,
        *,
        sending: Sending,
        beside: Beside | None,
    ) -> Payment:
        if answer.kind is OperationAnswerKind.UNKNOWN:
            then = f"intent left open, the ledger will tell: {answer.detail}"
            code = answer.code or None
            event(log, "act_unknown", level=logging.ERROR, payment=payment.id, code=code, then=then)
            return payment
        if answer.kind is OperationAnswerKind.REFUSED:
            event(log, "act_refused", level=logging.ERROR, payment=payment.id, code=answer.code)
        changes = _result_of_answer(intent, answer, released=sending.released)
        if beside is None:
            return self.write(payment, intent, changes)
        expected = with_updates(payment, changes)
        written, _ = together(lambda: self.write(payment, intent, changes), lambda: beside(expected))
        return written


Beside = Callable[[Payment], object]
"""What is done while a result is written, with the payment as it will read."""


def reads_alike(payment: Payment, intent: Transaction) -> bool:
    """Whether nobody has done anything to this intent since it was read."""
    now = next((t for t in payment.transactions if t.id == intent.id), None)
    return now is not None and (now.state, now.interaction_id, now.timestamp) == (
        intent.state,
        intent.interaction_id,
        intent.timestamp,
    )


def _name(intent: Transaction) -> OperationName:
    name = OperationName.parse(intent.interaction_id)
    if name is None:
        raise ValueError(f"transaction {intent.id} is not the intent of an act")
    return name


def _mark(intent: Transaction, mark: str | None) -> ChangeInteractionId:
    """A mark; an intent without one reads `<key>~<digest>` again."""
    return ChangeInteractionId(intent.id, str(_name(intent).marked(mark)))


def _result_of_answer(
    intent: Transaction, answer: OperationAnswer, *, released: Transaction | None
) -> tuple[Update, ...]:
    state = RESULT_OF[answer.kind]
    changes: list[Update] = [ChangeTransactionState(intent.id, state)]
    if answer.transaction_id:
        changes.append(SetTransactionInterfaceId(intent.id, answer.transaction_id))
    if answer.code == CANCEL_TOO_LATE:
        changes.append(_mark(intent, TOO_LATE))
    if released:
        changes.append(ChangeTransactionState(released.id, state))
    return tuple(changes)


def _result_of_row(intent: Transaction, row: LedgerRow) -> tuple[Update, ...]:
    state = ChangeTransactionState(intent.id, STATE_OF_ROW[row.ok])
    return (state,) if intent.interface_id else (state, SetTransactionInterfaceId(intent.id, row.id))
