"""Announces operations before they are sent: hop 2 of an operation.

hop 2   POST payment: the announced operations   and   GET Monext transaction (its ledger)   and   GET order
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from monext_bridge.config import Settings
from monext_bridge.domain.ids import MonextTransactionId, RecordTransactionId
from monext_bridge.domain.monext import Ledger
from monext_bridge.domain.operations import (
    OperationNotAllowed,
    abandon,
    check_ledger,
    give_up,
    mark_unsent,
)
from monext_bridge.domain.record import (
    AddTransaction,
    Payment,
    Transaction,
    TransactionType,
    Update,
    further_part,
    parts,
    with_updates,
)
from monext_bridge.errors import BridgeError, Conflict, RemoteUnreachable
from monext_bridge.runtime import RecordClock, together, together_or_errors
from monext_bridge.services.operations.execute import OperationExecutor, OperationTarget
from monext_bridge.services.operations.order_payment_state import OrderStateUpdater
from monext_bridge.services.operations.request import (
    AnnouncedOperations,
    OperationRequest,
    capture_option,
    own_operations,
)
from monext_bridge.services.operations.resolve_unknown import UnknownOutcomeResolver
from monext_bridge.services.remotes import CommercetoolsRecords, MonextPayments, now_about_order


@dataclass(frozen=True, slots=True)
class OperationAnnouncer:
    settings: Settings
    records: CommercetoolsRecords
    monext_payments: MonextPayments
    executor: OperationExecutor
    resolver: UnknownOutcomeResolver
    clock: RecordClock

    def announce(
        self,
        payment: Payment,
        updates: tuple[Update, ...],
        request: OperationRequest,
        *,
        claimed: tuple[Transaction, ...] = (),
    ) -> AnnouncedOperations:
        """Carry out hop 2.

        Raises VersionConflict where another writer was faster, Conflict where the ledger forbids it. Where the
        ledger can't be read, nothing is sent: the operations wait, unsent, for the key to come again.
        """
        concerned = _parts_of(with_updates(payment, updates), updates, claimed)
        written, ledgers, order = together_or_errors(
            lambda: self.records.write(payment, updates),
            lambda: self._ledgers(concerned),
            lambda: now_about_order(self.records.order_of_payment(payment.id)),
        )
        if isinstance(written, BridgeError):
            raise written
        mine = own_operations(payment, written, claimed)
        if isinstance(ledgers, BridgeError):
            self.executor.write(written, mine[0], tuple(mark_unsent(mine)))
            raise ledgers
        try:
            targets = self._targets(written, mine, request, ledgers=ledgers)
        except OperationNotAllowed as error:
            known = request.recorded(written)
            closing = give_up(mine, known=known) if claimed else abandon(mine)
            self.executor.write(written, mine[0], closing)
            raise Conflict(str(error)) from error
        updater = OrderStateUpdater(self.records, None if isinstance(order, BridgeError) else order)
        return AnnouncedOperations(written, updater, targets)

    def _targets(
        self,
        payment: Payment,
        mine: Sequence[Transaction],
        request: OperationRequest,
        *,
        ledgers: Mapping[MonextTransactionId | None, Ledger],
    ) -> Mapping[RecordTransactionId, OperationTarget]:
        """Return how each operation is sent. Raises OperationNotAllowed where a part's ledger forbids it."""
        found: dict[RecordTransactionId, OperationTarget] = {}
        late = self.settings.late_capture
        for part in parts(payment):
            ids = {t.id for t in part.transactions}
            own = [t for t in mine if t.id in ids]
            if not own:
                continue
            ledger = ledgers[further_part(part)]
            check_ledger(part, ledger, operations=own)
            option = None
            if any(t.type is TransactionType.CHARGE for t in own):
                now = self.clock.now()
                option = capture_option(request.operation, part, ledger, now=now, late_capture=late)
            remainder = request.recorded(part).remainder
            target = replace(self._target(part, request), option=option, remainder=remainder)
            found |= dict.fromkeys((t.id for t in own), target)
        return found

    def check_before(
        self, payment: Payment, operations: tuple[AddTransaction, ...], request: OperationRequest
    ) -> None:
        """Ask the ledgers first for a key with abandoned operations, so that no try leaves a trace."""
        planned = with_updates(payment, operations)
        ledgers = self._ledgers(_parts_of(planned, operations, ()))
        try:
            self._targets(planned, planned.transactions[-len(operations) :], request, ledgers=ledgers)
        except OperationNotAllowed as error:
            raise Conflict(str(error)) from error

    def _ledgers(self, concerned: Sequence[Payment]) -> Mapping[MonextTransactionId | None, Ledger]:
        """Read the ledgers of parts at the same time. Raises RemoteUnreachable where one can't be read."""
        targets = [self.resolver.target(part) for part in concerned]
        ledgers = together(*(partial(self.monext_payments.ledger, t.store, t.origin) for t in targets))
        unreadable = next((ledger for ledger in ledgers if not ledger.readable), None)
        if unreadable:
            raise RemoteUnreachable(f"{unreadable.why_unreadable}; nothing was done", remote="monext")
        return dict(zip(map(further_part, concerned), ledgers, strict=True))

    def _target(self, payment: Payment, request: OperationRequest) -> OperationTarget:
        return replace(self.resolver.target(payment), merchant_reference=request.merchant_reference)


def _parts_of(
    after: Payment, updates: Sequence[Update], claimed: Sequence[Transaction]
) -> tuple[Payment, ...]:
    """Return the parts, as they read after the updates, on which operations are announced or claimed again."""
    added = sum(isinstance(update, AddTransaction) for update in updates)
    ids = {t.id for t in (*claimed, *after.transactions[len(after.transactions) - added :])}
    return tuple(part for part in parts(after) if ids & {t.id for t in part.transactions})
