"""Checks that the bridge can work: the remotes answer, and the subscription for shipments is set up."""

from monext_bridge.services.setup.readiness import Readiness
from monext_bridge.services.setup.subscriptions import Step, SubscriptionPlan, Subscriptions

__all__ = ["Readiness", "Step", "SubscriptionPlan", "Subscriptions"]
