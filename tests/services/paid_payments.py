"""Payments that are authorised or charged already, for tests of what is done to them afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.rules import Cancel, Capture, Operation, Refund, Reverse
from monext_bridge.services.operations.request import OperationResult
from tests.bridges import Buyer, InProcess
from tests.world import World


@dataclass(frozen=True, slots=True)
class Paid:
    """One accepted payment of one cart, and the bridge that acts on it."""

    bridge: InProcess
    world: World
    cart: str
    token: str
    id: PaymentId
    total: int

    def do(self, act: Operation, **options: Any) -> OperationResult:
        return self.bridge.services.modify.perform(self.id, act, **options)

    def capture(self, amount: int, *, final: bool = False, **options: Any) -> OperationResult:
        return self.do(Capture(self.eur(amount), final=final), **options)

    def refund(self, amount: int, **options: Any) -> OperationResult:
        return self.do(Refund(self.eur(amount)), **options)

    def cancel(self, **options: Any) -> OperationResult:
        return self.do(Cancel(), **options)

    def reverse(self, **options: Any) -> OperationResult:
        return self.do(Reverse(), **options)

    def eur(self, amount: int) -> Money:
        return Money(amount, "EUR")

    def acts(self) -> list[tuple[str, str, int]]:
        """The record without the buyer's own transaction."""
        return self.world.transactions(self.cart)[1:]

    def ledger(self) -> list[tuple[str, int, str | None]]:
        """Monext's rows without the buyer's own."""
        return self.world.ledger(self.token)[1:]

    def order_state(self) -> str:
        return str(self.world.orders(self.cart)[0]["paymentState"])


def a_paid(bridge: InProcess, world: World, *, situation: str) -> Paid:
    cart = world.cart(situation)
    buyer = Buyer(bridge)
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    buyer.comes_back(page)
    payment = world.payment(cart)
    total = payment["amountPlanned"]["centAmount"]
    return Paid(bridge, world, cart, page.token, PaymentId(payment["id"]), total)
