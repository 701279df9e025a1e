"""Finds out how commercetools treats payments, carts and orders, with a cart that a person lends.

What is made stays: one payment of an interface that is nobody's, and an order, which is then cancelled. Neither has
moved money, and reconciliation looks at neither.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.domain.record import Cart, CartState
from monext_bridge.errors import Conflict, RemoteNotFound, RemoteRefused, VersionConflict
from monext_bridge.gateways.commercetools import CommercetoolsGateway, Json
from monext_bridge.mapping.commercetools import add_payment, order_draft
from monext_bridge.mapping.commercetools import answers as reading
from monext_bridge.mapping.commercetools import lent_cart as writing
from monext_bridge.services.homologation.facts import Found, FoundOut, known, open_still
from monext_bridge.services.homologation.lent_payment import LentPayment, codes_of, refusal

PENDING = "Pending"
LONGEST_NUMBER = 46
"""Characters of the longest order number that the bridge takes or makes."""


@dataclass(frozen=True, slots=True)
class LentCart:
    """Uses up one cart. `left` takes what stays in commercetools, for the person alone. `now` is when
    transactions say that they were.

    Its checks raise Conflict for a cart that is not there, not Active, or has payments; and RemoteError. They can't
    be repeated with the same cart.
    """

    gateway: CommercetoolsGateway
    cart_id: CartId
    left: list[str]
    now: datetime

    def check(self) -> Found:
        """Make a payment, put it on the frozen cart, order, and cancel the order."""
        payment = LentPayment(self.gateway, self._usable().total, self.now)
        payment_id = payment.make()
        self.left.append(f"payment {payment_id}")
        yield from payment.check(payment_id)
        yield from self._put_on_cart(payment_id)
        yield "outdated_write", self._refuses_outdated(payment, payment_id)
        yield from self._order(payment_id)

    def check_without_address(self) -> Found:
        """Try to order a cart without a shipping address, and cancel the order if there is one."""
        cart = self._usable()
        if "shippingAddress" in self.gateway.get_cart(self.cart_id):
            raise Conflict(f"lend a cart without a shipping address; {self.cart_id} has one")
        made = self._try_to_order(cart.version, new_number())
        if isinstance(made, RemoteRefused):
            yield "address_needed", known(True, codes_of(made))
            return
        yield "address_needed", known(False, "ordered")
        self._cancel(made)

    def _usable(self) -> Cart:
        cart = self._cart()
        if cart.state is not CartState.ACTIVE or cart.payments:
            raise Conflict(f"lend a cart that is Active and has no payment; {self.cart_id} is another one")
        return cart

    def _put_on_cart(self, payment_id: PaymentId) -> Found:
        self.gateway.update_cart(self.cart_id, writing.freeze_cart(self._cart().version))
        refused = refusal(lambda: self._add(self._cart().version, payment_id))
        if refused:
            yield "frozen_cart", known(False, f"takes no payment: {codes_of(refused)}")
            self._unfreeze()
            self._add(self._cart().version, payment_id)
        shown = [each.id for each in self._cart().payments] == [payment_id]
        found = self.gateway.query_carts("paymentInfo(payments(id=:payment))", {"payment": payment_id})
        listed = [each.get("id") for each in found] == [self.cart_id]
        yield "cart_names_payment", known(shown and listed, f"shown: {shown}, found: {listed}")

    def _refuses_outdated(self, payment: LentPayment, payment_id: PaymentId) -> FoundOut:
        tried: dict[str, Callable[[], object]] = {
            "payment": lambda: payment.write_outdated(payment_id),
            "cart": lambda: self._add(1, payment_id),
            "order": lambda: self.gateway.create_order(self._draft(1, new_number())),
        }
        answers = {name: refusal(write) for name, write in tried.items()}
        others = [name for name, each in answers.items() if not isinstance(each, VersionConflict)]
        return known(not others, f"otherwise: {', '.join(others)}" if others else "refused")

    def _order(self, payment_id: PaymentId) -> Found:
        """Order the cart as it is; then unfrozen; then with a short number: that tells what was refused."""
        number, short = new_number(), OrderNumber(f"CHECK-{secrets.token_hex(6)}")
        frozen = self._cart().state is CartState.FROZEN
        first = self._try_to_order(self._cart().version, number)
        made = first
        if isinstance(first, RemoteRefused) and frozen:
            self._unfreeze()
            made = self._try_to_order(self._cart().version, number)
            if not isinstance(made, RemoteRefused):
                yield "frozen_cart", known(False, f"is not ordered: {codes_of(first)}")
        elif frozen:
            yield "frozen_cart", known(True, "takes a payment, and is ordered")
        if isinstance(made, RemoteRefused):
            refused, made = made, self._try_to_order(self._cart().version, short)
            yield "order_number", _about_number(refused, taken_short=not isinstance(made, RemoteRefused))
        else:
            yield "order_number", known(True, f"{LONGEST_NUMBER} characters")
        if not isinstance(made, RemoteRefused):
            yield from self._ordered(made, payment_id)
            self._cancel(made)

    def _ordered(self, order: Json, payment_id: PaymentId) -> Found:
        number = str(order.get("orderNumber"))
        again = self._try_to_order(self._cart().version, new_number())
        refused = isinstance(again, RemoteRefused)
        yield "ordered_once", known(refused, codes_of(again) if isinstance(again, RemoteRefused) else "again")
        by_number = refusal(lambda: self.gateway.get_order_by_number(number)) is None
        found = self.gateway.query_orders("paymentInfo(payments(id=:payment))", {"payment": payment_id})
        by_payment = number in [each.get("orderNumber") for each in found]
        yield "order_found", known(by_number and by_payment, f"by number: {by_number}, payment: {by_payment}")

    def _try_to_order(self, version: int, number: OrderNumber) -> Json | RemoteRefused:
        """Order, and return the order or how it was refused."""
        try:
            return self.gateway.create_order(self._draft(version, number))
        except RemoteRefused as error:
            return error

    def _cancel(self, order: Json) -> None:
        read = reading.read_order(order)
        self.gateway.update_order(read.id, writing.cancel_order(read.version))
        self.left.append(f"order {read.number} (Cancelled)")

    def _add(self, version: int, payment_id: PaymentId) -> Json:
        return self.gateway.update_cart(self.cart_id, add_payment(version, payment_id))

    def _unfreeze(self) -> None:
        self.gateway.update_cart(self.cart_id, writing.unfreeze_cart(self._cart().version))

    def _draft(self, version: int, number: OrderNumber) -> Json:
        return order_draft(cart_id=self.cart_id, version=version, number=number, payment_state=PENDING)

    def _cart(self) -> Cart:
        try:
            return reading.read_cart(self.gateway.get_cart(self.cart_id), language=None)
        except RemoteNotFound as error:
            raise Conflict(f"there is no cart {self.cart_id}") from error


def new_number() -> OrderNumber:
    """Return an order number as long as the bridge's may be."""
    return OrderNumber(f"CHECK-{secrets.token_hex(20)}")


def _about_number(refused: RemoteRefused, *, taken_short: bool) -> FoundOut:
    told = codes_of(refused)
    return known(False, told) if taken_short else open_still(f"this cart can't be ordered: {told}")
