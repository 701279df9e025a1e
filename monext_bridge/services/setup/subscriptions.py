"""Creates the commercetools subscription for shipments, or brings it up to date."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monext_bridge.errors import Conflict, DuplicateField, RemoteNotFound
from monext_bridge.gateways.commercetools import CommercetoolsGateway
from monext_bridge.mapping.commercetools import (
    SUBSCRIPTION_KEY,
    Destination,
    format_differs,
    subscription_changes,
    subscription_draft,
)
from monext_bridge.mapping.json_object import Json
from monext_bridge.services.remotes import decide_and_write, outdated


class Step(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class SubscriptionPlan:
    """What is to be done. `actions` are the names of update actions.

    `status` is what commercetools says of the subscription now.
    """

    step: Step
    body: Json
    actions: tuple[str, ...] = ()
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Subscriptions:
    gateway: CommercetoolsGateway

    def plan(self, destination: Destination, *, renew_key: bool = False) -> SubscriptionPlan:
        """Return what would have to be done now. It changes nothing.

        Raises Conflict where the subscription has to be deleted first, RemoteError.
        """
        try:
            existing = self.gateway.get_subscription_by_key(SUBSCRIPTION_KEY)
        except RemoteNotFound:
            return SubscriptionPlan(Step.CREATE, subscription_draft(destination))
        if format_differs(existing, destination):
            raise Conflict(
                f"subscription {SUBSCRIPTION_KEY} delivers in a format that Event Grid does not take, which can't be "
                f"changed: delete it, then set it up again"
            )
        actions = subscription_changes(existing, destination, renew_key=renew_key)
        return SubscriptionPlan(
            Step.UPDATE if actions else Step.NOTHING,
            {"version": existing.get("version"), "actions": actions},
            actions=tuple(str(action["action"]) for action in actions),
            status=existing.get("status"),
        )

    def set_up(self, destination: Destination, *, renew_key: bool = False) -> SubscriptionPlan:
        """Carry out the plan and return it; do nothing where nothing is missing. Raises what `plan` raises."""
        return decide_and_write(
            self.plan(destination, renew_key=renew_key),
            self._carry_out,
            again=lambda _: self.plan(destination, renew_key=renew_key),
            what=f"subscription {SUBSCRIPTION_KEY}",
        )

    def _carry_out(self, plan: SubscriptionPlan) -> SubscriptionPlan:
        if plan.step is Step.CREATE:
            try:
                self.gateway.create_subscription(plan.body)
            except DuplicateField as error:
                raise outdated(f"subscription {SUBSCRIPTION_KEY}") from error
        elif plan.step is Step.UPDATE:
            self.gateway.update_subscription(SUBSCRIPTION_KEY, plan.body)
        return plan
