"""The verbs of the bridge, put together once per process. They know no Flask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from monext_bridge.config import Settings
from monext_bridge.gateways.commercetools.api import CommercetoolsGateway
from monext_bridge.gateways.keys.clouds import PushKeys
from monext_bridge.gateways.monext import MonextGateway
from monext_bridge.services.access.principals import Callers
from monext_bridge.services.access.push_signatures import PushProofs
from monext_bridge.services.checkout.open_session import Opening
from monext_bridge.services.checkout.shop_session import Sessions
from monext_bridge.services.checkout.start import Checkout
from monext_bridge.services.operations.execute import Acts
from monext_bridge.services.operations.modify_payment import Modify
from monext_bridge.services.operations.resolve_unknown import Resolving
from monext_bridge.services.operations.shipment import Shipment
from monext_bridge.services.outcome.automatic_reversal import GivingBack
from monext_bridge.services.outcome.buyer_events import Following
from monext_bridge.services.outcome.context import Situations
from monext_bridge.services.outcome.create_order import Ordering
from monext_bridge.services.outcome.from_record import Unattended
from monext_bridge.services.outcome.record_outcome import Settle
from monext_bridge.services.payment_reference import References
from monext_bridge.services.reconciliation.candidates import Survey
from monext_bridge.services.reconciliation.expiring_authorizations import Expiry
from monext_bridge.services.reconciliation.import_ledger import Bookkeeper
from monext_bridge.services.reconciliation.reconcile_payment import Finishing
from monext_bridge.services.reconciliation.run import Reconcile
from monext_bridge.services.reconciliation.threads import Dispatch, Threads
from monext_bridge.services.remotes.commercetools_records import Records
from monext_bridge.services.remotes.monext_payments import Acquirer
from monext_bridge.services.setup.readiness import Readiness

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    checkout: Checkout
    following: Following
    sessions: Sessions
    references: References
    readiness: Readiness
    modify: Modify
    reconcile: Reconcile
    shipment: Shipment
    push_proofs: PushProofs
    callers: Callers
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
    dispatch: Dispatch | None = None,
) -> Services:
    """Everything wired; gateways and clock are handed in, so that tests can hand in others.

    `dispatch` says who carries out the tasks of reconciliation; without it, threads of this process.
    """
    records, acquirer = Records(commercetools), Acquirer(monext)
    situations, references = Situations(settings, records), References(settings.secret_keys)
    acts = Acts(records, acquirer, clock)
    settle = Settle(settings, records, situations, acquirer, GivingBack(acts), Ordering(records), clock)
    opening = Opening(settings, records, acquirer, references, clock)
    resolving = Resolving(settings, acts)
    modify = Modify(settings, records, acquirer, acts, resolving, clock)
    unattended = Unattended(settings, situations, acquirer, settle, clock)
    finishing = _finishing(settings, records, unattended, resolving, modify, clock)
    return Services(
        settings=settings,
        checkout=Checkout(settings, records, situations, acquirer, settle, opening, references, clock),
        following=Following(settings, situations, acquirer, settle),
        sessions=Sessions(settings, commercetools),
        references=references,
        readiness=Readiness(settings, commercetools, monext),
        modify=modify,
        reconcile=Reconcile(Survey(settings, records, clock), finishing, dispatch or Threads()),
        shipment=Shipment(settings, commercetools, modify),
        push_proofs=PushProofs(push_keys or PushKeys(), clock),
        callers=Callers(settings, commercetools, clock=clock),
        clock=clock,
    )


def _finishing(
    settings: Settings,
    records: Records,
    unattended: Unattended,
    resolving: Resolving,
    modify: Modify,
    clock: Clock,
) -> Finishing:
    bookkeeper, expiry = Bookkeeper(records, resolving, clock), Expiry(settings, modify, clock)
    return Finishing(settings, records, unattended, resolving, bookkeeper, expiry, clock)
