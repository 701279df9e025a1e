"""What lies between a cart and its order, and where a project differs from what its documentation lets one think."""

from dataclasses import dataclass, field
from typing import Literal

WithoutAddress = Literal["never", "digital", "always"]


@dataclass(slots=True)
class NextOrders:
    """The next so many orders are refused with the code; without a number, all."""

    code: str
    times: int | None


@dataclass(slots=True)
class Differences:
    """Where the documentation says nothing, a real project may be like this (`/_control/differences`).

    `longest_status_text`: characters that `interfaceText` may have, 0 for any number. `longest_order_number`: those
    of an order number. `frozen_orders`: a Frozen cart can be ordered. `unique_transaction_ids`: no two transactions
    have the same `interfaceId`. `external_users`: `X-External-User-ID` is kept. `session_ends`: sessions tell
    `expiresAt`.
    """

    longest_status_text: int = 0
    longest_order_number: int = 0
    frozen_orders: bool = True
    unique_transaction_ids: bool = True
    external_users: bool = True
    session_ends: bool = True


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
    differences: Differences = field(default_factory=Differences)

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
