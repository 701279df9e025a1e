"""What whoever starts a payment may choose, and what the store's settings make of it."""

from __future__ import annotations

from dataclasses import dataclass

from monext_bridge.config import Contracts, PaymentMethod
from monext_bridge.domain.ids import OrderNumber
from monext_bridge.errors import Malformed


@dataclass(frozen=True, slots=True)
class Wishes:
    """Already checked: URLs by the allow-list, the order number by its form. None where nothing was said.

    `allowed_methods` are names as a commercetools session gives them (`allowedPaymentMethods`), in any case.
    """

    language: str | None = None
    method: PaymentMethod | None = None
    return_url: str | None = None
    cancel_url: str | None = None
    order_number: OrderNumber | None = None
    interface: str | None = None
    allowed_methods: tuple[str, ...] = ()


def chosen_contracts(contracts: Contracts, wishes: Wishes) -> tuple[str, ...]:
    """The contract numbers for `paymentMethodIDs`; empty means all of the point of sale.

    Raises Malformed where the store has no contract for what is wished.
    """
    if wishes.method:
        contract = contracts.by_method.get(wishes.method)
        if contract is None:
            raise Malformed(f"the store has no contract for {wishes.method}", field="method")
        return (contract,)
    if not wishes.allowed_methods or not contracts.by_method:
        return contracts.ids
    allowed = {name.upper().replace("-", "_") for name in wishes.allowed_methods}
    chosen = tuple(number for method, number in contracts.by_method.items() if method.value in allowed)
    if not chosen:
        raise Malformed("the session allows no method that the store has", field="allowedPaymentMethods")
    return chosen
