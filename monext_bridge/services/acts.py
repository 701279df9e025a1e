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
from monext_bridge.domain.changes import (
    Change,
    ChangeInteractionId,
    ChangeTransactionState,
    ChangeTransactionTimestamp,
    SetTransactionInterfaceId,
)
from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.intents import ACTS, FREE, IntentName, given_up, match, rows_for
from monext_bridge.domain.outcome import ActAnswer, ActAnswerKind, LedgerRow
from monext_bridge.domain.payment import Payment, Transaction, TransactionState
from monext_bridge.errors import RemoteUnavailable, RemoteUnreachable, VersionConflict
from monext_bridge.logs import event
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


@dataclass(frozen=True, slots=True)
class Acts:
    records: Records
    acquirer: Acquirer
    clock: Callable[[], datetime]

    def carry_out(
        self, payment: Payment, intent: Transaction, *, store: StoreSettings, origin: MonextTransactionId
    ) -> Payment:
        """Send the act, once, and write its result. For whoever wrote or claimed the intent, nobody else.

        An unknown outcome leaves the intent as it is. An act that certainly never reached Monext frees it.
        """
        name = IntentName.parse(intent.interaction_id)
        if name is None:
            raise ValueError(f"transaction {intent.id} is not the intent of an act")
        body = act_request(amount=intent.amount.cent_amount, key=name.key, merchant_reference=None)
        try:
            answer = self.acquirer.act(store, ACTS[intent.type], origin, body)
        except RemoteUnreachable:
            then = "freed; the next call acts"
            event(log, "act_not_sent", level=logging.WARNING, payment=payment.id, then=then)
            return self._write_result(payment, intent, (_mark(intent, name, FREE),))
        return self._record(payment, intent, answer)

    def find_out(
        self, payment: Payment, intent: Transaction, *, store: StoreSettings, origin: MonextTransactionId
    ) -> Payment:
        """Look an open intent up in Monext's ledger, and write what became of it; safe at any time.

        An intent that Monext does not list stays open until it is old enough to be sure (`given_up`).
        """
        try:
            row = self._row_of(payment, intent, store=store, origin=origin)
        except RemoteUnavailable:
            return payment
        return self._write_result(payment, intent, _result_of_row(intent, row)) if row else payment

    def claim(self, payment: Payment, intent: Transaction) -> Payment | None:
        """Take over an intent that was never carried out; None where another process was first."""
        name = IntentName.parse(intent.interaction_id)
        mark = (_mark(intent, name, None),) if name and name.mark else ()
        try:
            return self.records.write(payment, (ChangeTransactionTimestamp(intent.id, self.clock()), *mark))
        except VersionConflict:
            return None

    def never_happened(
        self, payment: Payment, intent: Transaction, *, store: StoreSettings, origin: MonextTransactionId
    ) -> bool:
        """Certain that Monext did not act: marked as not sent, or old and not in a readable ledger."""
        name = IntentName.parse(intent.interaction_id)
        if name and name.mark == FREE:
            return True
        if not given_up(intent, now=self.clock()):
            return False
        try:
            return self._row_of(payment, intent, store=store, origin=origin) is None
        except RemoteUnavailable:
            return False

    def _row_of(
        self, payment: Payment, intent: Transaction, *, store: StoreSettings, origin: MonextTransactionId
    ) -> LedgerRow | None:
        ledger = self.acquirer.ledger(store, origin)
        if not ledger.readable:
            raise RemoteUnavailable("the ledger can't be read", remote="monext")
        rows = rows_for(intent, payment=payment, ledger=ledger)
        keys = {row.id: self.acquirer.echoed_key(store, row.id) for row in rows}
        return match(intent, payment=payment, ledger=ledger, keys=keys)

    def _record(self, payment: Payment, intent: Transaction, answer: ActAnswer) -> Payment:
        if answer.kind is ActAnswerKind.UNKNOWN:
            then = f"intent left open, the ledger will tell: {answer.detail}"
            event(log, "act_unknown", level=logging.ERROR, payment=payment.id, then=then)
            return payment
        if answer.kind is ActAnswerKind.REFUSED:
            event(log, "act_refused", level=logging.ERROR, payment=payment.id, code=answer.code)
        state = ChangeTransactionState(intent.id, RESULT_OF[answer.kind])
        if answer.transaction_id is None:
            return self._write_result(payment, intent, (state,))
        return self._write_result(
            payment, intent, (state, SetTransactionInterfaceId(intent.id, answer.transaction_id))
        )

    def _write_result(self, payment: Payment, intent: Transaction, changes: Sequence[Change]) -> Payment:
        """Write under the version at hand; where another was faster, only if the intent is still open."""
        current = payment
        for _ in range(TRIES):
            try:
                return self.records.write(current, changes)
            except VersionConflict:
                current = self.records.payment(payment.id)
                if not _still_open(current, intent):
                    return current
        raise RemoteUnavailable(f"payment {payment.id} is contended", remote="commercetools")


def _still_open(payment: Payment, intent: Transaction) -> bool:
    return any(t.id == intent.id and t.state is TransactionState.INITIAL for t in payment.transactions)


def _mark(intent: Transaction, name: IntentName, mark: str | None) -> ChangeInteractionId:
    return ChangeInteractionId(intent.id, str(name.marked(mark)))


def _result_of_row(intent: Transaction, row: LedgerRow) -> tuple[Change, ...]:
    states = {True: TransactionState.SUCCESS, False: TransactionState.FAILURE, None: TransactionState.PENDING}
    return (
        ChangeTransactionState(intent.id, states[row.ok]),
        SetTransactionInterfaceId(intent.id, row.id),
    )
