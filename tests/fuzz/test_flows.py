"""One answer of a remote is broken somewhere in a purchase: we answer honestly, and in the end the books agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from monext_bridge.gateways.http.client import HttpAnswer
from monext_bridge.services.reconciliation import Scope
from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, Page
from tests.fuzz.effort import effort
from tests.fuzz.meddled_bridge import Exchange, MeddledBridge, as_it_came
from tests.fuzz.mutations import Breakage, breakages
from tests.push_samples import message, pub_sub
from tests.services.reconciling import ShiftedClock
from tests.web.back_office import BackOfficeClient, capture
from tests.world import World

EVENTS_SECRET = "events-secret-of-the-tests-only"
OWN_5XX = (502, 503, 504)
LATER = timedelta(hours=3)
ROWS = {
    "CAPTURE": "Charge",
    "REFUND": "Refund",
    "CANCEL": "CancelAuthorization",
    "RESET": "CancelAuthorization",
}
AMOUNT = {"centAmount": 700, "currencyCode": "EUR"}
READ_CART, WRITE_CART = "GET /{project}/carts/{cart}", "POST /{project}/carts/{cart}"
READ_PAYMENT, WRITE_PAYMENT = "GET /{project}/payments/{payment}", "POST /{project}/payments/{payment}"
MAKE_PAYMENT, MAKE_ORDER = "POST /{project}/payments", "POST /{project}/orders"
READ_ORDER, WRITE_ORDER = "GET /{project}/orders", "POST /{project}/orders/{order}"
ORDER_BY_ID = "GET /{project}/orders/{order}"
MAKE_SESSION = "POST /v1/checkout/payments/sessions"
READ_SESSION = "GET /v1/checkout/payments/sessions/{session}"
READ_LEDGER = "GET /v1/checkout/transactions/{transaction}"
CAPTURE, REFUND = (
    f"POST /v1/checkout/transactions/{{transaction}}/{kind}" for kind in ("captures", "refunds")
)


@dataclass(slots=True)
class Break:
    """Breaks the first answer of one route from now on. Calls are made side by side, so they can't be counted."""

    route: str
    breakage: Breakage
    broken: str = field(default="")

    def __call__(self, exchange: Exchange) -> HttpAnswer:
        called = f"{exchange.method} {exchange.route}"
        if self.broken or called != self.route or not isinstance(exchange.answer.body, dict):
            return exchange.answer
        document, self.broken = self.breakage.of(exchange.document)
        return exchange.answering(document)


@dataclass(slots=True)
class Purchase:
    """One cart of one buyer, and what is done with it."""

    bridge: MeddledBridge
    world: World
    office: BackOfficeClient
    cart: str
    page: Page | None = None

    @property
    def buyer(self) -> Buyer:
        return Buyer(self.bridge)

    def start(self) -> Answer:
        return self.buyer.checkout(self.cart)

    def comes_back(self) -> Answer:
        return self.buyer.comes_back(self.paid())

    def notified(self) -> Answer:
        return self.buyer.notification_arrives(self.paid())

    def result(self) -> Answer:
        return self.buyer.opens_result(self.paid())

    def cancels(self) -> Answer:
        return self.buyer.cancels(self.started())

    def captured(self) -> Answer:
        return self.office.send_actions(self.ordered(), capture(amount=AMOUNT), key="capture-1")

    def refunded(self) -> Answer:
        id_ = self.ordered()
        self.office.send_actions(id_, capture(amount=AMOUNT), key="capture-1")
        return self.office.send_actions(id_, capture(action="refundPayment", amount=AMOUNT), key="refund-1")

    def shipped(self) -> Answer:
        self.ordered()
        (order,) = self.world.orders(self.cart)
        action = {"action": "changeShipmentState", "shipmentState": "Shipped"}
        self.world.project.update(f"orders/{order['id']}", version=order["version"], action=action)
        headers = {"Authorization": f"Bearer {EVENTS_SECRET}"}
        body = pub_sub(message(order["id"]))
        return self.bridge.call("POST", "/events/commercetools", json=body, headers=headers)

    def started(self) -> Page:
        if self.page is None:
            self.page = self._in_peace(lambda: self.buyer.start(self.cart))
        return self.page

    def paid(self) -> Page:
        page = self.started()
        if not self.world.ledger(page.token):
            self.world.pay(page.token, outcome="accepted")
        return page

    def ordered(self) -> str:
        if not self.world.orders(self.cart):
            page = self.paid()
            assert self._in_peace(lambda: self.buyer.comes_back(page)).status == 303
        return str(self.world.payment(self.cart)["id"])

    def _in_peace(self, act: Callable[[], Any]) -> Any:
        """Do what comes before the step that is meddled with."""
        meddle, self.bridge.meddle = self.bridge.meddle, as_it_came
        try:
            return act()
        finally:
            self.bridge.meddle = meddle

    def books(self) -> dict[str, int]:
        """The money of the record that is done, by type. Only a session that nobody has paid is left begun."""
        found: dict[str, int] = {}
        for kind, state, amount in self.world.transactions(self.cart):
            assert state != "Initial" or kind == "Authorization"
            if state == "Success":
                found[kind] = found.get(kind, 0) + amount
        return found

    def held(self) -> dict[str, int]:
        """The money that Monext holds, by the type that the record has for it."""
        found: dict[str, int] = {}
        tokens = [p["interfaceId"] for p in self.world.payments(self.cart) if "interfaceId" in p]
        for kind, amount, status in (row for token in tokens for row in self.world.ledger(token)):
            if status == "OK":
                ours = ROWS.get(kind, "Authorization")
                found[ours] = found.get(ours, 0) + amount
        return found


