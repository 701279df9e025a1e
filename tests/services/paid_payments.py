"""Makes payments that are authorised or charged already, for tests of the operations on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.rules import Cancel, Capture, Operation, Refund, Reverse
from monext_bridge.services.operations.request import OperationResult
from tests.actors import BACK_OFFICE
from tests.bridges import Buyer, InProcess
from tests.world import World


@dataclass(frozen=True, slots=True)
class PaidPayment:
    """One accepted payment of one cart, and the bridge that performs operations on it."""

    bridge: InProcess
    world: World
    cart: str
    token: str
    id: PaymentId
    total: int

    def perform(self, operation: Operation, **options: Any) -> OperationResult:
        return self.bridge.services.operations.perform(self.id, operation, **({"by": BACK_OFFICE} | options))

    def capture(self, amount: int, *, final: bool = False, **options: Any) -> OperationResult:
        return self.perform(Capture(self.eur(amount), final=final), **options)

    def refund(self, amount: int, **options: Any) -> OperationResult:
        return self.perform(Refund(self.eur(amount)), **options)

    def cancel(self, **options: Any) -> OperationResult:
        return self.perform(Cancel(), **options)

    def reverse(self, **options: Any) -> OperationResult:
        return self.perform(Reverse(), **options)

    def eur(self, amount: int) -> Money:
        return Money(amount, "EUR")

    def operations(self) -> list[tuple[str, str, int]]:
        """The transactions of the record after the buyer's own."""
        return self.world.transactions(self.cart)[1:]

    def ledger(self) -> list[tuple[str, int, str | None]]:
        """The rows of Monext's ledger after the buyer's own."""
        return self.world.ledger(self.token)[1:]

    def order_state(self) -> str:
        return str(self.world.orders(self.cart)[0]["paymentState"])


def a_paid_payment(bridge: InProcess, world: World, *, situation: str) -> PaidPayment:
    """Pay a new cart of this situation, and come back from Monext."""
    cart = world.cart(situation)
    buyer = Buyer(bridge)
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    buyer.comes_back(page)
    payment = world.payment(cart)
    total = payment["amountPlanned"]["centAmount"]
    return PaidPayment(bridge, world, cart, page.token, PaymentId(payment["id"]), total)
