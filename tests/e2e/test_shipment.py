"""Payment on shipment: what is open is captured once, however often and in whatever order messages come."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.modify import Cancel, Capture
from monext_bridge.domain.money import Money
from monext_bridge.services import utc_now
from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, Caller, Gunicorn, InProcess
from tests.push_samples import message, pub_sub
from tests.world import World, wait_for

SECRET = "the-secret-of-the-subscription"
PATH = f"/events/commercetools?secret={SECRET}"
MANUAL = "german-store"
"""A cart of the store that captures on shipment."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order whose payment is authorised."""

    world: World
    bridge: Caller
    cart: str
    token: str
    amount: int
    payment_id: PaymentId
    order_id: str

    def becomes(self, state: str) -> None:
        """The shop changes the order's shipment state."""
        path = f"orders/{self.order_id}"
        version = self.world.project.get(path)["version"]
        action = {"action": "changeShipmentState", "shipmentState": state}
        self.world.project.update(path, version=version, action=action)

    def is_told(self, state: str = "Shipped", *, bridge: Caller | None = None) -> Answer:
        """A message that the queue delivers, true or not."""
        body = pub_sub(message(self.order_id, shipmentState=state))
        return (bridge or self.bridge).call("POST", PATH, json=body)

    @property
    def captures(self) -> list[tuple[str, int]]:
        """State and amount of every capture in the record."""
        found = self.world.transactions(self.cart)
        return [(state, amount) for kind, state, amount in found if kind == "Charge"]

    @property
    def ledger(self) -> list[tuple[str, int, str | None]]:
        """What Monext did after the authorisation."""
        return self.world.ledger(self.token)[1:]

    @property
    def state(self) -> str:
        return str(self.world.project.get(f"orders/{self.order_id}")["paymentState"])

    def money(self, amount: int) -> Money:
        return Money(amount, "EUR")


def order(world: World, bridge: Caller, situation: str = MANUAL) -> Ordered:
    buyer = Buyer(bridge)
    page = buyer.start(cart := world.cart(situation))
    world.pay(page.token, outcome="accepted")
    assert buyer.notified(page).status == 200
    payment = world.payment(cart)
    amount = payment["amountPlanned"]["centAmount"]
    order_id = world.orders(cart)[0]["id"]
    return Ordered(world, bridge, cart, page.token, amount, PaymentId(payment["id"]), order_id)


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(sandbox, EVENTS_SECRET=SECRET)


@pytest.fixture
def ordered(bridge: InProcess, world: World) -> Ordered:
    return order(world, bridge)


