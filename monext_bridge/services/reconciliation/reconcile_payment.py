"""Finishes one payment that nobody came back to. It may run any number of times, in several processes at once.

The payment is read afresh, and what it does not follow_up any more is skipped. What is written is what the
buyer's return, Monext's notification or the next call of the API would have written, by the same services.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from monext_bridge.concerns import concerning
from monext_bridge.config import Settings
from monext_bridge.domain.ids import OrderNumber, PaymentId
from monext_bridge.domain.operations import RECONCILIATION
from monext_bridge.domain.outcome import order_number
from monext_bridge.domain.reconciliation import ANY_AGE, Age, FollowUp, follow_ups, is_payment_state_stale
from monext_bridge.domain.record import (
    AttemptKey,
    Order,
    Payment,
    accepted_transaction,
    attempt_status,
    session_opened_at,
)
from monext_bridge.errors import BridgeError, RemoteNotFound, RemoteUnavailable, StoreNotConfigured
from monext_bridge.gateways.commercetools import acting_as
from monext_bridge.runtime import RecordClock
from monext_bridge.services.operations import OperationOutcome, OrderStateUpdater, UnknownOutcomeResolver
from monext_bridge.services.outcome import OutcomeFromRecord, Refreshed
from monext_bridge.services.reconciliation.expiring_authorizations import ExpiringAuthorizations
from monext_bridge.services.reconciliation.import_ledger import LedgerImporter
from monext_bridge.services.reconciliation.operation_words import ended_operations, status_with_operations
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Task
from monext_bridge.services.remotes import CommercetoolsRecords, now_about_order, now_about_payment

log = logging.getLogger(__name__)

LONGEST_SESSION = timedelta(minutes=90)
BY_ORDER = frozenset({FollowUp.NO_ORDER, FollowUp.SECOND_PAYMENT})
OF_SESSION = BY_ORDER | {FollowUp.NOT_FINISHED, FollowUp.PENDING, FollowUp.LAST_READ, FollowUp.REVERSAL}
OF_OPERATIONS = frozenset({FollowUp.OPERATION, FollowUp.RECEIVED})

STUCK_AFTER: Mapping[FollowUp, timedelta] = {
    FollowUp.NOT_FINISHED: timedelta(days=1),
    FollowUp.PENDING: timedelta(days=7),
    FollowUp.LAST_READ: timedelta(days=1),
    FollowUp.REVERSAL: timedelta(hours=1),
    FollowUp.OPERATION: timedelta(hours=1),
    FollowUp.RECEIVED: timedelta(days=7),
    FollowUp.NO_ORDER: timedelta(hours=1),
    FollowUp.SECOND_PAYMENT: timedelta(hours=1),
}
"""How old a follow-up is when it counts as stuck.

