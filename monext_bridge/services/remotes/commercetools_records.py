"""Reads and writes the records in commercetools, in our own values.

Writes are made under a version, and metrics count what they say first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monext_bridge.domain.ids import CartId, OrderId, OrderNumber, PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.outcome import OrderPaymentState
from monext_bridge.domain.record import AttemptKey, Cart, Customer, Order, Payment, ReversalReason, Update
from monext_bridge.errors import RemoteNotFound
from monext_bridge.gateways.commercetools import CommercetoolsGateway, Json
from monext_bridge.mapping.commercetools import answers as reading
from monext_bridge.mapping.commercetools import writes as writing
from monext_bridge.mapping.json_object import UnreadableResource
from monext_bridge.services.remotes.recorded_outcomes import count_step


@dataclass(frozen=True, slots=True)
class CommercetoolsRecords:
    """Every method makes one call; all raise RemoteError.

    A write raises VersionConflict where another writer was first. `with_product_types`: carts are read with the
    product types of their lines.
    """

    gateway: CommercetoolsGateway
    with_product_types: bool = False

    def cart(self, cart_id: CartId, *, language: str | None = None) -> Cart | None:
        """Return the cart with its payments, None where there is none. Raises UnreadableResource for another cart."""
        try:
            body = self.gateway.get_cart(cart_id, product_types=self.with_product_types)
        except RemoteNotFound:
            return None
        found = _cart(body, language)
        if found.id != cart_id:
            raise UnreadableResource("the answer is about another cart than was asked for")
        return found

    def add_to_cart(self, cart: Cart, payment_id: PaymentId, *, language: str | None = None) -> Cart:
        update = writing.add_payment(cart.version, payment_id)
        body = self.gateway.update_cart(cart.id, update, product_types=self.with_product_types)
        return _cart(body, language)

    def is_elsewhere(self, payment_id: PaymentId, *, cart_id: CartId) -> bool:
        """Whether another cart, or an order of another cart, names the payment. It makes at most two calls.

        The order of this cart is no other place: somebody has put the payment back and ordered meanwhile.
        """
        variables = {"payment": payment_id}
        carts = self.gateway.query_carts("paymentInfo(payments(id=:payment))", variables)
        if any(cart.get("id") != cart_id for cart in carts):
            return True
        order = self.order_of_payment(payment_id)
        return order is not None and order.cart_id != cart_id

    def customer(self, customer_id: str) -> Customer | None:
        try:
            return reading.read_customer(self.gateway.get_customer(customer_id))
        except RemoteNotFound:
            return None

    def payment(self, payment_id: PaymentId) -> Payment:
        return reading.read_payment(self.gateway.get_payment(payment_id))

    def payments_since(
        self,
        since: datetime,
        *,
        interfaces: Sequence[str],
        after: PaymentId | None,
        limit: int,
        up_to: PaymentId | None = None,
    ) -> tuple[tuple[PaymentId, Payment | UnreadableResource], ...]:
        """Return at most `limit` payments of these interfaces, made since then, by id.

        With `after`, they are those behind that id; with `up_to`, no id is behind that one.

        A payment that can't be read is returned as its id and the reason, so that it does not hide the others.
        """
        where, variables = _since(since, interfaces=interfaces)
        if after:
            where, variables = f"{where} and id > :after", variables | {"after": after}
        if up_to:
            where, variables = f"{where} and id <= :upTo", variables | {"upTo": up_to}
        found = self.gateway.query_payments(where, variables, limit=limit, sort="id asc")
        return tuple((PaymentId(str(body.get("id"))), _readable(body)) for body in found)

    def count_payments_since(self, since: datetime, *, interfaces: Sequence[str]) -> int:
        """Return about how many payments of these interfaces were made since then."""
        return self.gateway.count_payments(*_since(since, interfaces=interfaces))

    def payments_refused_since(self, since: datetime, *, interfaces: Sequence[str]) -> tuple[Payment, ...]:
        """Return payments of these interfaces whose order was refused, and that were written since then.

        They are the last 500 that were written; those that can't be read are left out.
        """
        found = self.gateway.query_payments(
            "paymentMethodInfo(paymentInterface in (:interfaces)) and paymentStatus(interfaceCode=:reason)"
            " and lastModifiedAt >= :since",
            {"interfaces": interfaces, "reason": ReversalReason.ORDER_REFUSED.value, "since": _iso(since)},
            limit=500,
            sort="lastModifiedAt desc",
        )
        return tuple(p for p in map(_readable, found) if isinstance(p, Payment))

    def payment_by_key(self, key: AttemptKey) -> Payment:
        return reading.read_payment(self.gateway.get_payment_by_key(str(key)))

    def create_payment(
        self, key: AttemptKey, *, amount: Money, interface: str, cart: Cart, as_guest: bool = False
    ) -> Payment:
        """Create the payment, `as_guest` without the cart's customer.

        Raises DuplicateField where another start made the payment of this key first.
        """
        draft = writing.payment_draft(
            key=str(key),
            amount=amount,
            interface=interface,
            customer_id=None if as_guest else cart.customer_id,
            anonymous_id=cart.anonymous_id,
        )
        return reading.read_payment(self.gateway.create_payment(draft))

    def write(self, payment: Payment, changes: Sequence[Update]) -> Payment:
        """Write the updates and return the payment as it then reads. Without updates, nothing is sent."""
        if not changes:
            return payment
        body = self.gateway.update_payment(payment.id, writing.payment_update(payment, changes))
        written = reading.read_payment(body)
        count_step(payment, written)
        return written

    def order(self, number: OrderNumber) -> Order | None:
        try:
            return reading.read_order(self.gateway.get_order_by_number(number))
        except RemoteNotFound:
            return None

    def order_by_id(self, order_id: OrderId) -> Order:
        return reading.read_order(self.gateway.get_order(order_id))

    def order_of_payment(self, payment_id: PaymentId) -> Order | None:
        """Return the order that names the payment, whoever made it, with its payments."""
        found = self.gateway.query_orders(
            where="paymentInfo(payments(id=:payment))",
            variables={"payment": payment_id},
            limit=1,
            expand="paymentInfo.payments[*]",
        )
        return next((reading.read_order(body) for body in found), None)

    def orders_of_payments(self, payment_ids: Sequence[PaymentId]) -> tuple[Order, ...]:
        """Return the orders that name any of the payments, with all payments of each.

        At most 50 payments may be asked for, because their ids have to fit into a URL.
        """
        found = self.gateway.query_orders(
            where="paymentInfo(payments(id in (:payments)))",
            variables={"payments": payment_ids},
            limit=500,
            expand="paymentInfo.payments[*]",
        )
        return tuple(reading.read_order(body) for body in found)

    def orders_since(self, since: datetime, *, store_key: str | None) -> tuple[Order, ...]:
        """Return the newest orders of a store, or of no store, that were made since then, with their payments.

        They are at most 100.
        """
        of_store = "store(key=:store)" if store_key else "store is not defined"
        variables = {"since": _iso(since)} | ({"store": store_key} if store_key else {})
        found = self.gateway.query_orders(
            where=f"{of_store} and createdAt >= :since",
            variables=variables,
            limit=100,
            sort="createdAt desc",
            expand="paymentInfo.payments[*]",
        )
        return tuple(reading.read_order(body) for body in found)

    def create_order(self, cart: Cart, *, number: OrderNumber, state: OrderPaymentState) -> Order:
        draft = writing.order_draft(
            cart_id=cart.id, version=cart.version, number=number, payment_state=state.value
        )
        return reading.read_order(self.gateway.create_order(draft))

    def add_to_order(self, order: Order, payment_id: PaymentId) -> Order:
        """Make the order name a payment, and return it without its payments expanded."""
        return reading.read_order(
            self.gateway.update_order(order.id, writing.add_payment(order.version, payment_id))
        )

    def set_order_state(self, order: Order, state: OrderPaymentState) -> Order:
        body = self.gateway.update_order(order.id, writing.payment_state_update(order.version, state.value))
        return reading.read_order(body)


def _since(since: datetime, *, interfaces: Sequence[str]) -> tuple[str, dict[str, str | Sequence[str]]]:
    where = "paymentMethodInfo(paymentInterface in (:interfaces)) and createdAt >= :since"
    return where, {"interfaces": interfaces, "since": _iso(since)}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _readable(body: Json) -> Payment | UnreadableResource:
    try:
        return reading.read_payment(body)
    except UnreadableResource as error:
        return error


def _cart(body: Json, language: str | None) -> Cart:
    """Return the cart with its names in the language asked for, else in the cart's own."""
    return reading.read_cart(body, language=language)
