"""Finish one payment that nobody came back to. May be done any number of times, by several at once.

The payment is read afresh, and what it does not need any more is passed over. What is written is what the buyer's
return, Monext's notification or the caller's next question would have written, by the same services.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monext_bridge.config import Settings
from monext_bridge.domain.ids import OrderNumber
from monext_bridge.domain.outcome import order_number
from monext_bridge.domain.reconciliation import ANY_AGE, Age, FollowUp, follow_ups, is_payment_state_stale
from monext_bridge.domain.record import (
    AttemptKey,
    Payment,
    accepted_transaction,
    attempt_status,
    session_opened_at,
)
from monext_bridge.errors import BridgeError, RemoteNotFound, RemoteUnavailable, StoreNotConfigured
from monext_bridge.services.operations import OperationOutcome, OrderStateUpdater, UnknownOutcomeResolver
from monext_bridge.services.outcome import OutcomeFromRecord, Refreshed
from monext_bridge.services.reconciliation.expiring_authorizations import ExpiringAuthorizations
from monext_bridge.services.reconciliation.import_ledger import LedgerImporter
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Task
from monext_bridge.services.remotes import CommercetoolsRecords

log = logging.getLogger(__name__)

LONGEST_SESSION = timedelta(minutes=90)
BY_ORDER = frozenset({FollowUp.NO_ORDER, FollowUp.SECOND_PAYMENT})
OF_SESSION = BY_ORDER | {FollowUp.NOT_FINISHED, FollowUp.PENDING, FollowUp.LAST_LOOK, FollowUp.GIVE_BACK}
OF_ACTS = frozenset({FollowUp.ACT, FollowUp.RECEIVED})

STUCK_AFTER: Mapping[FollowUp, timedelta] = {
    FollowUp.NOT_FINISHED: timedelta(days=1),
    FollowUp.PENDING: timedelta(days=7),
    FollowUp.LAST_LOOK: timedelta(days=1),
    FollowUp.GIVE_BACK: timedelta(hours=1),
    FollowUp.ACT: timedelta(hours=1),
    FollowUp.RECEIVED: timedelta(days=7),
    FollowUp.NO_ORDER: timedelta(hours=1),
    FollowUp.SECOND_PAYMENT: timedelta(hours=1),
}
"""How old a need is when it is stuck: what partners and reviewers decide may take days, what we do ourselves not."""

TOLD: Mapping[FollowUp, tuple[FindingStatus, str]] = {
    FollowUp.RETURN_REFUSED: (
        FindingStatus.STUCK,
        "Monext refused to give the money back: refund it by hand",
    ),
    FollowUp.AMOUNTS: (FindingStatus.WARNED, "the order does not cost what was taken for it"),
}
"""Needs that nothing here can meet."""

EXPIRY_ENDINGS = {
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
    clock: Callable[[], datetime]

    def finish(self, task: Task) -> tuple[Finding, ...]:
        """What became of each need of the payment; none where it has gone or needs nothing any more.

        Raises nothing: what could not be done is a finding.
        """
        return tuple(self._numbered(task, _guarded(task, self._finish)))

    def preview(self, task: Task) -> tuple[Finding, ...]:
        """What `finish` would look at, and what Monext's ledger has that the record lacks; writes nothing."""
        return tuple(self._numbered(task, _guarded(task, self._preview)))

    def age(self, payment: Payment, *, older_than: timedelta) -> Age:
        """The age by which needs are told; sessions of a store that no setting names last as long as any can."""
        key = AttemptKey.parse(payment.key)
        try:
            store = self.settings.store(key.store_key if key else None)
            session = timedelta(minutes=store.session_minutes)
        except StoreNotConfigured:
            session = LONGEST_SESSION
        return Age(now=self.clock(), older_than=older_than, session=session)

    def _finish(self, task: Task) -> Iterator[Finding]:
        """In the order of `FollowUp`: the money first."""
        payment = self.records.payment(task.payment_id)
        wanted = self._wanted(payment, task)
        if wanted & OF_SESSION:
            looked = self.from_record.look(payment)
            yield from self._of_session(payment, looked, wanted & OF_SESSION)
            payment = looked.payment
        if wanted & OF_ACTS:
            payment = self._resolve(payment)
            yield from self._of_acts(payment, wanted & OF_ACTS)
        if FollowUp.LEDGER in wanted:
            yield from self._of_ledger(payment, post=True)
        if FollowUp.ORDER_STATE in wanted:
            yield from self._follow(payment)
        if FollowUp.EXPIRING in wanted:
            met = self.expiry.meet(payment)
            yield Finding(payment.id, FollowUp.EXPIRING, EXPIRY_ENDINGS[met.done], met.why)
        yield from (Finding(payment.id, n, *TOLD[n]) for n in TOLD if n in wanted)

    def _wanted(self, payment: Payment, task: Task) -> frozenset[FollowUp]:
        """What the task names and the payment still needs.

        Of a session all that is left: whoever had the task before may have died between the money and the order.
        """
        open_now = follow_ups(payment, self.age(payment, older_than=ANY_AGE))
        wanted = task.needs & (open_now | _NOT_OF_THE_RECORD)
        if task.needs & OF_SESSION:
            wanted |= open_now & OF_SESSION | (BY_ORDER if accepted_transaction(payment) else frozenset())
        return wanted

    def _preview(self, task: Task) -> Iterator[Finding]:
        payment = self.records.payment(task.payment_id)
        for need in (n for n in FollowUp if n in task.needs):
            if need is FollowUp.LEDGER:
                yield from self._of_ledger(payment, post=False)
            else:
                yield Finding(payment.id, need, FindingStatus.FOUND, attempt_status(payment).value)

    def _of_session(
        self, before: Payment, looked: Refreshed, wanted: frozenset[FollowUp]
    ) -> Iterator[Finding]:
        """What was wanted, and an order that is missing only now: finding the money is half of it."""
        after = looked.payment
        left = follow_ups(after, self.age(after, older_than=ANY_AGE)) | looked.left
        told = wanted - (BY_ORDER - looked.had) | looked.left
        for need in (n for n in FollowUp if n in told):
            if need in left:
                yield self._left(after, need, looked)
            else:
                moved = f"{attempt_status(before).value} → {attempt_status(after).value}"
                yield Finding(after.id, need, FindingStatus.FINISHED, moved, order=looked.order)

    def _left(self, payment: Payment, need: FollowUp, looked: Refreshed) -> Finding:
        taken = accepted_transaction(payment)
        since = taken.timestamp if taken else session_opened_at(payment)
        old = since is None or self.clock() - since >= STUCK_AFTER[need]
        if looked.refused or old:
            number = looked.order or looked.number
            return Finding(payment.id, need, FindingStatus.STUCK, looked.why, order=number)
        waiting = FindingStatus.UNKNOWN if looked.unknown else FindingStatus.WAITING
        return Finding(payment.id, need, waiting, looked.why, order=looked.order)

    def _resolve(self, payment: Payment) -> Payment:
        """Look up the acts; close those that were never sent; tell the order."""
        before = payment
        payment = self.resolver.resolve_reversal(
            self.resolver.close_unsent(self.resolver.resolve_all(payment))
        )
        if payment is not before:
            OrderStateUpdater(self.records, self.records.order_of_payment(payment.id)).follow(payment)
        return payment

    def _of_acts(self, payment: Payment, wanted: frozenset[FollowUp]) -> Iterator[Finding]:
        left = follow_ups(payment, self.age(payment, older_than=ANY_AGE))
        for need in (n for n in FollowUp if n in wanted):
            old = follow_ups(payment, self.age(payment, older_than=STUCK_AFTER[need]))
            if need not in left:
                yield Finding(payment.id, need, FindingStatus.FINISHED)
            elif need in old:
                yield Finding(payment.id, need, FindingStatus.STUCK, "Monext's ledger does not tell its end")
            else:
                yield Finding(
                    payment.id, need, FindingStatus.WAITING, "Monext's ledger does not tell its end yet"
                )

    def _of_ledger(self, payment: Payment, *, post: bool) -> Iterator[Finding]:
        """Nothing where the two agree and nothing was missing."""
        compared = self.ledger_importer.compare(payment, post=post)
        rows = ", ".join(f"{row.type} {row.amount}" for row in compared.posted)
        if rows:
            ending = FindingStatus.FINISHED if post else FindingStatus.FOUND
            yield Finding(payment.id, FollowUp.LEDGER, ending, f"done at Monext: {rows}")
        if compared.differs:
            yield Finding(payment.id, FollowUp.LEDGER, FindingStatus.STUCK, compared.differs)

    def _follow(self, payment: Payment) -> Iterator[Finding]:
        """Nothing where somebody else has written the state meanwhile."""
        order = self.records.order_of_payment(payment.id)
        if order is None or not is_payment_state_stale(order, payment):
            return
        follower = OrderStateUpdater(self.records, order)
        follower.follow(payment)
        reads = follower.order.payment_state if follower.order else None
        ending = FindingStatus.UNKNOWN if reads == order.payment_state else FindingStatus.FINISHED
        moved = f"{order.payment_state} → {reads}"
        yield Finding(payment.id, FollowUp.ORDER_STATE, ending, moved, order=order.number)

    def _numbered(self, task: Task, findings: Iterator[Finding]) -> Iterator[Finding]:
        """With the number of the order; read, for what somebody has to look at, where nothing at hand tells it."""
        number, asked = task.order, False
        for finding in findings:
            if finding.asks_for_somebody and not (finding.order or number or asked):
                number, asked = self._number(task), True
            yield replace(finding, order=finding.order or number)

    def _number(self, task: Task) -> OrderNumber | None:
        """Of the order that names the payment, else what its cart would get; None where that can't be read."""
        try:
            order = self.records.order_of_payment(task.payment_id)
        except BridgeError:
            return None
        if order is not None:
            return order.number
        return order_number(task.cart_id) if task.cart_id else None