What partners and reviewers decide may take days; what the bridge does itself may not.
"""

TOLD: Mapping[FollowUp, tuple[FindingStatus, str]] = {
    FollowUp.REVERSAL_REJECTED: (
        FindingStatus.STUCK,
        "Monext refused to give the money back: refund it by hand",
    ),
    FollowUp.AMOUNTS: (FindingStatus.WARNED, "the order does not cost what was taken for it"),
}
"""Follow-ups that nothing here can meet. They are only reported."""

NOT_TOLD = "Monext's ledger does not tell its end"

EXPIRY_STATUSES = {
    OperationOutcome.APPROVED: FindingStatus.FINISHED,
    OperationOutcome.RECEIVED: FindingStatus.WAITING,
    OperationOutcome.REJECTED: FindingStatus.STUCK,
    None: FindingStatus.WARNED,
}


@dataclass(frozen=True, slots=True)
class PaymentReconciler:
    settings: Settings
    records: CommercetoolsRecords
    from_record: OutcomeFromRecord
    resolver: UnknownOutcomeResolver
    ledger_importer: LedgerImporter
    expiry: ExpiringAuthorizations
    clock: RecordClock

    def finish(self, task: Task) -> tuple[Finding, ...]:
        """Return what became of each follow-up; nothing where the payment is gone or needs nothing any more.

        Raises nothing: what could not be done is a finding.
        """
        with acting_as(RECONCILIATION), concerning(payment=task.payment_id, store=task.store_key):
            return tuple(self._with_order_number(task, _guarded(task, self._finish)))

    def preview(self, task: Task) -> tuple[Finding, ...]:
        """Return what `finish` would work on, and what Monext's ledger has that the record lacks.

        It writes nothing.
        """
        with concerning(payment=task.payment_id, store=task.store_key):
            return tuple(self._with_order_number(task, _guarded(task, self._preview)))

    def age(self, payment: Payment, *, older_than: timedelta) -> Age:
        """Return the age that decides which follow-ups a payment needs.

        The sessions of a store that no setting names count as long as any session can be.
        """
        key = AttemptKey.parse(payment.key)
        try:
            store = self.settings.store(key.store_key if key else None)
            session = timedelta(minutes=store.session_minutes)
        except StoreNotConfigured:
            session = LONGEST_SESSION
        return Age(now=self.clock.now(), older_than=older_than, session=session)

    def _finish(self, task: Task) -> Iterator[Finding]:
        """Yield the findings, in the order of `FollowUp`: the money comes first."""
        payment = now_about_payment(self.records.payment(task.payment_id))
        needed = self._still_needed(payment, task)
        if needed & OF_SESSION:
            refreshed = self.from_record.look(payment)
            yield from self._session_findings(payment, refreshed, needed & OF_SESSION)
            payment = refreshed.payment
        if needed & OF_OPERATIONS:
            before, payment = payment, self._resolve(payment)
            yield from self._operation_findings(before, payment, needed & OF_OPERATIONS)
        if FollowUp.LEDGER in needed:
            yield from self._ledger_findings(payment, post=True)
        if FollowUp.ORDER_STATE in needed:
            yield from self._update_order_state(payment)
        if FollowUp.EXPIRING in needed:
            handled = self.expiry.meet(payment)
            yield Finding(payment.id, FollowUp.EXPIRING, EXPIRY_STATUSES[handled.done], handled.why)
        yield from (Finding(payment.id, f, *TOLD[f]) for f in TOLD if f in needed)

    def _order(self, payment_id: PaymentId) -> Order | None:
        return now_about_order(self.records.order_of_payment(payment_id))

    def _still_needed(self, payment: Payment, task: Task) -> frozenset[FollowUp]:
        """Return the follow-ups that the task names and the payment still needs.

        Where the task names a follow-up of the session, all those of the session are returned: whoever had the
        task before may have died between the money and the order.
        """
        open_now = follow_ups(payment, self.age(payment, older_than=ANY_AGE))
        needed = task.needs & (open_now | _NOT_OF_THE_RECORD)
        if task.needs & OF_SESSION:
            needed |= open_now & OF_SESSION | (BY_ORDER if accepted_transaction(payment) else frozenset())
        return needed

    def _preview(self, task: Task) -> Iterator[Finding]:
        payment = now_about_payment(self.records.payment(task.payment_id))
        for follow_up in (f for f in FollowUp if f in task.needs):
            if follow_up is FollowUp.LEDGER:
                yield from self._ledger_findings(payment, post=False)
            else:
                yield Finding(payment.id, follow_up, FindingStatus.FOUND, status_with_operations(payment))

    def _session_findings(
        self, before: Payment, refreshed: Refreshed, needed: frozenset[FollowUp]
    ) -> Iterator[Finding]:
        """Yield a finding for what was needed, and for an order that is missing only now.

        Where the money has just been found, only half of the work is done.
        """
        after = refreshed.payment
        left = follow_ups(after, self.age(after, older_than=ANY_AGE)) | refreshed.left
        reported = needed - (BY_ORDER - refreshed.had) | refreshed.left
        for follow_up in (f for f in FollowUp if f in reported):
            if follow_up in left:
                yield self._unfinished(after, follow_up, refreshed)
            else:
                moved = f"{attempt_status(before).value} → {attempt_status(after).value}"
                yield Finding(after.id, follow_up, FindingStatus.FINISHED, moved, order=refreshed.order)

    def _unfinished(self, payment: Payment, follow_up: FollowUp, refreshed: Refreshed) -> Finding:
        accepted = accepted_transaction(payment)
        since = accepted.timestamp if accepted else session_opened_at(payment)
        old = since is None or self.clock.now() - since >= STUCK_AFTER[follow_up]
        if refreshed.waits:
            return Finding(payment.id, follow_up, FindingStatus.WAITING, refreshed.why, order=refreshed.order)
        if refreshed.refused or old:
            number = refreshed.order or refreshed.number
            return Finding(payment.id, follow_up, FindingStatus.STUCK, refreshed.why, order=number)
        waiting = FindingStatus.UNKNOWN if refreshed.unknown else FindingStatus.WAITING
        return Finding(payment.id, follow_up, waiting, refreshed.why, order=refreshed.order)

    def _resolve(self, payment: Payment) -> Payment:
        """Look up the operations and close those that were never sent.

        Where this changed the payment, the order's payment state follows.
        """
        before = payment
        payment = self.resolver.resolve_reversal(
            self.resolver.close_unsent(self.resolver.resolve_all(payment))
        )
        if payment is not before:
            OrderStateUpdater(self.records, self._order(payment.id)).follow(payment)
        return payment

    def _operation_findings(
        self, before: Payment, payment: Payment, needed: frozenset[FollowUp]
    ) -> Iterator[Finding]:
        """Yield the findings about operations: how each ended, and what Monext's ledger lacks of one that is open.

        The ledger is read once more for that.
        """
        left = needed & follow_ups(payment, self.age(payment, older_than=ANY_AGE))
        missing = self.ledger_importer.missing_in_ledger(payment) if left else None
        for follow_up in (f for f in FollowUp if f in needed):
            if follow_up not in left:
                yield Finding(
                    payment.id, follow_up, FindingStatus.FINISHED, ended_operations(before, payment)
                )
                continue
            old = follow_up in follow_ups(payment, self.age(payment, older_than=STUCK_AFTER[follow_up]))
            status, yet = (FindingStatus.STUCK, "") if old else (FindingStatus.WAITING, " yet")
            yield Finding(payment.id, follow_up, status, missing or f"{NOT_TOLD}{yet}")

    def _ledger_findings(self, payment: Payment, *, post: bool) -> Iterator[Finding]:
        """Yield nothing where ledger and record agree and nothing was missing."""
        compared = self.ledger_importer.compare(payment, post=post)
        rows = ", ".join(f"{row.type} {row.amount}" for row in compared.posted)
        if rows:
            status = FindingStatus.FINISHED if post else FindingStatus.FOUND
            yield Finding(payment.id, FollowUp.LEDGER, status, f"done at Monext: {rows}")
        if compared.differs:
            yield Finding(payment.id, FollowUp.LEDGER, FindingStatus.STUCK, compared.differs)

    def _update_order_state(self, payment: Payment) -> Iterator[Finding]:
        """Write the order's payment state. Yields nothing where somebody else has written it meanwhile."""
        order = self._order(payment.id)
        if order is None or not is_payment_state_stale(order, payment):
            return
        updater = OrderStateUpdater(self.records, order)
        updater.follow(payment)
        reads = updater.order.payment_state if updater.order else None
        status = FindingStatus.UNKNOWN if reads == order.payment_state else FindingStatus.FINISHED
        moved = f"{order.payment_state} → {reads}"
        yield Finding(payment.id, FollowUp.ORDER_STATE, status, moved, order=order.number)

    def _with_order_number(self, task: Task, findings: Iterator[Finding]) -> Iterator[Finding]:
        """Add the order's number to each finding.

        Where somebody has to look at a finding and nothing at hand tells the number, it is read.
        """
        number, was_read = task.order, False
        for finding in findings:
            if finding.asks_for_somebody and not (finding.order or number or was_read):
                number, was_read = self._order_number(task), True
            yield replace(finding, order=finding.order or number)

    def _order_number(self, task: Task) -> OrderNumber | None:
        """Return the number of the order that names the payment, else the one that its cart would get.

        None where the order can't be read.
        """
        try:
            order = self._order(task.payment_id)
        except BridgeError:
            return None
        if order is not None:
            return order.number
        return order_number(task.cart_id) if task.cart_id else None


