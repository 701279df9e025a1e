"""An order whose payment is authorised, to be shipped and to be told of."""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.money import Money
from tests.bridges import Answer, Buyer, Caller
from tests.push_samples import message, pub_sub
from tests.world import World

SECRET = "the-secret-of-the-subscription"
PATH = f"/events/commercetools?secret={SECRET}"
MANUAL = "german-store"
"""A cart of the store that captures on shipment."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order whose payment is authorised."""

    world: World
    bridge: Caller
    cart: str
    token: str
    amount: int
    payment_id: PaymentId
    order_id: str

    def becomes(self, state: str) -> None:
        """The shop changes the order's shipment state."""
        path = f"orders/{self.order_id}"
        version = self.world.project.get(path)["version"]
        action = {"action": "changeShipmentState", "shipmentState": state}
        self.world.project.update(path, version=version, action=action)

    def is_told(self, state: str = "Shipped", *, bridge: Caller | None = None) -> Answer:
        """A message that the queue delivers, true or not."""
        body = pub_sub(message(self.order_id, shipmentState=state))
        return (bridge or self.bridge).call("POST", PATH, json=body)

    @property
    def captures(self) -> list[tuple[str, int]]:
        """State and amount of every capture in the record."""
        found = self.world.transactions(self.cart)
        return [(state, amount) for kind, state, amount in found if kind == "Charge"]

    @property
    def ledger(self) -> list[tuple[str, int, str | None]]:
        """What Monext did after the authorisation."""
        return self.world.ledger(self.token)[1:]

    @property
    def state(self) -> str:
        return str(self.world.project.get(f"orders/{self.order_id}")["paymentState"])

    def money(self, amount: int) -> Money:
        return Money(amount, "EUR")


def order(world: World, bridge: Caller, situation: str = MANUAL) -> Ordered:
    buyer = Buyer(bridge)
    page = buyer.start(cart := world.cart(situation))
    world.pay(page.token, outcome="accepted")
    assert buyer.notified(page).status == 200
    payment = world.payment(cart)
    amount = payment["amountPlanned"]["centAmount"]
    order_id = world.orders(cart)[0]["id"]
    return Ordered(world, bridge, cart, page.token, amount, PaymentId(payment["id"]), order_id)
