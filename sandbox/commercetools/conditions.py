"""What lies between a cart and its order: prices and tax rates that changed, and refusals that were ordered."""

from dataclasses import dataclass, field
from typing import Literal

WithoutAddress = Literal["never", "digital", "always"]


@dataclass(slots=True)
class NextOrders:
    """The next so many orders are refused with the code; without a number, all."""

    code: str
    times: int | None


@dataclass(slots=True)
class Conditions:
    """All as at the start, until a control changes it. Callers hold the project's lock.

    `prices` are minor units by SKU and currency, None where there is no price any more; `missing_rates` are
    tax categories and countries that have no rate any more. `without_address` tells which carts are ordered
    without a shipping address: the API reference says none, a learning page says those of digital goods alone.
    """

    cart_troubles: dict[str, str] = field(default_factory=dict)
    next_orders: NextOrders | None = None
    prices: dict[tuple[str, str], int | None] = field(default_factory=dict)
    missing_rates: set[tuple[str, str]] = field(default_factory=set)
    without_address: WithoutAddress = "digital"

    def trouble_of(self, cart_id: str) -> str | None:
        """The code with which the cart's order is refused now, which uses up one of the next orders."""
        if cart_id in self.cart_troubles:
            return self.cart_troubles[cart_id]
        upcoming = self.next_orders
        if upcoming is None:
            return None
        if upcoming.times is not None:
            upcoming.times -= 1
            if upcoming.times <= 0:
                self.next_orders = None
        return upcoming.code
