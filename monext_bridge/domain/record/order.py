"""Defines an order as it reads now, and what it still costs: an edit changes its total, and it may be cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monext_bridge.domain.ids import CartId, OrderId, OrderNumber, PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.record.amounts import amounts
from monext_bridge.domain.record.attempt_status import reversal_reason
from monext_bridge.domain.record.payment import Payment

CANCELLED = "Cancelled"
"""The value of commercetools' OrderState. Its ShipmentState spells `Canceled`, which is another thing."""


@dataclass(frozen=True, slots=True)
class Order:
    """Holds an order. `cart_id` is the cart it was made from.

    `total` is what it costs now. `payment_ids` are the payments it names; `payments` are those that were read with
    it.
    """

    id: OrderId
    version: int
    number: OrderNumber | None
    cart_id: CartId | None
    total: Money
    state: str | None = None
    payment_state: str | None = None
    payment_ids: tuple[PaymentId, ...] = ()
    payments: tuple[Payment, ...] = ()
    shipment_state: str | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None

    @property
    def is_cancelled(self) -> bool:
        return self.state == CANCELLED

    @property
    def cost(self) -> Money:
        """Returns what the order costs now: nothing where it is cancelled."""
        return self.total.with_amount(0) if self.is_cancelled else self.total


def cost_left_for(payment: Payment, order: Order) -> Money:
    """Returns what the order costs now, less what its other payments hold, never below zero.

    A payment that goes back to the buyer pays for nothing, whatever it still holds.
    """
    others = (p for p in order.payments if p.id != payment.id and reversal_reason(p) is None)
    none = order.total.with_amount(0)
    return order.cost.less(none.plus_all(amounts(p, like=none).held for p in others))
