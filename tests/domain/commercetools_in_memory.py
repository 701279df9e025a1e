"""Plays commercetools in memory, as far as money goes: one cart, its payments, and one order at most.

Every record has a version, and a write with an older one conflicts. What shops, finance departments and other apps do
to the records is done here too, without asking the bridge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.outcome.decide import PaymentContext
from monext_bridge.domain.outcome.order_refusals import RefusalKind, refusal_kind
from monext_bridge.domain.record.apply_updates import with_updates
from monext_bridge.domain.record.cart import Cart, CartState
from monext_bridge.domain.record.order import Order
from monext_bridge.domain.record.parts import accepted_transaction
from monext_bridge.domain.record.payment import Payment
from monext_bridge.domain.record.updates import Update
from tests.builders import a_cart, an_order, eur

INTERFACES = frozenset({"monext"})


class Conflict(Exception):
    """Another writer was first."""


@dataclass(frozen=True)
class Refusal:
    """How commercetools refuses the order, and whom that is about in truth, whatever the bridge makes of it."""

    status: int
    code: str
    about: RefusalKind

    def read(self) -> RefusalKind:
        """Give what the bridge makes of it."""
        return refusal_kind(self.status, (self.code,))


@dataclass
class Shop:
    """A project of commercetools. Each write of the bridge to a payment is shown to `seen`.

    `payments` are the bridge's, `others` those of other interfaces. `on_cart` names those that the cart has, and
    `elsewhere` those that another cart has taken. `has_our_number`: the order was not made by the shop itself.
    `due_when_ordered` is what the bridge had to take for the order that it made. `orders_read` are the readings by
    which shipments captured under each key. `refused_elsewhere` says when
    payments of other carts went back for reasons that are not certain.
    """

    seen: Callable[[Payment, Payment], None]
    payments: dict[PaymentId, Payment] = field(default_factory=dict)
    others: dict[PaymentId, Payment] = field(default_factory=dict)
    on_cart: list[PaymentId] = field(default_factory=list)
    elsewhere: set[PaymentId] = field(default_factory=set)
    cart_version: int = 1
    total: int = 11100
    merged: bool = False
    makes_orders: bool = True
    releases: bool = False
    refusal: Refusal | None = None
    refused_elsewhere: list[datetime] = field(default_factory=list)
    has_our_number: bool = True
    due_when_ordered: Money | None = None
    orders_read: dict[str, list[Order]] = field(default_factory=dict)
    made_order: Order | None = None

    @property
    def cart(self) -> Cart:
        state = CartState.MERGED if self.merged else CartState.ACTIVE
        return a_cart(
            version=self.cart_version,
            state=CartState.ORDERED if self.made_order else state,
            total=eur(self.total),
            payments=self._named(self.on_cart),
        )

    @property
    def order(self) -> Order | None:
        """The order with its payments, as they read now."""
        order = self.made_order
        return replace(order, payments=self._named(order.payment_ids)) if order else None

    def context(self, payment_id: PaymentId) -> PaymentContext:
        """Read what a decision about a payment needs, as the services do.

        The order is found by its number. One that the shop made itself is only found by the payment, and is looked
        for where it matters.
        """
        payment, order = self.payments[payment_id], self.order
        by_number = self.makes_orders and self.has_our_number
        looked_for = self.makes_orders or accepted_transaction(payment) is None
        if order and not by_number and not (looked_for and payment_id in order.payment_ids):
            order = None
        return PaymentContext(payment, self.cart, order, INTERFACES, self.makes_orders)

    def write(self, payment: Payment, changes: Sequence[Update]) -> Payment:
        """Raises Conflict where the payment was written since it was read."""
        if not changes:
            return payment
        now = self.payments[payment.id]
        if payment.version != now.version:
            raise Conflict
        written = replace(with_updates(payment, changes), version=payment.version + 1)
        self.payments[payment.id] = written
        self.seen(payment, written)
        return written

    def create_order(self, cart: Cart | None, *, paid_by: PaymentId) -> Order | Refusal:
        """Make the order of the cart as it was read. Raises Conflict."""
        if self.made_order or cart is None or cart.version != self.cart_version:
            raise Conflict
        assert not self.merged, "an order of a cart that is merged into another"
        assert paid_by in self.on_cart, "an order that does not name the payment which it is made for"
        if self.refusal:
            return self.refusal
        self.due_when_ordered = cart.due(interfaces=INTERFACES)
        self.orders_the_cart(paid_by)
        assert self.made_order
        return self.made_order

    def orders_the_cart(self, *_: PaymentId) -> None:
        self.made_order = an_order(total=eur(self.total), payment_ids=tuple(self.on_cart), created_at=None)

    def add_to_cart(self, cart: Cart | None, payment_id: PaymentId) -> None:
        """Raises Conflict where the cart was written since it was read."""
        if self.made_order or cart is None or cart.version != self.cart_version:
            raise Conflict
        self.on_cart.append(payment_id)
        self.cart_version += 1

    def add_to_order(self, order: Order, payment_id: PaymentId) -> None:
        """Raises Conflict where the order was written since it was read."""
        now = self.made_order
        if now is None or now.version != order.version:
            raise Conflict
        self.changes_order(payment_ids=(*now.payment_ids, payment_id))

    def changes_order(self, **changes: object) -> None:
        assert self.made_order
        self.made_order = replace(self.made_order, version=self.made_order.version + 1, **changes)  # type: ignore[arg-type]

    def loses(self, payment_id: PaymentId) -> None:
        """Somebody takes a payment off its cart, or off the order once there is one."""
        if self.made_order:
            left = tuple(id_ for id_ in self.made_order.payment_ids if id_ != payment_id)
            self.changes_order(payment_ids=left)
        elif payment_id in self.on_cart:
            self.on_cart.remove(payment_id)
            self.cart_version += 1

    def _named(self, ids: Sequence[PaymentId]) -> tuple[Payment, ...]:
        return tuple(self.payments.get(id_) or self.others[id_] for id_ in ids)
