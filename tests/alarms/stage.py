"""Holds what a scene needs to make its alarm happen: the sandbox, bridges of any settings, and payments."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from monext_bridge.concerns import concerning
from monext_bridge.domain.operations import Operation, Refund
from monext_bridge.errors import BridgeError
from monext_bridge.runtime import utc_now
from monext_bridge.services import Services
from monext_bridge.services.reconciliation import Scope
from sandbox.runner import Sandbox
from tests.actors import BACK_OFFICE
from tests.bridges import ROOT, Buyer, InProcess, Page
from tests.services.paid_payments import PaidPayment, a_paid_payment
from tests.shipped_orders import SECRET, AuthorisedOrder, order
from tests.world import World

KEY = "one-key-for-all-bridges-of-a-scene"
CAPTURED, AUTHORISED = "guest", "german-store"


@dataclass(frozen=True, slots=True)
class Stage:
    """`bridge` is one with the sandbox's settings; its lines, and what processes write to `log`, are looked at."""

    sandbox: Sandbox
    world: World
    bridge: InProcess
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def buyer(self) -> Buyer:
        return Buyer(self.bridge)

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def other_bridge(self, **settings: Any) -> InProcess:
        """A bridge with other settings, which knows the references of the first."""
        return InProcess(self.sandbox, **{"SECRET_KEY": KEY, "EVENTS_SECRET": SECRET} | settings)

    def later_bridge(self, ahead: timedelta, **settings: Any) -> InProcess:
        return self.other_bridge(clock=lambda: utc_now() + ahead, **settings)

    def begun(self, situation: str = CAPTURED, **changes: Any) -> tuple[str, Page]:
        """A cart, and the page of its session."""
        cart = self.world.cart(situation, **changes)
        return cart, self.buyer.start(cart)

    def paid(self, situation: str = CAPTURED) -> tuple[str, Page]:
        """A cart that was paid at Monext, and nobody came back."""
        cart, page = self.begun(situation)
        self.world.pay(page.token, outcome="accepted")
        return cart, page

    def recorded(self, situation: str = CAPTURED) -> PaidPayment:
        """A payment that is recorded, with its order."""
        return a_paid_payment(self.bridge, self.world, situation=situation)

    def shipped(self) -> AuthorisedOrder:
        found = order(self.world, self.bridge)
        found.set_shipment_state("Shipped")
        return found

    def id_of(self, cart: str) -> str:
        return str(self.world.payment(cart)["id"])

    def tries(self, payment: PaidPayment, operation: Operation | None = None) -> str:
        """Perform an operation that need not end well, and give the payment's id."""
        with concerning(), suppress(BridgeError):
            payment.perform(operation or Refund(payment.eur(1000)), by=BACK_OFFICE, key="of-the-scene")
        return payment.id

    @property
    def an_hour_later(self) -> InProcess:
        """A bridge for which everything so far is old enough to be looked at."""
        return self.later_bridge(timedelta(hours=1))

    def reconciles(self, services: Services | None = None, **scope: Any) -> None:
        (services or self.an_hour_later.services).reconcile.run(Scope(**scope), tell=lambda _: None)

    def runs(self, program: str) -> None:
        """Run a program of Python beside, until the scene is over. Its log is looked at."""
        with self.log.open("wb") as log:
            self.processes.append(subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=log))


Scene = Callable[[Stage], str | None]
"""Makes an alarm happen. Gives the id of the payment that it is about, None where it is about no single one."""
