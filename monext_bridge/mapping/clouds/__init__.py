"""Opens what the message queues of three clouds push, and finds commercetools' messages in it."""

from monext_bridge.mapping.clouds.envelopes import (
    FOLLOWED,
    Validation,
    moved_orders,
    read_push,
    read_text,
)
from monext_bridge.mapping.clouds.sns import SnsKind, SnsMessage, SnsSignature, is_sns, read_sns
from monext_bridge.mapping.clouds.topics import is_topic_of_sns, names_listed_topic

__all__ = [
    "FOLLOWED",
    "SnsKind",
    "SnsMessage",
    "SnsSignature",
    "Validation",
    "is_sns",
    "is_topic_of_sns",
    "moved_orders",
    "names_listed_topic",
    "read_push",
    "read_sns",
    "read_text",
]
