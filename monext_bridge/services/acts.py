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
from monext_bridge.domain.applying import applied
from monext_bridge.domain.changes import (
    Change,
    ChangeInteractionId,
    ChangeTransactionState,
    ChangeTransactionTimestamp,
    SetTransactionInterfaceId,
)
from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.intents import ACTS, FREE, LATE, IntentName, given_up, match, rows_for
from monext_bridge.domain.outcome import ActAnswer, ActAnswerKind, LedgerRow
from monext_bridge.domain.payment import Payment, Transaction, TransactionState
from monext_bridge.errors import RemoteUnavailable, RemoteUnreachable, VersionConflict
from monext_bridge.gateways.hops import together
from monext_bridge.logs import event
from monext_bridge.mapping.monext_codes import CANCEL_TOO_LATE
from monext_bridge.mapping.monext_requests import act_request
from monext_bridge.services.acquirer import Acquirer
from monext_bridge.services.records import Records

log = logging.getLogger(__name__)

TRIES = 10
RESULT_OF = {
    ActAnswerKind.DONE: TransactionState.SUCCESS,
    ActAnswerKind.PENDING: TransactionState.PENDING,
    ActAnswerKind.REFUSED: TransactionState.FAILURE,
}
STATE_OF_ROW = {
    True: TransactionState.SUCCESS,
    False: TransactionState.FAILURE,
    None: TransactionState.PENDING,
}

Beside = Callable[[Payment], object]
"""What is done at the same time as a result is written, with the payment as it will read."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How an act goes out: on which of Monext's transactions, and with what beside its amount and key."""

    store: StoreSettings
    origin: MonextTransactionId
    merchant_reference: str | None = None
    option: str | None = None
    released: Transaction | None = None
    """The intent of what a final capture releases: it ends as the capture does."""


def nothing_beside(_: Payment) -> None:
    """No other write goes with this result."""


