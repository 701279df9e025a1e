"""Runs the services on one payment's record and Monext's ledger of it, in memory and without HTTP.

The record keeps every version of itself, so that a test sees each write. Monext answers each operation as the test
says, and its ledger lists what the test says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from monext_bridge.domain.ids import MonextTransactionId
from monext_bridge.domain.monext import Ledger, OperationAnswer, OperationAnswerKind, OperationKind
from monext_bridge.domain.record.apply_updates import with_updates
from monext_bridge.domain.record.payment import Payment
from monext_bridge.domain.record.updates import Update
from monext_bridge.errors import RemoteUnavailable, VersionConflict
from monext_bridge.services.operations.announce import OperationAnnouncer
from monext_bridge.services.operations.execute import OperationExecutor
from monext_bridge.services.operations.modify_payment import PaymentOperations
from monext_bridge.services.operations.resolve_unknown import UnknownOutcomeResolver
from monext_bridge.services.outcome.automatic_reversal import AutomaticReversal
from monext_bridge.services.outcome.context import ContextReader
from monext_bridge.services.outcome.create_order import OrderCreator
from monext_bridge.services.outcome.finish_outcome import OutcomeFinisher
from monext_bridge.services.outcome.record_outcome import OutcomeRecorder
from monext_bridge.services.outcome.refused_orders import RefusedOrders
from monext_bridge.services.reconciliation.import_ledger import LedgerImporter
from monext_bridge.services.remotes import CommercetoolsRecords, MonextPayments
from tests.known_clock import KnownClock
from tests.settings_environment import settings_with

NO_ANSWER = OperationAnswer(OperationAnswerKind.UNKNOWN)
EMPTY_LEDGER = Ledger()


@dataclass
class InMemoryRecord:
    """Replaces `CommercetoolsRecords`. No order names the payment."""

    versions: list[Payment]

    def payment(self, _id: object) -> Payment:
        return self.versions[-1]

    def write(self, payment: Payment, changes: Sequence[Update]) -> Payment:
        if not changes:
            return payment
        if payment.version != self.versions[-1].version:
            raise VersionConflict("another was first", remote="commercetools", status=409)
        self.versions.append(replace(with_updates(payment, changes), version=payment.version + 1))
        return self.versions[-1]

    def order_of_payment(self, _id: object) -> None:
        return None


@dataclass
class InMemoryMonext:
    """Replaces `MonextPayments`. `answer` is given to every operation that is sent, or raised if it is an error.

    A part of a payment may have an answer and a ledger of its own, in `answers` and `ledgers`.
    """

    answer: OperationAnswer | RemoteUnavailable = NO_ANSWER
    current_ledger: Ledger = EMPTY_LEDGER
    echoes: dict[MonextTransactionId, str] = field(default_factory=dict)
    answers: dict[MonextTransactionId, OperationAnswer | RemoteUnavailable] = field(default_factory=dict)
    ledgers: dict[MonextTransactionId, Ledger] = field(default_factory=dict)
    sent: list[tuple[OperationKind, object]] = field(default_factory=list)
    options: list[object] = field(default_factory=list)

    def execute(
        self, _store: object, kind: OperationKind, origin: MonextTransactionId, body: dict[str, object]
    ) -> OperationAnswer:
        self.sent.append((kind, body["amount"]))
        self.options.append(body.get("option"))
        answer = self.answers.get(origin, self.answer)
        if isinstance(answer, RemoteUnavailable):
            raise answer
        return answer

    def ledger(self, _store: object, origin: MonextTransactionId) -> Ledger:
        return self.ledgers.get(origin, self.current_ledger)

    def echoed_key(self, _store: object, row: MonextTransactionId) -> str | None:
        return self.echoes.get(row)


@dataclass
class InMemoryServices:
    """The services over one record and one Monext, at one fixed time."""

    record: InMemoryRecord
    monext: InMemoryMonext
    now: datetime

    def __post_init__(self) -> None:
        # Each replaces what these services use of the class, and no more.
        self._records = cast(CommercetoolsRecords, self.record)
        self._payments = cast(MonextPayments, self.monext)
        self.settings = settings_with()
        self.clock = KnownClock(lambda: self.now)
        self.executor = OperationExecutor(self._records, self._payments, self.clock)
        self.resolver = UnknownOutcomeResolver(self.settings, self.executor)
        self.reversal = AutomaticReversal(self._records, self.executor, self.clock)

    @property
    def operations(self) -> PaymentOperations:
        announcer = OperationAnnouncer(
            self.settings, self._records, self._payments, self.executor, self.resolver, self.clock
        )
        return PaymentOperations(
            self.settings, self._records, self.executor, announcer, self.resolver, self.clock
        )

    @property
    def ledger_importer(self) -> LedgerImporter:
        return LedgerImporter(self._records, self._payments, self.resolver, self.clock)

    @property
    def outcome_recorder(self) -> OutcomeRecorder:
        contexts = ContextReader(self.settings, self._records)
        orders = OrderCreator(self._records, RefusedOrders(self.settings, self._records, self.clock))
        finisher = OutcomeFinisher(self._records, contexts, self.reversal, orders, self.clock)
        return OutcomeRecorder(
            self.settings,
            self._records,
            contexts,
            self._payments,
            finisher,
            self.clock,
        )


def services_in_memory(payment: Payment, *, now: datetime, **monext: Any) -> InMemoryServices:
    """Make the services for one payment; `monext` are fields of `InMemoryMonext`."""
    return InMemoryServices(InMemoryRecord([payment]), InMemoryMonext(**monext), now)
