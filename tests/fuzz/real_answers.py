"""Collects what both remotes answer while one cart is bought, so that fuzzing begins from real documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import Capture, Refund
from monext_bridge.gateways.http.client import HttpAnswer
from monext_bridge.services.reconciliation import Scope
from sandbox.runner import Sandbox
from tests.actors import BACK_OFFICE
from tests.bridges import Buyer
from tests.fuzz.meddled_bridge import Exchange, MeddledBridge
from tests.world import World

KINDS = {
    "cart": ("GET", "/{project}/carts/{cart}"),
    "payment": ("POST", "/{project}/payments/{payment}"),
    "order": ("POST", "/{project}/orders"),
    "customer": ("GET", "/{project}/customers/{customer}"),
    "shop session": ("GET", "/{project}/sessions/{session}"),
    "token": ("POST", "/oauth/token"),
    "introspection": ("POST", "/oauth/introspect"),
    "payments": ("GET", "/{project}/payments"),
    "session created": ("POST", "/v1/checkout/payments/sessions"),
    "session": ("GET", "/v1/checkout/payments/sessions/{session}"),
    "transaction": ("GET", "/v1/checkout/transactions/{transaction}"),
    "capture": ("POST", "/v1/checkout/transactions/{transaction}/captures"),
    "refund": ("POST", "/v1/checkout/transactions/{transaction}/refunds"),
}
"""The answers by method and route."""


@dataclass(slots=True)
class RealAnswers:
    """What was answered, by method and route."""

    found: dict[tuple[str, str], list[Any]] = field(default_factory=dict)

    def record(self, exchange: Exchange) -> HttpAnswer:
        self.found.setdefault((exchange.method, exchange.route), []).append(exchange.document)
        return exchange.answer

    def of(self, kind: str) -> Sequence[Any]:
        """Give all documents of a kind. Fails where there was none: then the purchase no longer calls for it."""
        documents = self.found.get(KINDS[kind], [])
        assert documents, f"no answer of the kind {kind}; there are {sorted(self.found)}"
        return documents


def answers_of_one_purchase(sandbox: Sandbox) -> RealAnswers:
    real, world = RealAnswers(), World(sandbox)
    bridge = MeddledBridge(sandbox, meddle=real.record)
    for situation in ("german-store", "customer"):
        _buy(bridge, world, cart=world.cart(situation))
    session = world.session(world.cart())
    assert bridge.call("GET", "/operations/config", headers={"X-Session-Id": session}).status == 200
    bridge.services.reconcile.run(Scope(since=timedelta(minutes=10)), tell=lambda _: None)
    return real


def _buy(bridge: MeddledBridge, world: World, *, cart: str) -> None:
    buyer = Buyer(bridge)
    page = buyer.start(cart)
    buyer.opens_result(page)
    world.pay(page.token, outcome="accepted")
    assert buyer.comes_back(page).status == 303
    operations, id_ = bridge.services.operations, PaymentId(world.payment(cart)["id"])
    if world.transactions(cart)[0][0] == "Authorization":
        operations.perform(id_, Capture(Money(1000, "EUR"), final=False), by=BACK_OFFICE)
    operations.perform(id_, Refund(Money(500, "EUR")), by=BACK_OFFICE)
    token = world.back_office_token()
    path = f"/operations/payment-intents/{id_}"
    assert bridge.call("GET", path, headers={"Authorization": f"Bearer {token}"}).status == 200