SETTLING = (READ_CART, READ_SESSION, WRITE_PAYMENT, MAKE_ORDER)
ACTING = (READ_PAYMENT, WRITE_PAYMENT, READ_ORDER, READ_LEDGER, CAPTURE, WRITE_ORDER)
STEPS: dict[str, tuple[Callable[[Purchase], Answer], tuple[str, ...]]] = {
    "start": (Purchase.start, (READ_CART, MAKE_PAYMENT, MAKE_SESSION, WRITE_CART, WRITE_PAYMENT)),
    "return": (Purchase.comes_back, SETTLING),
    "notification": (Purchase.notified, SETTLING),
    "result": (Purchase.result, SETTLING),
    "cancel": (Purchase.cancels, (READ_CART, READ_SESSION, WRITE_PAYMENT)),
    "capture": (Purchase.captured, ACTING),
    "refund": (Purchase.refunded, (*ACTING, REFUND)),
    "shipment": (Purchase.shipped, (*ACTING, ORDER_BY_ID)),
}
"""Each step, and the routes that it calls."""


@pytest.fixture(scope="module")
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox, clock: ShiftedClock) -> MeddledBridge:
    return MeddledBridge(sandbox, clock=clock, EVENTS_SECRET=EVENTS_SECRET)


@pytest.fixture(scope="module")
def office(sandbox: Sandbox, bridge: MeddledBridge) -> BackOfficeClient:
    return BackOfficeClient(bridge, World(sandbox).back_office_token())


@pytest.mark.parametrize("step", STEPS)
@given(data=st.data())
@settings(effort(3), phases=(Phase.generate,))
def test_a_broken_answer_costs_no_money(
    step: str,
    sandbox: Sandbox,
    bridge: MeddledBridge,
    office: BackOfficeClient,
    clock: ShiftedClock,
    data: st.DataObject,
) -> None:
    world = World(sandbox)
    purchase = Purchase(bridge, world, office, world.cart("german-store"))
    act, routes = STEPS[step]  # no example is made smaller: each breaks one member already
    breaks = Break(data.draw(st.sampled_from(routes)), data.draw(breakages))
    bridge.meddle = breaks
    answer = act(purchase)
    bridge.meddle = as_it_came
    check_answer(answer)
    reconcile(bridge, clock)
    assert purchase.books() == purchase.held(), breaks.broken


def check_answer(answer: Answer) -> None:
    assert answer.status < 500 or answer.status in OWN_5XX, answer.text[:300]
    assert answer.headers["X-Correlation-ID"]
    assert answer.text or answer.status in (200, 204, 303) or "Retry-After" in answer.headers


def reconcile(bridge: MeddledBridge, clock: ShiftedClock) -> None:
    """Let all remotes be well again, and nobody come back: reconciliation alone goes over what was begun."""
    for _ in range(2):
        clock.ahead = LATER
        bridge.services.reconcile.run(Scope(since=LATER + timedelta(minutes=5)), tell=lambda _: None)
        clock.ahead = timedelta(0)
