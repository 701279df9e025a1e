"""Makes an order whose payment is authorised, ships it, and delivers commercetools' messages of the shipment."""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.money import Money
from tests.bridges import Answer, AnyBridge, Buyer
from tests.push_samples import message, pub_sub
from tests.world import World

SECRET = "the-secret-of-the-subscription"
PATH = f"/events/commercetools?secret={SECRET}"
CAPTURED_ON_SHIPMENT = "german-store"
"""The cart of a store that captures when it ships."""


@dataclass(frozen=True, slots=True)
class AuthorisedOrder:
    """An order whose payment is authorised."""

    world: World
    bridge: AnyBridge
    cart: str
    token: str
    amount: int
    payment_id: PaymentId
    order_id: str

    def set_shipment_state(self, state: str) -> None:
        """Change the order's shipment state, as the shop does."""
        path = f"orders/{self.order_id}"
        version = self.world.project.get(path)["version"]
        action = {"action": "changeShipmentState", "shipmentState": state}
        self.world.project.update(path, version=version, action=action)

    def deliver_message(self, state: str = "Shipped", *, bridge: AnyBridge | None = None) -> Answer:
        """Deliver a message that the order has this shipment state, whether or not that is true."""
        body = pub_sub(message(self.order_id, shipmentState=state))
        return (bridge or self.bridge).call("POST", PATH, json=body)

    @property
    def captures(self) -> list[tuple[str, int]]:
        """The state and amount of every capture in the record."""
        found = self.world.transactions(self.cart)
        return [(state, amount) for kind, state, amount in found if kind == "Charge"]

    @property
    def ledger(self) -> list[tuple[str, int, str | None]]:
        """Monext's ledger after the authorisation."""
        return self.world.ledger(self.token)[1:]

    @property
    def state(self) -> str:
        return str(self.world.project.get(f"orders/{self.order_id}")["paymentState"])

    def money(self, amount: int) -> Money:
        return Money(amount, "EUR")


def order(world: World, bridge: AnyBridge, situation: str = CAPTURED_ON_SHIPMENT) -> AuthorisedOrder:
    buyer = Buyer(bridge)
    page = buyer.start(cart := world.cart(situation))
    world.pay(page.token, outcome="accepted")
    assert buyer.notification_arrives(page).status == 200
    payment = world.payment(cart)
    amount = payment["amountPlanned"]["centAmount"]
    order_id = world.orders(cart)[0]["id"]
    return AuthorisedOrder(world, bridge, cart, page.token, amount, PaymentId(payment["id"]), order_id)
