"""Plays what others do at the shop: they change carts and orders, ship them, and write that a bank took money back.

Each step tells whether it took effect: a story counts as played only where the steps that it is about did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.shop.calls import Refused, Unreachable
from tests.campaign.accounts import cost
from tests.campaign.back_office import BackOfficeActor, BackOfficeToken, accepted_payment, order_of
from tests.campaign.plan import OfficePlan, PlannedOperation, Step
from tests.campaign.shared_state import BuyerCart, OrderTerms, SharedState, post_control
from tests.campaign.warehouse import set_shipment_state
from tests.world import Json, World

POINTS = 1000
"""What a payment of another interface holds, in minor units of its currency."""


@dataclass(slots=True)
class ShopStaff:
    """The shop's side of one buyer's cart. `order` is the id of its order, once somebody here has seen it."""

    shared: SharedState
    buyer_cart: BuyerCart
    world: World
    office_token: BackOfficeToken
    order: str | None = None

    # the cart

    def grows(self, _: Step) -> bool:
        return self._at_shop("one more of the first line", lambda: self.world.add_one_item(self.cart))

    def is_paid_otherwise(self, step: Step) -> bool:
        """Put money of another interface on the cart, in the currency that the step names."""
        held = {"paymentInterface": "points", "centAmount": POINTS, "currencyCode": step.argument}
        return self._control(f"carts/{self.cart}/payments", held, what=f"{POINTS} {step.argument} of points")

    def loses_its_payment(self, step: Step) -> bool:
        """Take the payment off the cart, and put it on another one where the step says so."""
        found = self._read(lambda: {"payments": self.world.payments(self.cart)})
        if not found or not found["payments"]:
            return False
        payment = found["payments"][-1]["id"]
        removed = {"payment": payment}
        if not self._control(f"carts/{self.cart}/payments/remove", removed, what="payment taken off"):
            return False
        return step.argument != "elsewhere" or self._at_shop(
            "put on another cart", lambda: self._put(payment)
        )

    def _put(self, payment: str) -> Json:
        named = {"typeId": "payment", "id": payment}
        return self.world.change(self.world.cart(), action="addPayment", payment=named)

    def is_ordered(self, step: Step) -> bool:
        """Order as the shop itself does: before anything is paid, or once the buyer has paid."""
        return (self.buyer_cart.paid or step.argument == "early") and self._at_shop(
            "the shop orders", self._order
        )

    def _order(self) -> Json:
        cart = self.world.project.get(f"carts/{self.cart}")
        draft = {
            "cart": {"typeId": "cart", "id": cart["id"]},
            "version": cart["version"],
            "orderNumber": f"SHOP-{self.shared.plan.seed}-{self.buyer_cart.visit.number}",
        }
        made = self.world.project.create("orders", draft=draft)
        self.order = made["id"]
        return made

    def refuses_orders(self, step: Step) -> bool:
        self.world.refuse_orders(self.cart, step.argument)
        return True

    def takes_orders_again(self, _: Step) -> bool:
        self.world.refuse_orders(self.cart, None)
        return True

    # the order

    def is_edited(self, step: Step) -> bool:
        """Let an order edit make the order cost so many hundredths of what it costs."""
        terms = self._terms()
        if terms is None or self.order is None:
            return False
        total = terms.now * int(step.argument) // 100
        edited = self._control(f"orders/{self.order}/edit", {"total": total}, what=f"order now costs {total}")
        if edited:
            terms.change(cost(self.world.project.get(f"orders/{self.order}")))
        return edited

    def is_called_off(self, _: Step) -> bool:
        terms = self._terms()
        cancelled = {"orderState": "Cancelled"}
        done = terms is not None and self._control(
            f"orders/{self.order}/state", cancelled, what="order Cancelled"
        )
        if done and terms:
            terms.change(0)
        return done

    def is_shipped(self, _: Step) -> bool:
        terms = self._terms()
        if terms is None or self.order is None:
            return False
        terms.ship()
        return set_shipment_state(self.shared, self.world, self.buyer_cart, self.order, "Shipped")

    def _terms(self) -> OrderTerms | None:
        """Give what the order costs, once there is one. None where none comes."""
        if self.order is None:
            found = order_of(self.world, self.buyer_cart)
            self.order = found["id"] if found else None
        if self.order is None:
            return None
        order = self._read(lambda: self.world.project.get(f"orders/{self.order}"))
        if order is None:
            return None
        return self.shared.order_terms.setdefault(self.order, OrderTerms(cost(order), cost(order)))

    # the money

    def is_charged_back(self, _: Step) -> bool:
        payment = accepted_payment(self.world, self.buyer_cart)
        return payment is not None and self._control(
            f"payments/{payment['id']}/chargeback", {}, what="charged back"
        )

    def is_operated_on(self, step: Step) -> bool:
        """Perform an operation of the back office, beside those that its own actor performs."""
        operation = PlannedOperation(step.argument, 1000, "once", 0.0, step.bridge)
        plan = OfficePlan(self.buyer_cart.visit.number, (operation,), all_at_once=False)
        BackOfficeActor.of(self.shared, plan, self.office_token, name="desk").play()
        return self.buyer_cart.paid

    # how it is done

    @property
    def cart(self) -> str:
        return self.buyer_cart.cart

    def _control(self, path: str, body: Json, *, what: str) -> bool:
        answer = post_control(self.shared.sandbox.commercetools_url, path, body)
        self.shared.note(self.buyer_cart, what if answer is not None else f"{what}: refused")
        return answer is not None

    def _at_shop(self, what: str, change: Callable[[], Json]) -> bool:
        try:
            change()
        except (Refused, Unreachable) as error:
            self.shared.note(self.buyer_cart, f"{what}: refused: {error}")
            return False
        self.shared.note(self.buyer_cart, what)
        return True

    def _read(self, read: Callable[[], Json]) -> Json | None:
        try:
            return read()
        except (Refused, Unreachable):
            return None


SHOP_ACTION_OF_VERB: Mapping[str, Callable[[ShopStaff, Step], bool]] = {
    "grow": ShopStaff.grows,
    "hold": ShopStaff.is_paid_otherwise,
    "take-off": ShopStaff.loses_its_payment,
    "order": ShopStaff.is_ordered,
    "trouble": ShopStaff.refuses_orders,
    "mended": ShopStaff.takes_orders_again,
    "edit": ShopStaff.is_edited,
    "call-off": ShopStaff.is_called_off,
    "ship": ShopStaff.is_shipped,
    "charge-back": ShopStaff.is_charged_back,
    "office": ShopStaff.is_operated_on,
}