_NOT_OF_THE_RECORD = BY_ORDER | {FollowUp.LEDGER, FollowUp.ORDER_STATE, FollowUp.AMOUNTS}
"""Follow-ups that the record alone does not tell. They are worked on as the task names them."""


def _guarded(task: Task, work: Callable[[Task], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield the findings of `work`.

    Where it fails, each follow-up that it did not get to has a finding with the reason.
    """
    reported: set[FollowUp] = set()
    try:
        for finding in work(task):
            reported.add(finding.need)
            yield replace(finding, store_key=task.store_key)
    except RemoteNotFound:
        return  # the payment was deleted
    except BridgeError as error:
        is_temporary = isinstance(error, RemoteUnavailable)
        yield from _not_done(
            task, reported, FindingStatus.UNKNOWN if is_temporary else FindingStatus.STUCK, why=str(error)
        )
    except Exception:
        log.exception("reconcile_failed")
        why = "a fault of the bridge, which the log describes"
        yield from _not_done(task, reported, FindingStatus.STUCK, why=why)


def _not_done(task: Task, reported: set[FollowUp], status: FindingStatus, *, why: str) -> Iterator[Finding]:
    left = (follow_up for follow_up in FollowUp if follow_up in task.needs - reported)
    return (Finding(task.payment_id, follow_up, status, why, task.store_key) for follow_up in left)