@dataclass(frozen=True, slots=True)
class Acts:
    records: Records
    acquirer: Acquirer
    clock: Callable[[], datetime]

    def carry_out(
        self, payment: Payment, intent: Transaction, *, sending: Sending, beside: Beside = nothing_beside
    ) -> Payment:
        """Send the act, once, and write its result. For whoever wrote or claimed the intent, nobody else.

        An unknown outcome leaves the intent as it is. An act that certainly never reached Monext frees it.
        """
        name = _name(intent)
        body = act_request(
            amount=intent.amount.cent_amount,
            key=name.key,
            merchant_reference=sending.merchant_reference,
            option=sending.option,
        )
        try:
            answer = self.acquirer.act(sending.store, ACTS[intent.type], sending.origin, body)
        except RemoteUnreachable:
            then = "freed; the next call with its key acts"
            event(log, "act_not_sent", level=logging.WARNING, payment=payment.id, then=then)
            unsent = (intent, sending.released) if sending.released else (intent,)
            return self.write(payment, intent, tuple(_mark(t, FREE) for t in unsent))
        return self._record(payment, intent, answer, sending=sending, beside=beside)

    def find_out(
        self, payment: Payment, intent: Transaction, *, sending: Sending, beside: Beside = nothing_beside
    ) -> Payment:
        """Look an open intent up in Monext's ledger, and write what became of it; safe at any time.

        An intent that Monext does not list stays open until it is old enough to be sure (`given_up`).
        """
        try:
            row = self._row_of(payment, intent, sending=sending)
        except RemoteUnavailable:
            return payment
        if row is None:
            return payment
        changes = _result_of_row(intent, row)
        if sending.released and row.ok is not False:
            changes = (*changes, ChangeTransactionState(sending.released.id, STATE_OF_ROW[row.ok]))
        return self.write(payment, intent, changes, beside=beside)

    def claim(self, payment: Payment, intent: Transaction) -> Payment | None:
        """Take over an intent that was never carried out; None where another process was first."""
        try:
            return self.records.write(payment, self.unmarked((intent,)))
        except VersionConflict:
            return None

    def unmarked(self, intents: Sequence[Transaction]) -> tuple[Change, ...]:
        """What takes intents over: their time is now, and no mark says that they were not sent."""
        changes: list[Change] = []
        for intent in intents:
            changes.append(ChangeTransactionTimestamp(intent.id, self.clock()))
            if _name(intent).mark:
                changes.append(_mark(intent, None))
        return tuple(changes)

    def never_happened(self, payment: Payment, intent: Transaction, *, sending: Sending) -> bool:
        """Certain that Monext did not act: marked as not sent, or old and not in a readable ledger."""
        if _name(intent).mark == FREE:
            return True
        if not given_up(intent, now=self.clock()):
            return False
        try:
            return self._row_of(payment, intent, sending=sending) is None
        except RemoteUnavailable:
            return False

    def write(
        self,
        payment: Payment,
        intent: Transaction,
        changes: Sequence[Change],
        *,
        beside: Beside = nothing_beside,
    ) -> Payment:
        """Write what became of an intent; where another was faster, only if the intent is still open."""
        expected = applied(payment, changes)
        if beside is nothing_beside:
            return self._write(payment, intent, changes)
        written, _ = together(lambda: self._write(payment, intent, changes), lambda: beside(expected))
        return written

    def _write(self, payment: Payment, intent: Transaction, changes: Sequence[Change]) -> Payment:
        current = payment
        for _ in range(TRIES):
            try:
                return self.records.write(current, changes)
            except VersionConflict:
                current = self.records.payment(payment.id)
                if not still_open(current, intent):
                    return current
        raise RemoteUnavailable(f"payment {payment.id} is contended", remote="commercetools")

    def _row_of(self, payment: Payment, intent: Transaction, *, sending: Sending) -> LedgerRow | None:
        ledger = self.acquirer.ledger(sending.store, sending.origin)
        if not ledger.readable:
            raise RemoteUnavailable("the ledger can't be read", remote="monext")
        rows = rows_for(intent, payment=payment, ledger=ledger)
        keys = {row.id: self.acquirer.echoed_key(sending.store, row.id) for row in rows}
        return match(intent, payment=payment, ledger=ledger, keys=keys)

    def _record(
        self, payment: Payment, intent: Transaction, answer: ActAnswer, *, sending: Sending, beside: Beside
    ) -> Payment:
        if answer.kind is ActAnswerKind.UNKNOWN:
            then = f"intent left open, the ledger will tell: {answer.detail}"
            event(log, "act_unknown", level=logging.ERROR, payment=payment.id, then=then)
            return payment
        if answer.kind is ActAnswerKind.REFUSED:
            event(log, "act_refused", level=logging.ERROR, payment=payment.id, code=answer.code)
        state = RESULT_OF[answer.kind]
        changes: list[Change] = [ChangeTransactionState(intent.id, state)]
        if answer.transaction_id:
            changes.append(SetTransactionInterfaceId(intent.id, answer.transaction_id))
        if answer.code == CANCEL_TOO_LATE:
            changes.append(_mark(intent, LATE))
        if sending.released:
            changes.append(ChangeTransactionState(sending.released.id, state))
        return self.write(payment, intent, changes, beside=beside)


def still_open(payment: Payment, intent: Transaction) -> bool:
    """Whether the intent of this id still waits for its outcome."""
    return any(t.id == intent.id and t.state is TransactionState.INITIAL for t in payment.transactions)


def _name(intent: Transaction) -> IntentName:
    name = IntentName.parse(intent.interaction_id)
    if name is None:
        raise ValueError(f"transaction {intent.id} is not the intent of an act")
    return name


def _mark(intent: Transaction, mark: str | None) -> ChangeInteractionId:
    return ChangeInteractionId(intent.id, str(_name(intent).marked(mark)))


def _result_of_row(intent: Transaction, row: LedgerRow) -> tuple[Change, ...]:
    return (
        ChangeTransactionState(intent.id, STATE_OF_ROW[row.ok]),
        SetTransactionInterfaceId(intent.id, row.id),
    )