@pytest.fixture(scope="module")
def processes(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """Two worker processes."""
    log: Path = tmp_path_factory.mktemp("shipment") / "log.jsonl"
    running = Gunicorn(sandbox, log=log, workers=2, EVENTS_SECRET=SECRET)
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize("state", ["Shipped", "Delivered"])
def test_a_shipped_order_is_captured(state: str, ordered: Ordered) -> None:
    assert ordered.state == "Pending"
    ordered.becomes(state)
    assert ordered.is_told(state).status == 204
    assert ordered.captures == [("Success", ordered.amount)]
    assert ordered.ledger == [("CAPTURE", ordered.amount, "OK")]
    assert ordered.state == "Paid"


@pytest.mark.parametrize("state", ["Ready", "Pending", "Delayed", "Partial", "Backorder", "Canceled"])
def test_an_order_in_another_state_is_not(state: str, ordered: Ordered) -> None:
    ordered.becomes(state)
    assert ordered.is_told("Shipped").status == 204
    assert ordered.ledger == []


def test_the_states_that_capture_are_a_setting(sandbox: Sandbox, world: World) -> None:
    bridge = InProcess(sandbox, EVENTS_SECRET=SECRET, CAPTURE_ON_SHIPMENT="Delivered")
    ordered = order(world, bridge)
    ordered.becomes("Shipped")
    assert ordered.is_told().status == 204
    assert ordered.ledger == []
    ordered.becomes("Delivered")
    assert ordered.is_told().status == 204
    assert ordered.ledger == [("CAPTURE", ordered.amount, "OK")]


def test_a_second_message_changes_nothing(ordered: Ordered) -> None:
    ordered.becomes("Shipped")
    ordered.is_told()
    ordered.world.forget_calls()
    assert ordered.is_told().status == 204
    assert [call["method"] for call in ordered.world.calls("commercetools")] == ["GET"]
    assert ordered.world.calls("monext") == []


def test_twenty_messages_at_once_on_two_processes_capture_once(processes: Gunicorn, world: World) -> None:
    ordered = order(world, processes)
    ordered.becomes("Shipped")
    with ThreadPoolExecutor(20) as everybody:
        answers = list(everybody.map(lambda _: ordered.is_told(), range(20)))
    assert {answer.status for answer in answers} <= {204, 503}
    assert ordered.is_told().status == 204
    assert ordered.ledger == [("CAPTURE", ordered.amount, "OK")]
    assert ordered.captures == [("Success", ordered.amount)]
    assert ordered.state == "Paid"


def test_delivered_before_shipped_captures_once(ordered: Ordered) -> None:
    ordered.becomes("Shipped")
    ordered.becomes("Delivered")
    assert [ordered.is_told(state).status for state in ("Delivered", "Shipped")] == [204, 204]
    assert ordered.ledger == [("CAPTURE", ordered.amount, "OK")]


def test_a_message_about_a_state_that_the_order_has_left_captures_nothing(ordered: Ordered) -> None:
    ordered.becomes("Shipped")
    ordered.becomes("Canceled")
    assert ordered.is_told("Shipped").status == 204
    assert ordered.ledger == []


def test_what_was_captured_before_is_not_captured_again(bridge: InProcess, ordered: Ordered) -> None:
    bridge.services.modify.perform(ordered.payment_id, Capture(ordered.money(1000)), key="parcel-1")
    ordered.becomes("Shipped")
    assert ordered.is_told().status == 204
    assert ordered.captures == [("Success", 1000), ("Success", ordered.amount - 1000)]
    assert ordered.state == "Paid"


def test_a_cancelled_payment_is_left_alone(bridge: InProcess, ordered: Ordered) -> None:
    bridge.services.modify.perform(ordered.payment_id, Cancel())
    ordered.becomes("Shipped")
    assert ordered.is_told().status == 204
    assert [kind for kind, _, _ in ordered.ledger] == ["CANCEL"]


def test_a_payment_that_was_captured_at_once_is_left_alone(bridge: InProcess, world: World) -> None:
    ordered = order(world, bridge, "guest")
    ordered.becomes("Shipped")
    world.forget_calls()
    assert ordered.is_told().status == 204
    assert world.calls("monext") == []


def test_money_that_goes_back_is_left_alone(bridge: InProcess, world: World) -> None:
    cart = world.cart(MANUAL)
    buyer = Buyer(bridge)
    pages = [buyer.start(cart), buyer.start(cart, lang="en")]
    for page in pages:
        world.pay(page.token, outcome="accepted")
    world.script_act(act="cancels", outcome="refused", code="01100")
    for page in pages:
        buyer.notified(page)
    order_id = world.orders(cart)[0]["id"]
    payment = world.payments(cart)[0]
    first = Ordered(world, bridge, cart, pages[0].token, 0, PaymentId(payment["id"]), order_id)
    first.becomes("Shipped")
    assert first.is_told().status == 204
    assert [kind for kind, _, status in world.ledger(pages[0].token)[1:] if status == "OK"] == ["CAPTURE"]
    assert [kind for kind, _, status in world.ledger(pages[1].token)[1:] if status == "OK"] == []


def test_a_refusal_is_an_end_and_the_next_message_tries_once_under_the_next_key(ordered: Ordered) -> None:
    ordered.becomes("Shipped")
    for _ in range(2):
        ordered.world.script_act(act="captures", outcome="refused", code="01100")
        assert ordered.is_told().status == 204
    assert ordered.captures == [("Failure", ordered.amount)] * 2
    assert ordered.is_told("Delivered").status == 204
    assert [state for state, _ in ordered.captures] == ["Failure", "Failure", "Success"]
    keys = [t["interactionId"] for t in ordered.world.payment(ordered.cart)["transactions"][1:]]
    assert [key.split("~")[0] for key in keys] == [f"ship-{ordered.order_id}-{n}" for n in range(3)]
    assert ordered.state == "Paid"


def test_a_capture_that_takes_time_is_an_end(ordered: Ordered) -> None:
    ordered.becomes("Shipped")
    ordered.world.script_act(act="captures", outcome="pending")
    assert [ordered.is_told().status for _ in range(2)] == [204, 204]
    assert ordered.captures == [("Pending", ordered.amount)]


DOWN: dict[str, tuple[str, dict[str, Any]]] = {
    "Monext's ledger": ("monext", {"action": "status", "code": 503, "method": "GET"}),
    "the order": ("commercetools", {"action": "status", "code": 503, "method": "GET", "path": "/orders/"}),
    "the order, refused": (
        "commercetools",
        {"action": "status", "code": 403, "body": {"statusCode": 403}, "method": "GET", "path": "/orders/"},
    ),
    "the payment": (
        "commercetools",
        {"action": "status", "code": 503, "method": "POST", "path": "/payments/"},
    ),
    "before the capture": ("monext", {"action": "drop_before", "method": "POST", "path": "/captures$"}),
    "after the capture": ("monext", {"action": "drop_after", "method": "POST", "path": "/captures$"}),
    "before the result": (
        "commercetools",
        {"action": "status", "code": 503, "method": "POST", "path": "/payments/", "skip": 1},
    ),
}


@pytest.mark.parametrize(("remote", "rule"), DOWN.values(), ids=DOWN)
def test_what_failed_is_sent_again_and_captured_once(
    remote: str, rule: dict[str, Any], sandbox: Sandbox, world: World
) -> None:
    ahead = timedelta()
    ordered = order(world, InProcess(sandbox, clock=lambda: utc_now() + ahead, EVENTS_SECRET=SECRET))
    ordered.becomes("Shipped")
    world.fault(remote, times=0, **rule)
    answer = ordered.is_told()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    world.calm()
    ahead = timedelta(minutes=6)
    assert ordered.is_told().status == 204
    assert [row for row in ordered.ledger if row[2] == "OK"] == [("CAPTURE", ordered.amount, "OK")]
    assert [state for state, _ in ordered.captures].count("Success") == 1
    assert ordered.state == "Paid"


def test_a_capture_of_unknown_fate_is_not_sent_again_at_once(ordered: Ordered) -> None:
    ordered.becomes("Shipped")
    ordered.world.fault("monext", action="status", code=500, method="POST", path="/captures$", times=0)
    assert [ordered.is_told().status for _ in range(3)] == [503] * 3
    sent = [call for call in ordered.world.calls("monext") if call["path"].endswith("/captures")]
    assert len(sent) == 1


def test_a_cancel_of_unknown_fate_is_waited_for(bridge: InProcess, ordered: Ordered) -> None:
    ordered.world.fault("monext", action="status", code=500, method="POST", path="/cancels$")
    with pytest.raises(Exception, match="not known yet"):
        bridge.services.modify.perform(ordered.payment_id, Cancel(), key="by-hand")
    ordered.becomes("Shipped")
    assert ordered.is_told().status == 503
    assert ordered.ledger == []


def test_an_authorisation_of_more_than_seven_days_is_not_asked_for_ever(
    sandbox: Sandbox, world: World
) -> None:
    ordered = order(world, InProcess(sandbox, EVENTS_SECRET=SECRET))
    ordered.becomes("Shipped")
    later = InProcess(sandbox, clock=lambda: utc_now() + timedelta(days=8), EVENTS_SECRET=SECRET)
    assert ordered.is_told(bridge=later).status == 204
    assert ordered.ledger == []


def test_with_late_capture_it_is_captured_after_seven_days(sandbox: Sandbox, world: World) -> None:
    ordered = order(world, InProcess(sandbox, EVENTS_SECRET=SECRET))
    ordered.becomes("Shipped")
    world.pass_time(8 * 24 * 3600)
    later = InProcess(
        sandbox, clock=lambda: utc_now() + timedelta(days=8), EVENTS_SECRET=SECRET, LATE_CAPTURE="on"
    )
    try:
        assert ordered.is_told(bridge=later).status == 204
    finally:
        world.pass_time(-8 * 24 * 3600)
    assert [state for state, _ in ordered.captures] == ["Success"]


def test_one_order_that_fails_does_not_keep_another_from_being_captured(
    bridge: InProcess, world: World
) -> None:
    first, second = order(world, bridge), order(world, bridge)
    for each in (first, second):
        each.becomes("Shipped")
    world.fault("commercetools", action="status", code=503, path=f"/orders/{first.order_id}", times=0)
    batch = [message(first.order_id), message(second.order_id)]
    assert bridge.call("POST", PATH, json=batch).status == 503
    assert second.captures == [("Success", second.amount)]
    world.calm()
    assert bridge.call("POST", PATH, json=batch).status == 204
    assert first.captures == [("Success", first.amount)]


def test_a_payment_of_somebody_else_is_left_alone(ordered: Ordered) -> None:
    world = ordered.world
    draft = {
        "key": f"{ordered.cart}-9-0123456789ab",
        "amountPlanned": {"centAmount": 100, "currencyCode": "EUR"},
        "paymentMethodInfo": {"paymentInterface": "gift-cards"},
        "transactions": [
            {
                "type": "Authorization",
                "state": "Success",
                "amount": {"centAmount": 100, "currencyCode": "EUR"},
            }
        ],
    }
    foreign = world.project.create("payments", draft=draft)["id"]
    path = f"orders/{ordered.order_id}"
    action = {"action": "addPayment", "payment": {"typeId": "payment", "id": foreign}}
    world.project.update(path, version=world.project.get(path)["version"], action=action)
    ordered.becomes("Shipped")
    world.forget_calls()
    assert ordered.is_told().status == 204
    assert [call for call in world.calls("commercetools") if foreign in call["path"]] == []
    assert ordered.captures == [("Success", ordered.amount)]


@pytest.fixture
def queue(sandbox: Sandbox, processes: Gunicorn) -> Iterator[None]:
    """The sandbox pushes its messages to the bridge, for one test."""
    sandbox.push_messages_to(f"{processes.url}/events/commercetools", secret=SECRET)
    yield
    with requests.Session() as http:
        http.trust_env = False
        ended = http.post(f"{sandbox.commercetools_url}/_control/push", json={"url": None}, timeout=10)
    assert ended.json()["url"] is None


def test_the_queue_itself_brings_the_message(queue: None, processes: Gunicorn, world: World) -> None:
    ordered = order(world, processes)
    ordered.becomes("Shipped")
    wait_for(lambda: ordered.captures == [("Success", ordered.amount)])
