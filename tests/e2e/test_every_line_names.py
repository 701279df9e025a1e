"""Every line of the log says what it is about: the store, the cart, the payment and the order, once each is known.

A flow is walked, and its lines are read in their order. From the first line on that names one of them, each line of
the same request or task does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.reconciliation import FollowUp
from monext_bridge.services.reconciliation import Task
from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn, InProcess, Page
from tests.log_lines import LogLines, captured_logs
from tests.shipped_orders import SECRET, order
from tests.world import World, wait_for

Line = dict[str, Any]
NAMES = ("store", "cart", "payment", "order")
STORE = "fr-store"
KEY = "one-key-for-both-bridges-of-this-test"


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(sandbox, EVENTS_SECRET=SECRET)


@pytest.fixture
def buyer(bridge: InProcess) -> Buyer:
    return Buyer(bridge)


def ours(lines: LogLines) -> list[Line]:
    return [line for line in lines.all() if line["logger"].startswith("monext_bridge")]


def forgotten(lines: list[Line]) -> list[tuple[str, str]]:
    """Give each event that lacks a name which an earlier line of the same request or task has."""
    known: dict[str, set[str]] = {}
    lacking = []
    for line in lines:
        names = known.setdefault(line.get("correlation_id", ""), set())
        names |= {name for name in NAMES if line.get(name)}
        lacking += [(line["event"], name) for name in names if not line.get(name)]
    return lacking


def named(lines: list[Line]) -> dict[str, str]:
    """Give what the last line names."""
    return {name: lines[-1][name] for name in NAMES if lines[-1].get(name)}


def ids(world: World, cart: str) -> dict[str, str]:
    """Give the ids of everything about a cart as commercetools knows them."""
    found = {"store": STORE, "cart": cart, "payment": world.payment(cart)["id"]}
    orders = world.orders(cart)
    return found | ({"order": orders[0]["id"]} if orders else {})


def order_numbers(world: World, cart: str) -> list[str]:
    """Give what the line of an act names its order by."""
    return [each["orderNumber"] for each in world.orders(cart)]


def bearer(world: World) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.back_office_token()}"}


def starts(world: World, buyer: Buyer, cart: str) -> None:
    buyer.start(cart)


def resumes(world: World, buyer: Buyer, cart: str) -> None:
    buyer.start(cart)
    buyer.start(cart)


def starts_by_session(world: World, buyer: Buyer, cart: str) -> None:
    headers = {"X-Session-Id": world.session(cart)}
    assert buyer.bridge.call("POST", "/payment", json={}, headers=headers).status == 200


def paid(world: World, buyer: Buyer, cart: str) -> Page:
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    return page


def comes_back(world: World, buyer: Buyer, cart: str) -> None:
    assert buyer.comes_back(paid(world, buyer, cart)).status == 303


def is_notified(world: World, buyer: Buyer, cart: str) -> None:
    assert buyer.notification_arrives(paid(world, buyer, cart)).status == 200


def looks(world: World, buyer: Buyer, cart: str) -> None:
    assert buyer.opens_result(paid(world, buyer, cart)).status == 200


def cancels(world: World, buyer: Buyer, cart: str) -> None:
    assert buyer.cancels(buyer.start(cart)).status == 303


def is_refunded(world: World, buyer: Buyer, cart: str) -> None:
    is_notified(world, buyer, cart)
    body = {"actions": [{"action": "refundPayment", "amount": {"centAmount": 100, "currencyCode": "EUR"}}]}
    path = f"/operations/payment-intents/{world.payment(cart)['id']}"
    assert buyer.bridge.call("POST", path, json=body, headers=bearer(world)).status == 200


Flow = Callable[[World, Buyer, str], None]
FLOWS: tuple[Flow, ...] = (
    starts,
    resumes,
    starts_by_session,
    comes_back,
    is_notified,
    looks,
    cancels,
    is_refunded,
)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)
def test_what_a_request_is_about_is_in_each_line_once_it_is_known(
    flow: Flow, world: World, buyer: Buyer, lines: LogLines
) -> None:
    cart = world.cart()
    flow(world, buyer, cart)
    assert forgotten(ours(lines)) == []
    found = {"order": None, **ids(world, cart)}
    told = {"order": None, **named(ours(lines))}
    assert told.pop("order") in (found.pop("order"), *order_numbers(world, cart))
    assert told == found


def test_a_request_that_fails_is_about_something_too(world: World, buyer: Buyer, lines: LogLines) -> None:
    cart = world.cart()
    world.fault("monext", method="POST", path="/sessions$", action="status", code=500)
    assert buyer.checkout(cart).status == 503
    failed = lines.of("request_failed")[-1]
    assert (failed["cart"], failed["store"], failed["payment"]) == (cart, STORE, world.payment(cart)["id"])


def test_nothing_of_a_request_is_left_for_the_next_one(world: World, buyer: Buyer, lines: LogLines) -> None:
    buyer.start(world.cart())
    seen = len(ours(lines))
    buyer.get("/checkout/00000000-0000-0000-0000-000000000000")
    buyer.get("/nowhere")
    assert {line.get("cart") for line in ours(lines)[seen:]} <= {"00000000-0000-0000-0000-000000000000", None}
    assert not any(line.get("payment") or line.get("store") for line in ours(lines)[seen:])


def test_an_earlier_attempt_of_the_cart_is_named_by_its_own_lines(
    world: World, buyer: Buyer, lines: LogLines
) -> None:
    cart = world.cart()
    first = buyer.start(cart)
    world.add_one_item(cart)
    seen = len(ours(lines))
    buyer.start(cart)
    earlier, later = (payment["id"] for payment in world.payments(cart))
    asked = [line for line in ours(lines)[seen:] if line.get("session", "").startswith(first.token[:6])]
    assert [line["payment"] for line in asked] == [earlier]
    assert named(ours(lines))["payment"] == later


def test_a_shipment_s_lines_name_its_order_and_each_payment(
    world: World, bridge: InProcess, lines: LogLines
) -> None:
    shipped = order(world, bridge)
    shipped.set_shipment_state("Shipped")
    seen = len(ours(lines))
    assert shipped.deliver_message().status == 204
    of_message = ours(lines)[seen:]
    (captured,) = (line for line in of_message if line["event"] == "shipment_captured")
    assert {name: captured[name] for name in NAMES} == {
        "store": "de-store",
        "cart": shipped.cart,
        "payment": shipped.payment_id,
        "order": shipped.order_id,
    }
    names_of_order = (shipped.order_id, *order_numbers(world, shipped.cart))
    unnamed = [line["event"] for line in of_message if line.get("order") not in names_of_order]
    assert unnamed == ["events_secret_in_url"]


def test_the_lines_of_a_reconciled_payment_name_it(world: World, bridge: InProcess, buyer: Buyer) -> None:
    cart = world.cart()
    paid(world, buyer, cart)
    payment_id = PaymentId(world.payment(cart)["id"])
    with captured_logs() as lines:
        bridge.services.reconcile.reconciler.finish(Task(payment_id, frozenset({FollowUp.NOT_FINISHED})))
        bridge.services.reconcile.reconciler.finish(
            Task(PaymentId("gone"), frozenset({FollowUp.NOT_FINISHED}))
        )
    of_one = [line for line in ours(lines) if line["payment"] == payment_id]
    assert "order_created" in {line["event"] for line in of_one}
    assert forgotten(of_one) == []
    assert named(of_one) == ids(world, cart)
    assert {line["payment"] for line in ours(lines)} == {payment_id, "gone"}
    assert not any(line.get("cart") for line in ours(lines) if line["payment"] == "gone")


@pytest.fixture(scope="module", params=["", "/pay"], ids=["at the root", "below a path"])
def served(
    request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gunicorn]:
    log: Path = tmp_path_factory.mktemp("access") / "log.jsonl"
    running = Gunicorn(sandbox, log=log, PUBLIC_URL=f"http://127.0.0.1:1{request.param}")
    running.start()
    yield running
    running.kill()


class TestTheAccessLine:
    """gunicorn writes it after the request has ended."""

    def test_it_names_them_and_shows_no_reference(self, served: Gunicorn, world: World) -> None:
        cart, buyer = world.cart(), Buyer(served)
        page = buyer.start(cart)
        world.pay(page.token, outcome="accepted")
        buyer.comes_back(page)
        served.call("GET", f"/pay/result/{page.ref}")
        wait_for(lambda: len(access_lines(served, cart)) >= 2)
        start, back = access_lines(served, cart)[:2]
        found = ids(world, cart)
        assert named([start]) == {name: found[name] for name in ("store", "cart", "payment")}
        assert named([back]) == found
        assert page.ref not in served.log.read_text()

    def test_a_probe_is_about_nothing(self, served: Gunicorn) -> None:
        served.call("GET", "/health")
        probes = [line for line in all_lines(served) if line.get("path") == "/health"]
        assert not any(line.get(name) for line in probes for name in NAMES)


def all_lines(served: Gunicorn) -> list[Line]:
    return [json.loads(line) for line in served.log.read_text().splitlines() if line.startswith("{")]


def access_lines(served: Gunicorn, cart: str) -> list[Line]:
    return [line for line in all_lines(served) if line["event"] == "access" and line.get("cart") == cart]
