"""Calls Monext in our own values: sessions, their outcomes, operations and ledgers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from monext_bridge.concerns import concerning
from monext_bridge.config import StoreSettings
from monext_bridge.domain.ids import MonextTransactionId, SessionToken
from monext_bridge.domain.monext import (
    AcceptedTransaction,
    Ledger,
    OperationAnswer,
    OperationAnswerKind,
    OperationKind,
    Outcome,
    OutcomeKind,
)
from monext_bridge.domain.operations import OwnedKey
from monext_bridge.errors import RemoteRefused, RemoteUnavailable, RemoteUnreachable
from monext_bridge.gateways.http import HttpAnswer
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.logs import event
from monext_bridge.mapping.monext import (
    CreatedSession,
    SessionDraft,
    SessionRefused,
    answers,
    session_request,
)
from monext_bridge.runtime import together
from monext_bridge.services.remotes.unknown_codes import AnswerAbout, UnknownCodes

log = logging.getLogger(__name__)

SessionAnswer = HttpAnswer | RemoteUnavailable
"""What came back when Monext was asked for a session: an answer to be sorted, or why there was none."""


@dataclass(frozen=True, slots=True)
class MonextPayments:
    """Every method makes at most one call, except `accepted`. A return code that our table lacks is logged.

    The lines of a call name the store, whose key it is made with.
    """

    gateway: MonextGateway
    unknown_codes: UnknownCodes = field(default_factory=UnknownCodes)

    def open_session(self, store: StoreSettings, draft: SessionDraft) -> CreatedSession:
        """Open a session.

        Raises RemoteRefused where Monext says no, RemoteUnavailable where it says nothing readable.
        """
        with concerning(store=store.store_key):
            answer = self.gateway.create_session(store.credentials, session_request(draft))
        self.unknown_codes.note(answer.status, answer.body, about=AnswerAbout.SESSION)
        created = answers.read_created_session(answer.status, answer.body)
        if isinstance(created, CreatedSession):
            return created
        if isinstance(created, SessionRefused):
            fields = ", ".join(created.invalid_params)
            raise RemoteRefused(
                f"no session: {created.title} {created.code} {fields}".strip(),
                remote="monext",
                status=answer.status,
                codes=(created.code,),
            )
        raise RemoteUnavailable(f"no readable answer to a new session ({answer.status})", remote="monext")

    def ask(self, store: StoreSettings, token: SessionToken) -> SessionAnswer:
        """Read a session. A final answer that is read here ends Monext's notifications of it."""
        try:
            with concerning(store=store.store_key):
                return self.gateway.get_session(store.credentials, token)
        except RemoteUnavailable as error:
            return error

    def sort(self, answer: SessionAnswer, *, session_over: bool) -> Outcome:
        if isinstance(answer, RemoteUnavailable):
            return Outcome(OutcomeKind.UNKNOWN, detail=str(answer))
        self.unknown_codes.note(answer.status, answer.body, about=AnswerAbout.SESSION)
        return answers.read_outcome(answer.status, answer.body, session_over=session_over)

    def accepted(self, store: StoreSettings, outcome: Outcome) -> tuple[AcceptedTransaction, ...] | None:
        """Return the accepted transactions, oldest first; None where they can't be told.

        Ledgers are read, at the same time, only where a session has several transactions that may be accepted.
        """
        candidates = outcome.candidates
        if len(candidates) < 2:
            return candidates
        ledgers = together(*(partial(self.ledger, store, c.id) for c in candidates))
        ids = (c.id for c in candidates)
        return answers.choose_accepted(candidates, dict(zip(ids, ledgers, strict=True)))

    def ledger(self, store: StoreSettings, transaction_id: MonextTransactionId) -> Ledger:
        """Return the ledger.

        It is not `readable` where Monext did not answer, or where something is missing in its answer, which is
        logged: nothing may be concluded from it then. `why_unreadable` names the transaction.
        """
        try:
            answer = self._transaction(store, transaction_id)
        except RemoteUnavailable as error:
            why = f"Monext's ledger of transaction {transaction_id} can't be read: {error}"
            return Ledger(readable=False, why_unreadable=why)
        ledger = answers.read_ledger(answer.status, answer.body)
        if ledger.readable:
            return ledger
        why = f"{ledger.why_unreadable} for transaction {transaction_id}"
        event(log, "ledger_unreadable", level=logging.WARNING, why=why, then="nothing is concluded from it")
        return replace(ledger, why_unreadable=why)

    def echoed_key(self, store: StoreSettings, transaction_id: MonextTransactionId) -> OwnedKey | None:
        """Return our key of the operation that made this row, where Monext echoes it.

        Raises RemoteUnavailable.
        """
        answer = self._transaction(store, transaction_id)
        if not 200 <= answer.status < 300:
            raise RemoteUnavailable(f"transaction {transaction_id} can't be read", remote="monext")
        return answers.read_echoed_key(answer.body)

    def execute(
        self,
        store: StoreSettings,
        kind: OperationKind,
        origin: MonextTransactionId,
        body: Mapping[str, object],
    ) -> OperationAnswer:
        """Send a capture, cancel or refund. It is never repeated here, because Monext would carry it out again.

        Raises RemoteUnreachable where it certainly was not carried out; any other silence is UNKNOWN.
        """
        try:
            with concerning(store=store.store_key):
                answer = self.gateway.execute(store.credentials, kind, origin, dict(body))
        except RemoteUnreachable:
            raise
        except RemoteUnavailable as error:
            return OperationAnswer(OperationAnswerKind.UNKNOWN, detail=str(error))
        self.unknown_codes.note(answer.status, answer.body, about=AnswerAbout.OPERATION)
        return answers.read_operation_answer(answer.status, answer.body, kind=kind)

    def _transaction(self, store: StoreSettings, transaction_id: MonextTransactionId) -> HttpAnswer:
        with concerning(store=store.store_key):
            return self.gateway.get_transaction(store.credentials, transaction_id)
