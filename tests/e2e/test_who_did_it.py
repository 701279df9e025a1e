"""Who did it: record, commercetools' history, Monext, the log and the API name the principal of every act."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.web.cli.login import login
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.log_lines import LogLines
from tests.services.paid_payments import a_paid_payment
from tests.services.reconciling import KEY, ReconciliationTester, ShiftedClock
from tests.shipped_orders import SECRET, order
from tests.web.back_office import EUR_10, BackOfficeClient
from tests.web.paid_orders import payment_command
from tests.world import World

CLIENT, SHIPMENT, RECONCILIATION, TERMINAL, BRIDGE = (
    "back-office",
    "shipment",
    "reconciliation",
    "terminal",
    "bridge",
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where an act takes place: the sandbox, and what it holds."""

    sandbox: Sandbox
    world: World

    def bridge(self, **settings: Any) -> InProcess:
        return InProcess(self.sandbox, EVENTS_SECRET=SECRET, **settings)


def by_the_api(situation: str, **action: Any) -> Callable[[Stage], str]:
    def act(stage: Stage) -> str:
        paid = a_paid_payment(bridge := stage.bridge(), stage.world, situation=situation)
        office = BackOfficeClient(bridge, stage.world.back_office_token())
        assert office.send_actions(paid.id, action, key="note-1").status == 200
        return paid.cart

    return act


def by_the_terminal(situation: str, *command: str) -> Callable[[Stage], str]:
    def act(stage: Stage) -> str:
        paid = a_paid_payment(bridge := stage.bridge(), stage.world, situation=situation)
        name, *options = command
        run = payment_command(bridge)
        assert run(name, paid.id, *options, "--yes", "--key", "note-1").exit_code == 0
        return paid.cart

    return act


def by_a_shipment(stage: Stage) -> str:
    ordered = order(stage.world, stage.bridge())
    ordered.set_shipment_state("Shipped")
    assert ordered.deliver_message().status == 204
    return ordered.cart


def by_a_cancelled_order(stage: Stage) -> str:
    ordered = order(stage.world, stage.bridge(RELEASE_ON_CANCELLATION="on"))
    stage.world.cancel_order(ordered.order_id)
    assert ordered.deliver_message().status == 204
    return ordered.cart


def by_the_end_of_seven_days(setting: str) -> Callable[[Stage], str]:
    def act(stage: Stage) -> str:
        clock = ShiftedClock()
        bridge = InProcess(stage.sandbox, clock=clock, SECRET_KEY=KEY, EXPIRING_AUTHORIZATIONS=setting)
        reconciliation = ReconciliationTester(bridge, clock, stage.world)
        cart, _ = reconciliation.paid_cart("german-store")
        reconciliation.run(ahead=timedelta(days=6, hours=1))
        return cart

    return act


def grown_cart(stage: Stage, bridge: InProcess, *, situation: str) -> tuple[str, Any]:
    """Pay a cart that has grown since, so that its money has to go back."""
    page = Buyer(bridge).start(cart := stage.world.cart(situation))
    stage.world.add_one_item(cart)
    stage.world.pay(page.token, outcome="accepted")
    return cart, page


def by_a_return(situation: str) -> Callable[[Stage], str]:
    def act(stage: Stage) -> str:
        cart, page = grown_cart(stage, bridge := stage.bridge(), situation=situation)
        Buyer(bridge).comes_back(page)
        return cart

    return act


def by_a_notification(stage: Stage) -> str:
    cart, page = grown_cart(stage, bridge := stage.bridge(), situation="guest")
    assert Buyer(bridge).notification_arrives(page).status == 200
    return cart


def by_nobody_coming_back(stage: Stage) -> str:
    clock = ShiftedClock()
    bridge = InProcess(stage.sandbox, clock=clock, SECRET_KEY=KEY)
    reconciliation = ReconciliationTester(bridge, clock, stage.world)
    cart = reconciliation.cart()
    page = reconciliation.page(cart)
    stage.world.add_one_item(cart)
    stage.world.pay(page.token, outcome="accepted")
    reconciliation.run()
    return cart


@dataclass(frozen=True, slots=True)
class Case:
    """An act, its principal, and what the audit calls it. `order` says whether the act changes the order."""

    act: Callable[[Stage], str]
    principal: str
    kind: str
    order: bool = False


AUTHORISED, CHARGED = "german-store", "guest"
CASES = {
    "capture, API": Case(
        by_the_api(AUTHORISED, action="capturePayment", amount=EUR_10), CLIENT, "capture", order=True
    ),
    "refund, API": Case(by_the_api(CHARGED, action="refundPayment", amount=EUR_10), CLIENT, "refund"),
    "cancel, API": Case(by_the_api(AUTHORISED, action="cancelPayment"), CLIENT, "cancel", order=True),
    "reverse, API": Case(by_the_api(CHARGED, action="reversePayment"), CLIENT, "reverse"),
    "capture, terminal": Case(by_the_terminal(AUTHORISED, "capture"), TERMINAL, "capture", order=True),
    "refund, terminal": Case(by_the_terminal(CHARGED, "refund", "--all"), TERMINAL, "refund"),
    "cancel, terminal": Case(by_the_terminal(AUTHORISED, "cancel"), TERMINAL, "cancel", order=True),
    "reverse, terminal": Case(by_the_terminal(CHARGED, "reverse"), TERMINAL, "reverse"),
    "capture, shipment": Case(by_a_shipment, SHIPMENT, "capture", order=True),
    "release, cancelled order": Case(by_a_cancelled_order, SHIPMENT, "cancel", order=True),
    "capture, seven days": Case(by_the_end_of_seven_days("capture"), RECONCILIATION, "capture", order=True),
    "release, seven days": Case(by_the_end_of_seven_days("release"), RECONCILIATION, "cancel", order=True),
    "reversal, return": Case(by_a_return(CHARGED), BRIDGE, "refund"),
    "reversal of an authorisation, return": Case(by_a_return(AUTHORISED), BRIDGE, "cancel"),
    "reversal, notification": Case(by_a_notification, BRIDGE, "refund"),
    "reversal, reconciliation": Case(by_nobody_coming_back, RECONCILIATION, "refund"),
}