_NOT_OF_THE_RECORD = BY_ORDER | {FollowUp.LEDGER, FollowUp.ORDER_STATE, FollowUp.AMOUNTS}
"""Needs that the record alone does not tell; they are looked at as the task has it."""


def _guarded(task: Task, work: Callable[[Task], Iterator[Finding]]) -> Iterator[Finding]:
    """The findings of the work, and for what it did not get to, why."""
    told: set[FollowUp] = set()
    try:
        for finding in work(task):
            told.add(finding.need)
            yield replace(finding, store_key=task.store_key)
    except RemoteNotFound:
        return  # the payment was deleted
    except BridgeError as error:
        passes = isinstance(error, RemoteUnavailable)
        yield from _not_done(
            task, told, FindingStatus.UNKNOWN if passes else FindingStatus.STUCK, why=str(error)
        )
    except Exception:
        log.exception("reconcile_failed")
        why = "a fault of the bridge, which the log describes"
        yield from _not_done(task, told, FindingStatus.STUCK, why=why)


def _not_done(task: Task, told: set[FollowUp], ending: FindingStatus, *, why: str) -> Iterator[Finding]:
    left = (need for need in FollowUp if need in task.needs - told)
    return (Finding(task.payment_id, need, ending, why, task.store_key) for need in left)
