"""Builds all services of the bridge, once per process, and hands each one what it needs. No service knows Flask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from monext_bridge.config import Settings
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.gateways.keys import PushKeys
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.services.access import Principals, PushSignatures
from monext_bridge.services.checkout import Checkout, SessionOpener, ShopSessions
from monext_bridge.services.operations import (
    OperationAnnouncer,
    OperationExecutor,
    PaymentOperations,
    ShipmentCapturer,
    UnknownOutcomeResolver,
)
from monext_bridge.services.outcome import (
    AutomaticReversal,
    BuyerEvents,
    ContextReader,
    OrderCreator,
    OutcomeFinisher,
    OutcomeFromRecord,
    OutcomeRecorder,
    RefusedOrders,
)
from monext_bridge.services.payment_reference import ReferenceSigner
from monext_bridge.services.reconciliation import (
    Candidates,
    ExpiringAuthorizations,
    LedgerImporter,
    PaymentReconciler,
    Reconciliation,
    TaskRunner,
    ThreadRunner,
)
from monext_bridge.services.remotes import CommercetoolsRecords, MonextPayments
from monext_bridge.services.setup import Readiness

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    checkout: Checkout
    buyer_events: BuyerEvents
    sessions: ShopSessions
    references: ReferenceSigner
    readiness: Readiness
    operations: PaymentOperations
    records: CommercetoolsRecords
    reconcile: Reconciliation
    shipment: ShipmentCapturer
    push_signatures: PushSignatures
    principals: Principals
    clock: Clock


def utc_now() -> datetime:
    return datetime.now(UTC)


def build_services(
    settings: Settings,
    *,
    commercetools: CommercetoolsGateway,
    monext: MonextGateway,
    push_keys: PushKeys | None = None,
    clock: Clock = utc_now,
    runner: TaskRunner | None = None,
) -> Services:
    """Wire everything. The gateways and the clock are passed in, so that tests can pass others.

    `runner` carries out the tasks of reconciliation; without it, threads of this process do.
    """
    records = CommercetoolsRecords(commercetools, with_product_types=bool(settings.digital_product_types))
    monext_payments = MonextPayments(monext)
    contexts, references = ContextReader(settings, records), ReferenceSigner(settings.secret_keys)
    executor = OperationExecutor(records, monext_payments, clock)
    reversal = AutomaticReversal(records, executor, clock)
    orders = OrderCreator(records, RefusedOrders(settings, records, clock))
    finisher = OutcomeFinisher(records, contexts, reversal, orders, clock)
    recorder = OutcomeRecorder(settings, records, contexts, monext_payments, finisher, clock)
    opener = SessionOpener(settings, records, monext_payments, references, clock)
    resolver = UnknownOutcomeResolver(settings, executor)
    announcer = OperationAnnouncer(settings, records, monext_payments, executor, resolver, clock)
    operations = PaymentOperations(settings, records, executor, announcer, resolver, clock)
    reconciler = PaymentReconciler(
        settings,
        records,
        OutcomeFromRecord(settings, contexts, monext_payments, recorder, clock),
        resolver,
        LedgerImporter(records, monext_payments, resolver, clock),
        ExpiringAuthorizations(settings, operations, clock),
        clock,
    )
    return Services(
        settings=settings,
        checkout=Checkout(settings, records, contexts, monext_payments, recorder, opener, references, clock),
        buyer_events=BuyerEvents(settings, contexts, monext_payments, recorder),
        sessions=ShopSessions(settings, commercetools),
        references=references,
        readiness=Readiness(settings, commercetools, monext),
        operations=operations,
        records=records,
        reconcile=Reconciliation(Candidates(settings, records, clock), reconciler, runner or ThreadRunner()),
        shipment=ShipmentCapturer(settings, commercetools, operations),
        push_signatures=PushSignatures(push_keys or PushKeys(), clock),
        principals=Principals(settings, commercetools, clock=clock),
        clock=clock,
    )
