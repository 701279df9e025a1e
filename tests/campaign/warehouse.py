"""The warehouse and the shop's staff: orders are shipped, and others write to what the bridge writes to."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

from sandbox.shop.calls import Refused, Unreachable
from tests.campaign.back_office import order_of
from tests.campaign.plan import Parcel
from tests.campaign.shared_state import Dealing, Stage
from tests.world import Json, World

_NUMBERS = count()


@dataclass(frozen=True, slots=True)
class Porter:
    """Ships one order."""

    stage: Stage
    dealing: Dealing
    parcel: Parcel
    world: World

    @classmethod
    def of(cls, stage: Stage, parcel: Parcel) -> Porter:
        return cls(stage, stage.dealings[parcel.number], parcel, stage.world())

    def play(self) -> None:
        self.dealing.over.wait()
        found = order_of(self.world, self.dealing)
        if found is None:
            return
        for state in self.parcel.states:
            time.sleep(self.parcel.pause)
            self._becomes(found["id"], state)

    def _becomes(self, order_id: str, state: str) -> None:
        """Written again where somebody else was faster, as a shop does."""
        action = {"action": "changeShipmentState", "shipmentState": state}
        for _ in range(5):
            try:
                version = self.world.project.get(f"orders/{order_id}")["version"]
                self.world.project.update(f"orders/{order_id}", version=version, action=action)
            except (Refused, Unreachable):
                continue
            self.stage.note(self.dealing, f"order becomes {state}")
            return


def raise_version(world: World, dealing: Dealing, what: str) -> bool:
    """Somebody writes something harmless to a buyer's cart, payment or order; False where there is none."""
    with suppress(Refused, Unreachable, IndexError):
        WRITES[what](world, dealing)
        return True
    return False


def _cart(world: World, dealing: Dealing) -> None:
    world.change(dealing.cart, action="setKey", key=f"touched-{next(_NUMBERS)}")


def _payment(world: World, dealing: Dealing) -> None:
    payment = world.payments(dealing.cart)[-1]
    action = {"action": "setAnonymousId", "anonymousId": f"touched-{next(_NUMBERS)}"}
    world.project.update(f"payments/{payment['id']}", version=payment["version"], action=action)


def _order(world: World, dealing: Dealing) -> None:
    order: Json = _orders(world, dealing)[0]
    state = "Open" if order["orderState"] == "Confirmed" else "Confirmed"
    action = {"action": "changeOrderState", "orderState": state}
    world.project.update(f"orders/{order['id']}", version=order["version"], action=action)


def _orders(world: World, dealing: Dealing) -> list[Json]:
    payment = world.payments(dealing.cart)[-1]
    query = {"where": "paymentInfo(payments(id=:payment))", "var.payment": payment["id"]}
    return list(world.project.get("orders", limit=1, **query)["results"])


WRITES: Mapping[str, Callable[[World, Dealing], None]] = {
    "cart": _cart,
    "payment": _payment,
    "order": _order,
}
