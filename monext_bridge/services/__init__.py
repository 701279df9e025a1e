"""Builds all services of the bridge, once per process, and hands each one what it needs. No service knows Flask."""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.config import Settings
from monext_bridge.gateways.commercetools import CommercetoolsClock, CommercetoolsGateway
from monext_bridge.gateways.keys import PushKeys
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.runtime import MachineClock, RecordClock, utc_now
from monext_bridge.services.access import Principals, PushSignatures
from monext_bridge.services.checkout import Checkout, SessionOpener, ShopSessions
from monext_bridge.services.enquiry import PaymentAccounts, PaymentSearch, TransactionExport
from monext_bridge.services.operations import (
    LostPayments,
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
from monext_bridge.services.remotes import CommercetoolsRecords, MonextPayments, PaymentQueries
from monext_bridge.services.setup import Readiness


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
    search: PaymentSearch
    accounts: PaymentAccounts
    export: TransactionExport
    shipment: ShipmentCapturer
    push_signatures: PushSignatures
    principals: Principals
    machine_clock: MachineClock
    commercetools_clock: CommercetoolsClock


def build_services(
    settings: Settings,
    *,
    commercetools: CommercetoolsGateway,
    monext: MonextGateway,
    push_keys: PushKeys | None = None,
    machine_clock: MachineClock = utc_now,
    record_clock: RecordClock | None = None,
    runner: TaskRunner | None = None,
) -> Services:
    """Wire everything. The gateways and the clocks are passed in, so that tests can pass others.

    The records' time is commercetools', as its gateway knows it; `record_clock` takes its place.

    `runner` carries out the tasks of reconciliation; without it, threads of this process do.
    """
    clock = record_clock or commercetools.clock
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
    lost_payments = LostPayments(settings, records)
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
    candidates = Candidates(settings, records, clock)
    queries = PaymentQueries(commercetools, settings.interfaces)
    return Services(
        settings=settings,
        checkout=Checkout(settings, records, contexts, monext_payments, recorder, opener, references, clock),
        buyer_events=BuyerEvents(settings, contexts, monext_payments, recorder),
        sessions=ShopSessions(settings, commercetools),
        references=references,
        readiness=Readiness(settings, commercetools, monext),
        operations=operations,
        records=records,
        reconcile=Reconciliation(candidates, reconciler, runner or ThreadRunner()),
        search=PaymentSearch(queries, references, machine_clock, settings.order_creation),
        accounts=PaymentAccounts(operations, monext_payments, resolver, candidates, reconciler),
        export=TransactionExport(queries),
        shipment=ShipmentCapturer(settings, commercetools, operations, lost_payments, clock),
        push_signatures=PushSignatures(push_keys or PushKeys(), machine_clock),
        principals=Principals(settings, commercetools, clock=machine_clock),
        machine_clock=machine_clock,
        commercetools_clock=commercetools.clock,
    )
