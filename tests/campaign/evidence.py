"""Holds what is compared after a storm, and what a disagreement is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.campaign.accounts import Account, accounts_of, is_own
from tests.campaign.shared_state import BuyerPromise, OfficeAnswer, OrderTerms
from tests.world import Json


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What is wrong, in words, and with which payment of which cart, where it is about one."""

    what: str
    cart: str = ""
    payment: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is compared: both dumps, what people were told, and what reconciliation left to people.

    `reported` are the payments whose order does not cost what was taken, as reconciliation says. `order_terms` has,
    by order, what it cost, for the orders that somebody has changed or shipped.
    """

    commercetools: Json
    monext: Json
    buyers: tuple[BuyerPromise, ...] = ()
    office: tuple[OfficeAnswer, ...] = ()
    left_to_people: frozenset[str] = frozenset()
    reported: frozenset[str] = frozenset()
    order_terms: Mapping[str, OrderTerms] = field(default_factory=dict)
    accounts: tuple[Account, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "accounts", accounts_of(self.commercetools, self.monext))

    @property
    def orders(self) -> list[Json]:
        return list(self.commercetools.get("order", []))

    def orders_of_cart(self, cart_id: str) -> list[Json]:
        return [o for o in self.orders if o.get("cart", {}).get("id") == cart_id]

    def foreign_payments(self, order: Json) -> list[Json]:
        """Give the payments of an order that others than the bridge made."""
        payments = {p["id"]: p for p in self.commercetools.get("payment", [])}
        named = (payments[i] for i in named_payments(order) if i in payments)
        return [p for p in named if not is_own(p)]

    def account(self, payment_id: str) -> Account | None:
        return next((a for a in self.accounts if a.id == payment_id), None)


def disagreement_of(account: Account, what: str) -> Disagreement:
    return Disagreement(what, cart=account.cart_id, payment=account.id)


def named_payments(order: Json) -> list[str]:
    """Give the ids of the payments that an order names."""
    return [reference["id"] for reference in order.get("paymentInfo", {}).get("payments", [])]
