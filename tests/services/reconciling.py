"""The bridge when buyers have gone: carts of one test, and passes of reconciliation at whatever time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.services import utc_now
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Scope, Summary, Task
from tests.bridges import Buyer, InProcess, Page
from tests.world import World

KEY = "one-key-for-the-bridge-now-and-later"
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Later:
    """A clock that is ahead of the true time, and by how much."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@dataclass(slots=True)
class Night:
    """Only payments of its own carts are looked at."""

    bridge: InProcess
    clock: Later
    world: World
    carts: list[str] = field(default_factory=list)
    began: datetime = field(default_factory=utc_now)

    def cart(self, situation: str = "guest", **changes: Any) -> str:
        self.carts.append(self.world.cart(situation, **changes))
        return self.carts[-1]

    def page(self, cart: str, **query: str) -> Page:
        return Buyer(self.bridge).start(cart, **query)

    def own(self) -> set[str]:
        return {payment["id"] for cart in self.carts for payment in self.world.payments(cart)}

    def run(self, *, ahead: timedelta = HOUR, **scope: Any) -> tuple[list[Finding], Summary]:
        """One pass over what was made since the test began, with the bridge's clock so far ahead."""
        self.clock.ahead = ahead
        findings: list[Finding] = []
        scope.setdefault("since", self.clock() - self.began + timedelta(milliseconds=2))
        summary = self.bridge.services.reconcile.run(Scope(**scope), tell=findings.append)
        self.clock.ahead = timedelta(0)
        mine = self.own()
        return [finding for finding in findings if finding.payment_id in mine], summary

    def told(self, **options: Any) -> list[tuple[FollowUp, FindingStatus]]:
        return [(finding.need, finding.ending) for finding in self.run(**options)[0]]

    def finish(self, task: Task) -> tuple[Finding, ...]:
        """As a worker does."""
        return self.bridge.services.reconcile.reconciler.finish(task)

    def paid(self, situation: str = "guest") -> tuple[str, Page]:
        """A cart that was paid and has its order, and its payment page."""
        cart = self.cart(situation)
        page = self.page(cart)
        self.world.pay(page.token, outcome="accepted")
        assert Buyer(self.bridge).comes_back(page).status == 303
        return cart, page

    def payment_id(self, cart: str) -> PaymentId:
        return PaymentId(self.world.payment(cart)["id"])
