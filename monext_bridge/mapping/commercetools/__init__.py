"""Reads commercetools' JSON into our values, and writes our updates with the SDK's drafts and actions.

What commercetools adds later is tolerated; what we write is typed.
"""

from monext_bridge.mapping.commercetools.answers import CheckoutSession, read_checkout_session, read_order
from monext_bridge.mapping.commercetools.subscriptions import (
    SUBSCRIPTION_KEY,
    Destination,
    EventGrid,
    PubSub,
    Sns,
    described,
    format_differs,
    subscription_changes,
    subscription_draft,
)
from monext_bridge.mapping.commercetools.writes import add_payment, order_draft, payment_draft, payment_update

__all__ = [
    "SUBSCRIPTION_KEY",
    "CheckoutSession",
    "Destination",
    "EventGrid",
    "PubSub",
    "Sns",
    "add_payment",
    "described",
    "format_differs",
    "order_draft",
    "payment_draft",
    "payment_update",
    "read_checkout_session",
    "read_order",
    "subscription_changes",
    "subscription_draft",
]
