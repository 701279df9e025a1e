"""Controls of what a shop's staff, its finance and its buyers do by commercetools' own API, each in one call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from flask import Blueprint, Response, request
from pydantic import Field

from sandbox.commercetools.answers import answer
from sandbox.commercetools.carts.mine import owner_of, update_my_cart
from sandbox.commercetools.carts.updating import update_cart
from sandbox.commercetools.errors import not_found
from sandbox.commercetools.orders.actions import update_order
from sandbox.commercetools.orders.drafts import OrderState
from sandbox.commercetools.orders.edits import apply_edit, create_edit
from sandbox.commercetools.orders.goodwill import line_to_reach
from sandbox.commercetools.payments.chargebacks import chargeback_of, charged
from sandbox.commercetools.payments.drafts import TransactionState, TransactionType, create_payment
from sandbox.commercetools.payments.updating import update_payment
from sandbox.commercetools.schema import Currency, Strict, parse, read_json
from sandbox.commercetools.state import Caller, Project, Request
from sandbox.commercetools.wire import Json

Cents = Annotated[int, Field(ge=0)]


class EditControl(Strict):
    """What the order costs from now on, in minor units of its currency."""

    total: Cents


class OrderStateControl(Strict):
    """`Cancelled`, or another state."""

    orderState: OrderState


class ChargebackControl(Strict):
    """So much is taken back by the bank; without an amount all that is charged."""

    centAmount: Annotated[int, Field(ge=1)] | None = None
    state: TransactionState = "Success"


class ForeignPaymentControl(Strict):
    """A payment of another interface on the cart: a gift card, or points in a currency of their own."""

    paymentInterface: str
    centAmount: Cents
    currencyCode: Currency
    type: TransactionType = "Charge"
    state: TransactionState = "Success"


class RemovedPaymentControl(Strict):
    """The payment that leaves its cart."""

    payment: str


def staff_controls(project: Project) -> Blueprint:
    """The controls, under `/_control`."""
    endpoints = _Staff(project=project)
    control = Blueprint("staff", __name__, url_prefix="/_control")
    control.post("/orders/<wanted>/edit")(endpoints.edit_order)
    control.post("/orders/<wanted>/state")(endpoints.change_order_state)
    control.post("/payments/<wanted>/chargeback")(endpoints.charge_back)
    control.post("/carts/<wanted>/payments")(endpoints.add_foreign_payment)
    control.post("/carts/<wanted>/payments/remove")(endpoints.remove_payment)
    return control


@dataclass(frozen=True, slots=True)
class _Staff:
    project: Project

    def edit_order(self, wanted: str) -> Response:
        """By an order edit that is applied at once: one more line makes the difference."""
        total = parse(EditControl, read_json(request.data)).total

        def work(desk: Request, order: Json) -> Json:
            named = {"typeId": "order", "id": order["id"]}
            staged = [line_to_reach(order, total)]
            edit = create_edit(desk, {"resource": named, "stagedActions": staged})
            versions = {"editVersion": edit["version"], "resourceVersion": order["version"]}
            apply_edit(desk, edit, versions)
            return self._find("order", order["id"])

        return self._done("order", wanted, work, client="service-desk")

    def change_order_state(self, wanted: str) -> Response:
        state = parse(OrderStateControl, read_json(request.data)).orderState
        return self._done(
            "order",
            wanted,
            lambda desk, order: update_order(
                desk, order, _one(order, {"action": "changeOrderState", "orderState": state})
            ),
            client="service-desk",
        )

    def charge_back(self, wanted: str) -> Response:
        """As finance writes it when a bank takes money back."""
        asked = parse(ChargebackControl, read_json(request.data or b"{}"))

        def work(finance: Request, payment: Json) -> Json:
            amount = asked.centAmount or charged(payment)
            transaction = chargeback_of(payment, amount, state=asked.state, at=self.project.now())
            return update_payment(
                finance, payment, _one(payment, {"action": "addTransaction", "transaction": transaction})
            )

        return self._done("payment", wanted, work, client="finance")

    def add_foreign_payment(self, wanted: str) -> Response:
        asked = parse(ForeignPaymentControl, read_json(request.data))
        money = {"centAmount": asked.centAmount, "currencyCode": asked.currencyCode}

        def work(shop: Request, cart: Json) -> Json:
            draft = {
                "amountPlanned": money,
                "paymentMethodInfo": {"paymentInterface": asked.paymentInterface},
                "transactions": [{"type": asked.type, "state": asked.state, "amount": money}],
            }
            payment = create_payment(shop, draft)
            named = {"typeId": "payment", "id": payment["id"]}
            return update_cart(shop, cart, _one(cart, {"action": "addPayment", "payment": named}))

        return self._done("cart", wanted, work, client="shop")

    def remove_payment(self, wanted: str) -> Response:
        """As the cart's buyer does it with a token of its own."""
        named = {"typeId": "payment", "id": parse(RemovedPaymentControl, read_json(request.data)).payment}

        def work(shop: Request, cart: Json) -> Json:
            owner = frozenset((owner_of(self.project, cart),))
            buyer = Request(
                project=self.project, caller=Caller(client_id=shop.caller.client_id, scopes=owner)
            )
            present = self._find("cart", cart["id"])
            return update_my_cart(
                buyer, present, _one(present, {"action": "removePayment", "payment": named})
            )

        return self._done("cart", wanted, work, client="shop")

    def _done(
        self, kind: str, wanted: str, work: Callable[[Request, Json], Json], *, client: str
    ) -> Response:
        """The work on the document, done by that client; raises what the API raises."""
        with self.project.lock:
            caller = Request(project=self.project, caller=Caller(client_id=client))
            return answer(work(caller, self._find(kind, wanted)))

    def _find(self, kind: str, resource_id: str) -> Json:
        document = self.project.get(kind, resource_id)
        if document is None:
            raise not_found(resource_id)
        return document


def _one(document: Json, action: Json) -> Json:
    """The body of an update with one action on the document's present version."""
    return {"version": document["version"], "actions": [action]}
