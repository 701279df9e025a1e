"""Records what became of a session, makes the order, and sends back money that must not be kept.

The buyer's return, Monext's notification and reconciliation all use this package, any number of times.
"""

from monext_bridge.services.outcome.automatic_reversal import AutomaticReversal
from monext_bridge.services.outcome.buyer_events import BuyerEvents, buyer_status, recorded_status
from monext_bridge.services.outcome.context import ContextReader, hinted_store
from monext_bridge.services.outcome.create_order import OrderCreator
from monext_bridge.services.outcome.finish_outcome import OutcomeFinisher
from monext_bridge.services.outcome.from_record import OutcomeFromRecord, Refreshed
from monext_bridge.services.outcome.landing_urls import (
    allowed_landing_url,
    hints,
    landing_url,
    shop_front,
    valid_note,
    with_hints,
)
from monext_bridge.services.outcome.record_outcome import OutcomeRecorder, RecordedOutcome
from monext_bridge.services.outcome.refused_orders import RefusedOrders

__all__ = [
    "AutomaticReversal",
    "BuyerEvents",
    "ContextReader",
    "OrderCreator",
    "OutcomeFinisher",
    "OutcomeFromRecord",
    "OutcomeRecorder",
    "RecordedOutcome",
    "Refreshed",
    "RefusedOrders",
    "allowed_landing_url",
    "buyer_status",
    "hinted_store",
    "hints",
    "landing_url",
    "recorded_status",
    "shop_front",
    "valid_note",
    "with_hints",
]
