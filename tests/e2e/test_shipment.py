"""Payment on shipment: what is open is captured once, however often and in whatever order messages come."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.operations.rules import Cancel, Capture
from sandbox.runner import Sandbox
from tests.actors import BACK_OFFICE
from tests.bridges import Buyer, Gunicorn, InProcess
from tests.shipped_orders import CAPTURED_ON_SHIPMENT, SECRET, AuthorisedOrder, order
from tests.world import World, wait_for


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(sandbox, EVENTS_SECRET=SECRET)


@pytest.fixture
def ordered(bridge: InProcess, world: World) -> AuthorisedOrder:
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
def test_a_shipped_order_is_captured(state: str, ordered: AuthorisedOrder) -> None:
    assert ordered.state == "Pending"
    ordered.set_shipment_state(state)
    assert ordered.deliver_message(state).status == 204
    assert ordered.captures == [("Success", ordered.amount)]
    assert ordered.ledger == [("CAPTURE", ordered.amount, "OK")]
    assert ordered.state == "Paid"


@pytest.mark.parametrize("state", ["Ready", "Pending", "Delayed", "Partial", "Backorder", "Canceled"])
def test_an_order_in_another_state_is_not(state: str, ordered: AuthorisedOrder) -> None:
    ordered.set_shipment_state(state)
    assert ordered.deliver_message("Shipped").status == 204
    assert ordered.ledger == []


def test_the_states_that_capture_are_a_setting(sandbox: Sandbox, world: World) -> None:
    bridge = InProcess(sandbox, EVENTS_SECRET=SECRET, CAPTURE_ON_SHIPMENT="Delivered")
    ordered = order(world, bridge)
    ordered.set_shipment_state("Shipped")
    assert ordered.deliver_message().status == 204
    assert ordered.ledger == []
    ordered.set_shipment_state("Delivered")
    assert ordered.deliver_message().status == 204
    assert ordered.ledger == [("CAPTURE", ordered.amount, "OK")]


def test_a_second_message_changes_nothing(ordered: AuthorisedOrder) -> None:
    ordered.set_shipment_state("Shipped")
    ordered.deliver_message()
    ordered.world.forget_calls()
    assert ordered.deliver_message().status == 204
    assert [call["method"] for call in ordered.world.calls("commercetools")] == ["GET"]
    assert ordered.world.calls("monext") == []


def test_twenty_messages_at_once_on_two_processes_capture_once(processes: Gunicorn, world: World) -> None:
    ordered = order(world, processes)
    ordered.set_shipment_state("Shipped")
    with ThreadPoolExecutor(20) as everybody:
        answers = list(everybody.map(lambda _: ordered.deliver_message(), range(20)))
    assert {answer.status for answer in answers} <= {204, 503}
    assert ordered.deliver_message().status == 204
    assert ordered.ledger == [("CAPTURE", ordered.amount, "OK")]
    assert ordered.captures == [("Success", ordered.amount)]
    assert ordered.state == "Paid"


def test_delivered_before_shipped_captures_once(ordered: AuthorisedOrder) -> None:
    ordered.set_shipment_state("Shipped")
    ordered.set_shipment_state("Delivered")
    assert [ordered.deliver_message(state).status for state in ("Delivered", "Shipped")] == [204, 204]
    assert ordered.ledger == [("CAPTURE", ordered.amount, "OK")]


def test_a_message_about_a_state_that_the_order_has_left_captures_nothing(ordered: AuthorisedOrder) -> None:
    ordered.set_shipment_state("Shipped")
    ordered.set_shipment_state("Canceled")
    assert ordered.deliver_message("Shipped").status == 204
    assert ordered.ledger == []


def test_what_was_captured_before_is_not_captured_again(bridge: InProcess, ordered: AuthorisedOrder) -> None:
    bridge.services.operations.perform(
        ordered.payment_id, Capture(ordered.money(1000)), key="parcel-1", by=BACK_OFFICE
    )
    ordered.set_shipment_state("Shipped")
    assert ordered.deliver_message().status == 204
    assert ordered.captures == [("Success", 1000), ("Success", ordered.amount - 1000)]
    assert ordered.state == "Paid"


def test_a_cancelled_payment_is_left_alone(bridge: InProcess, ordered: AuthorisedOrder) -> None:
    bridge.services.operations.perform(ordered.payment_id, Cancel(), by=BACK_OFFICE)
    ordered.set_shipment_state("Shipped")
    assert ordered.deliver_message().status == 204
    assert [kind for kind, _, _ in ordered.ledger] == ["CANCEL"]


def test_a_payment_that_was_captured_at_once_is_left_alone(bridge: InProcess, world: World) -> None:
    ordered = order(world, bridge, "guest")
    ordered.set_shipment_state("Shipped")
    world.forget_calls()
    assert ordered.deliver_message().status == 204
    assert world.calls("monext") == []


def test_money_that_goes_back_is_left_alone(bridge: InProcess, world: World) -> None:
    cart = world.cart(CAPTURED_ON_SHIPMENT)
    buyer = Buyer(bridge)
    pages = [buyer.start(cart), buyer.start(cart, lang="en")]
    for page in pages:
        world.pay(page.token, outcome="accepted")
    world.script_operation(act="cancels", outcome="refused", code="01100")
    for page in pages:
        buyer.notification_arrives(page)
    order_id = world.orders(cart)[0]["id"]
    payment = world.payments(cart)[0]
    first = AuthorisedOrder(world, bridge, cart, pages[0].token, 0, PaymentId(payment["id"]), order_id)
    first.set_shipment_state("Shipped")
    assert first.deliver_message().status == 204
    assert [kind for kind, _, status in world.ledger(pages[0].token)[1:] if status == "OK"] == ["CAPTURE"]
    assert [kind for kind, _, status in world.ledger(pages[1].token)[1:] if status == "OK"] == []


def test_a_refusal_is_an_end_and_the_next_message_tries_once_under_the_next_key(
    ordered: AuthorisedOrder,
) -> None:
    ordered.set_shipment_state("Shipped")
    for _ in range(2):
        ordered.world.script_operation(act="captures", outcome="refused", code="01100")
        assert ordered.deliver_message().status == 204
    assert ordered.captures == [("Failure", ordered.amount)] * 2
    assert ordered.deliver_message("Delivered").status == 204
    assert [state for state, _ in ordered.captures] == ["Failure", "Failure", "Success"]
    keys = [t["interactionId"] for t in ordered.world.payment(ordered.cart)["transactions"][1:]]
    assert [key.split("~")[0] for key in keys] == [f"ship-{ordered.order_id}-{n}" for n in range(3)]
    assert ordered.state == "Paid"


def test_a_capture_that_takes_time_is_an_end(ordered: AuthorisedOrder) -> None:
    ordered.set_shipment_state("Shipped")
    ordered.world.script_operation(act="captures", outcome="pending")
    assert [ordered.deliver_message().status for _ in range(2)] == [204, 204]
    assert ordered.captures == [("Pending", ordered.amount)]


def test_a_payment_of_somebody_else_is_left_alone_and_what_it_holds_is_not_owed(
    ordered: AuthorisedOrder,
) -> None:
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
    ordered.set_shipment_state("Shipped")
    world.forget_calls()
    assert ordered.deliver_message().status == 204
    assert [call for call in world.calls("commercetools") if foreign in call["path"]] == []
    assert ordered.captures == [("Success", ordered.amount - 100)]


@pytest.fixture
def queue(sandbox: Sandbox, processes: Gunicorn) -> Iterator[None]:
    """The sandbox pushes its messages to the bridge, for one test."""
    sandbox.push_messages_to(f"{processes.url}/events/commercetools", secret=SECRET)
    yield
    with requests.Session() as http:
        http.trust_env = False
        ended = http.post(f"{sandbox.commercetools_url}/_control/push", json={"url": None}, timeout=60)
    assert ended.json()["url"] is None


def test_the_queue_itself_brings_the_message(queue: None, processes: Gunicorn, world: World) -> None:
    ordered = order(world, processes)
    ordered.set_shipment_state("Shipped")
    wait_for(lambda: ordered.captures == [("Success", ordered.amount)])
