"""Carries out captures, cancels, refunds and reversals: each once, whoever asks and however often.

It also decides what becomes of an operation of unknown outcome and what a shipment captures, and keeps the
order's payment state up to date.
"""

from monext_bridge.services.operations.actor import Actor, check_store
from monext_bridge.services.operations.announce import OperationAnnouncer
from monext_bridge.services.operations.audit import (
    COUNTED_ACTS,
    AuditedAct,
    audited_request,
    audited_reversal,
    outcome_of,
)
from monext_bridge.services.operations.execute import OperationExecutor, OperationTarget, is_unchanged
from monext_bridge.services.operations.find_payment import PAYMENT_ID, find_payments
from monext_bridge.services.operations.lost_payments import LostPayments
from monext_bridge.services.operations.modify_payment import PaymentOperations
from monext_bridge.services.operations.order_payment_state import OrderStateUpdater
from monext_bridge.services.operations.request import OperationOutcome, OperationResult
from monext_bridge.services.operations.resolve_unknown import UnknownOutcomeResolver
from monext_bridge.services.operations.shipment import MessageHandled, ShipmentCapturer

__all__ = [
    "COUNTED_ACTS",
    "PAYMENT_ID",
    "Actor",
    "AuditedAct",
    "LostPayments",
    "MessageHandled",
    "OperationAnnouncer",
    "OperationExecutor",
    "OperationOutcome",
    "OperationResult",
    "OperationTarget",
    "OrderStateUpdater",
    "PaymentOperations",
    "ShipmentCapturer",
    "UnknownOutcomeResolver",
    "audited_request",
    "audited_reversal",
    "check_store",
    "find_payments",
    "is_unchanged",
    "outcome_of",
]
