"""What the message queues of three clouds push: their envelopes opened, and commercetools' messages found in them."""

from monext_bridge.mapping.clouds.envelopes import (
    SHIPMENT,
    Validation,
    read_json,
    read_push,
    read_text,
    shipped_orders,
)
from monext_bridge.mapping.clouds.sns import SnsKind, SnsMessage, SnsSignature, is_sns, read_sns

__all__ = [
    "SHIPMENT",
    "SnsKind",
    "SnsMessage",
    "SnsSignature",
    "Validation",
    "is_sns",
    "read_json",
    "read_push",
    "read_sns",
    "read_text",
    "shipped_orders",
]
