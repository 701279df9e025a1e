"""Runs passes of reconciliation at any time over the carts of one test, whose buyers have gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.runtime import utc_now
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Scope, Summary, Task
from tests.bridges import Buyer, InProcess, Page
from tests.world import World

KEY = "one-key-for-the-bridge-now-and-later"
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class ShiftedClock:
    """A clock that is `ahead` of the true time."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass(slots=True)
class ReconciliationTester:
    """Makes carts and reconciles them. It reports only findings about payments of these carts."""

    bridge: InProcess
    clock: ShiftedClock
    world: World
    carts: list[str] = field(default_factory=list)
    began: datetime = field(default_factory=utc_now)

    def cart(self, situation: str = "guest", **changes: Any) -> str:
        self.carts.append(self.world.cart(situation, **changes))
        return self.carts[-1]

    def page(self, cart: str, **query: str) -> Page:
        return Buyer(self.bridge).start(cart, **query)

    def payment_ids(self) -> set[str]:
        return {payment["id"] for cart in self.carts for payment in self.world.payments(cart)}

    def run(self, *, ahead: timedelta = HOUR, **scope: Any) -> tuple[list[Finding], Summary]:
        """Run one pass over what was made since the test began, with the bridge's clock so far ahead."""
        self.clock.ahead = ahead
        findings: list[Finding] = []
        scope.setdefault("since", self.clock() - self.began + timedelta(milliseconds=2))
        summary = self.bridge.services.reconcile.run(Scope(**scope), tell=findings.append)
        self.clock.ahead = timedelta(0)
        mine = self.payment_ids()
        return [finding for finding in findings if finding.payment_id in mine], summary

    def found(self, **options: Any) -> list[tuple[FollowUp, FindingStatus]]:
        """Run one pass, and give the follow-up and status of each finding."""
        return [(finding.need, finding.ending) for finding in self.run(**options)[0]]

    def finish(self, task: Task) -> tuple[Finding, ...]:
        """Finish one task, as a worker of the queue does."""
        return self.bridge.services.reconcile.reconciler.finish(task)

    def paid_cart(self, situation: str = "guest") -> tuple[str, Page]:
        """Make a cart that was paid and has its order; give it with its payment page."""
        cart = self.cart(situation)
        page = self.page(cart)
        self.world.pay(page.token, outcome="accepted")
        assert Buyer(self.bridge).comes_back(page).status == 303
        return cart, page

    def payment_id(self, cart: str) -> PaymentId:
        return PaymentId(self.world.payment(cart)["id"])
