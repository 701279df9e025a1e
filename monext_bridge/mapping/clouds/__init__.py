"""Opens what the message queues of three clouds push, and finds commercetools' messages in it."""

from monext_bridge.mapping.clouds.envelopes import (
    FOLLOWED,
    Validation,
    moved_orders,
    read_json,
    read_push,
    read_text,
)
from monext_bridge.mapping.clouds.sns import SnsKind, SnsMessage, SnsSignature, is_sns, read_sns

__all__ = [
    "FOLLOWED",
    "SnsKind",
    "SnsMessage",
    "SnsSignature",
    "Validation",
    "is_sns",
    "moved_orders",
    "read_json",
    "read_push",
    "read_sns",
    "read_text",
]
