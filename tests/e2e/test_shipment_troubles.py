"""What goes wrong while a shipped order is captured: done once all the same, or said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.operations.rules import Cancel
from monext_bridge.runtime import utc_now
from sandbox.runner import Sandbox
from tests.actors import BACK_OFFICE
from tests.bridges import InProcess
from tests.push_samples import message
from tests.shipped_orders import PATH, SECRET, AuthorisedOrder, order
from tests.world import World


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(sandbox, EVENTS_SECRET=SECRET)


@pytest.fixture
def ordered(bridge: InProcess, world: World) -> AuthorisedOrder:
    return order(world, bridge)


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
    ordered.set_shipment_state("Shipped")
    world.fault(remote, times=0, **rule)
    answer = ordered.deliver_message()
    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    world.reset()
    ahead = timedelta(minutes=6)
    assert ordered.deliver_message().status == 204
    assert [row for row in ordered.ledger if row[2] == "OK"] == [("CAPTURE", ordered.amount, "OK")]
    assert [state for state, _ in ordered.captures].count("Success") == 1
    assert ordered.state == "Paid"


def test_a_capture_of_unknown_fate_is_not_sent_again_at_once(ordered: AuthorisedOrder) -> None:
    ordered.set_shipment_state("Shipped")
    ordered.world.fault("monext", action="status", code=500, method="POST", path="/captures$", times=0)
    assert [ordered.deliver_message().status for _ in range(3)] == [503] * 3
    sent = [call for call in ordered.world.calls("monext") if call["path"].endswith("/captures")]
    assert len(sent) == 1


def test_a_cancel_of_unknown_fate_is_waited_for(bridge: InProcess, ordered: AuthorisedOrder) -> None:
    ordered.world.fault("monext", action="status", code=500, method="POST", path="/cancels$")
    with pytest.raises(Exception, match="not known yet"):
        bridge.services.operations.perform(ordered.payment_id, Cancel(), key="by-hand", by=BACK_OFFICE)
    ordered.set_shipment_state("Shipped")
    assert ordered.deliver_message().status == 503
    assert ordered.ledger == []


def test_an_authorisation_of_more_than_seven_days_is_not_asked_for_ever(
    sandbox: Sandbox, world: World
) -> None:
    ordered = order(world, InProcess(sandbox, EVENTS_SECRET=SECRET))
    ordered.set_shipment_state("Shipped")
    later = InProcess(sandbox, clock=lambda: utc_now() + timedelta(days=8), EVENTS_SECRET=SECRET)
    assert ordered.deliver_message(bridge=later).status == 204
    assert ordered.ledger == []


def test_with_late_capture_it_is_captured_after_seven_days(sandbox: Sandbox, world: World) -> None:
    ordered = order(world, InProcess(sandbox, EVENTS_SECRET=SECRET))
    ordered.set_shipment_state("Shipped")
    world.advance_monext_clock(8 * 24 * 3600)
    later = InProcess(
        sandbox, clock=lambda: utc_now() + timedelta(days=8), EVENTS_SECRET=SECRET, LATE_CAPTURE="on"
    )
    try:
        assert ordered.deliver_message(bridge=later).status == 204
    finally:
        world.advance_monext_clock(-8 * 24 * 3600)
    assert [state for state, _ in ordered.captures] == ["Success"]


def test_one_order_that_fails_does_not_keep_another_from_being_captured(
    bridge: InProcess, world: World
) -> None:
    first, second = order(world, bridge), order(world, bridge)
    for each in (first, second):
        each.set_shipment_state("Shipped")
    world.fault("commercetools", action="status", code=503, path=f"/orders/{first.order_id}", times=0)
    batch = [message(first.order_id), message(second.order_id)]
    assert bridge.call("POST", PATH, json=batch).status == 503
    assert second.captures == [("Success", second.amount)]
    world.reset()
    assert bridge.call("POST", PATH, json=batch).status == 204
    assert first.captures == [("Success", first.amount)]