@pytest.mark.parametrize("name", CASES)
def test_every_place_names_the_principal_of_an_act(
    name: str, sandbox: Sandbox, world: World, lines: LogLines
) -> None:
    case = CASES[name]
    cart = case.act(Stage(sandbox, world))
    payment = world.payment(cart)
    token, own = payment["interfaceId"], payment["transactions"][-1]
    key, _, *names = own["interactionId"].split("~")
    assert names == [f"by-{case.principal}"]
    assert payment["lastModifiedBy"]["externalUserId"] == case.principal
    changed = [each for each in world.orders(cart) if case.order]
    assert [each["lastModifiedBy"]["externalUserId"] for each in changed] == [case.principal] * case.order
    (row,) = [row for row in world.monext()["transactions"] if row["id"] == own["interfaceId"]]
    assert row["privateData"] == {"bridgeKey": key, "bridgePrincipal": case.principal}
    (line,) = lines.of("payment_act")
    shown = {"principal": case.principal, "kind": case.kind, "payment": payment["id"], "outcome": "approved"}
    assert shown.items() <= line.items()
    assert (line["amount"], line["currency"]) == (own["amount"]["centAmount"], "EUR")
    assert token not in json.dumps(line)
    (_, *views) = office(sandbox, world).payment_intent(payment["id"])["transactions"]
    assert (views[-1]["by"], views[-1]["key"]) == (case.principal, key.replace(token, f"{token[:6]}…"))


def office(sandbox: Sandbox, world: World) -> BackOfficeClient:
    return BackOfficeClient(InProcess(sandbox), world.back_office_token())


def test_the_everyday_writes_of_a_payment_name_nobody(buyer: Buyer, world: World, lines: LogLines) -> None:
    page = buyer.start(cart := world.cart())
    world.pay(page.token, outcome="accepted")
    buyer.comes_back(page)
    written = [world.payment(cart), *world.orders(cart)]
    assert all("externalUserId" not in each["lastModifiedBy"] for each in written)
    assert lines.of("payment_act") == []
    (view,) = office(world.sandbox, world).payment_intent(world.payment(cart)["id"])["transactions"]
    assert not view.keys() & {"by", "key"}


def test_what_a_return_began_to_give_back_reconciliation_ends_and_each_says_so(
    sandbox: Sandbox, world: World, lines: LogLines
) -> None:
    clock = ShiftedClock()
    bridge = InProcess(sandbox, clock=clock, SECRET_KEY=KEY)
    reconciliation = ReconciliationTester(bridge, clock, world)
    page = reconciliation.page(cart := reconciliation.cart())
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    world.fault("monext", action="status", code=503, method="POST", path="/refunds$", times=9)
    Buyer(bridge).comes_back(page)
    world.reset()
    reconciliation.run()
    (_, refund) = world.payment(cart)["transactions"]
    assert refund["state"] == "Success"
    assert refund["interactionId"].endswith("~by-bridge")
    assert world.payment(cart)["lastModifiedBy"]["externalUserId"] == RECONCILIATION
    told = [(line["principal"], line["outcome"]) for line in lines.of("payment_act")]
    assert told == [(BRIDGE, "unknown"), (RECONCILIATION, "approved")]


def test_what_the_terminal_refuses_before_it_asks_is_told_once_too(
    in_process: InProcess, world: World, lines: LogLines
) -> None:
    paid = a_paid_payment(in_process, world, situation=CHARGED)
    assert payment_command(in_process)("refund", paid.id, "--amount", "99999", "--yes").exit_code == 3
    (line,) = lines.of("payment_act")
    assert (line["principal"], line["kind"], line["outcome"]) == (TERMINAL, "refund", "not_allowed")
    assert (line["amount"], line["store"], line["login"]) == (9_999_900, "fr-store", login())


def test_the_login_at_the_terminal_stands_in_the_log_alone(
    in_process: InProcess, world: World, lines: LogLines
) -> None:
    paid = a_paid_payment(in_process, world, situation=CHARGED)
    payment_command(in_process)("refund", paid.id, "--all", "--yes", "--reference", "note 7")
    (line,) = lines.of("payment_act")
    assert (line["login"], line["merchant_reference"], line["client_address"]) == (login(), "note 7", None)
    assert f"by-{login()}" not in json.dumps(world.payment(paid.cart))
