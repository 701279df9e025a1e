"""Checks that the bridge can work: the remotes answer, and the subscription for shipments is set up."""

from monext_bridge.services.setup.readiness import KeyState, Readiness, RemotesSeen, StoreReadiness, Trouble
from monext_bridge.services.setup.subscriptions import Step, SubscriptionPlan, Subscriptions

__all__ = [
    "KeyState",
    "Readiness",
    "RemotesSeen",
    "Step",
    "StoreReadiness",
    "SubscriptionPlan",
    "Subscriptions",
    "Trouble",
]
