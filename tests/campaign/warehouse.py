"""Plays the warehouse, which ships orders, and others who write to the same carts, payments and orders."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

from sandbox.shop.calls import Refused, Unreachable
from tests.campaign.back_office import order_of
from tests.campaign.plan import Shipment
from tests.campaign.shared_state import BuyerCart, SharedState
from tests.world import Json, World

_NUMBERS = count()


@dataclass(frozen=True, slots=True)
class WarehouseActor:
    """Ships one order, once there is one."""

    shared: SharedState
    buyer_cart: BuyerCart
    shipment: Shipment
    world: World

    @classmethod
    def of(cls, shared: SharedState, shipment: Shipment) -> WarehouseActor:
        return cls(shared, shared.buyer_carts[shipment.number], shipment, shared.world())

    def play(self) -> None:
        self.buyer_cart.over.wait()
        found = order_of(self.world, self.buyer_cart)
        if found is None:
            return
        for state in self.shipment.states:
            time.sleep(self.shipment.pause)
            set_shipment_state(self.shared, self.world, self.buyer_cart, found["id"], state)


def set_shipment_state(
    shared: SharedState, world: World, buyer_cart: BuyerCart, order_id: str, state: str
) -> bool:
    """Change the shipment state; try again where another writer was first, as a shop does. False: it can't be."""
    action = {"action": "changeShipmentState", "shipmentState": state}
    for _ in range(5):
        try:
            version = world.project.get(f"orders/{order_id}")["version"]
            world.project.update(f"orders/{order_id}", version=version, action=action)
        except (Refused, Unreachable):
            continue
        shared.note(buyer_cart, f"order becomes {state}")
        return True
    return False


def raise_version(world: World, buyer_cart: BuyerCart, what: str) -> bool:
    """Write something harmless to a buyer's cart, payment or order; False where there is none."""
    with suppress(Refused, Unreachable, IndexError):
        WRITES[what](world, buyer_cart)
        return True
    return False


def _cart(world: World, buyer_cart: BuyerCart) -> None:
    world.change(buyer_cart.cart, action="setKey", key=f"touched-{next(_NUMBERS)}")


def _payment(world: World, buyer_cart: BuyerCart) -> None:
    payment = world.payments(buyer_cart.cart)[-1]
    action = {"action": "setAnonymousId", "anonymousId": f"touched-{next(_NUMBERS)}"}
    world.project.update(f"payments/{payment['id']}", version=payment["version"], action=action)


def _order(world: World, buyer_cart: BuyerCart) -> None:
    order: Json = _orders(world, buyer_cart)[0]
    if order["orderState"] == "Cancelled":
        return  # Nobody takes an order up again that was called off.
    state = "Open" if order["orderState"] == "Confirmed" else "Confirmed"
    action = {"action": "changeOrderState", "orderState": state}
    world.project.update(f"orders/{order['id']}", version=order["version"], action=action)


def _orders(world: World, buyer_cart: BuyerCart) -> list[Json]:
    payment = world.payments(buyer_cart.cart)[-1]
    query = {"where": "paymentInfo(payments(id=:payment))", "var.payment": payment["id"]}
    return list(world.project.get("orders", limit=1, **query)["results"])


WRITES: Mapping[str, Callable[[World, BuyerCart], None]] = {
    "cart": _cart,
    "payment": _payment,
    "order": _order,
}
