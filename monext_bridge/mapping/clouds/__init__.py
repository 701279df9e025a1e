"""Opens what the message queues of three clouds push, and finds commercetools' messages in it."""

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
