"""What the fault campaign found, each reduced to the smallest script."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.rules import Capture, Refund, Reverse
from monext_bridge.errors import BridgeError
from monext_bridge.runtime import utc_now
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Scope
from sandbox.runner import Sandbox
from tests.actors import BACK_OFFICE
from tests.bridges import Buyer, InProcess, Page
from tests.services.paid_payments import a_paid_payment
from tests.world import World

KEY = "one-key-for-the-bridge-now-and-later"


def later(sandbox: Sandbox, **ahead: int) -> InProcess:
    return InProcess(sandbox, clock=lambda: utc_now() + timedelta(**ahead), SECRET_KEY=KEY)


@pytest.fixture
def bridge(sandbox: Sandbox) -> InProcess:
    return InProcess(sandbox, SECRET_KEY=KEY)


def reconciled(bridge: InProcess, payment: str, **scope: object) -> list[Finding]:
    findings: list[Finding] = []
    bridge.services.reconcile.run(Scope(**scope), tell=findings.append)  # type: ignore[arg-type]
    return [f for f in findings if f.payment_id == payment]


def recorded_without_order(bridge: InProcess, world: World) -> tuple[str, Page, PaymentId]:
    """Accepted and written down; the order is refused until the cart is out of trouble."""
    cart = world.cart("guest")
    page = Buyer(bridge).start(cart)
    world.pay(page.token, outcome="accepted")
    world.refuse_orders(cart, "General")
    Buyer(bridge).notification_arrives(page)
    return cart, page, PaymentId(world.payment(cart)["id"])


def test_an_order_made_from_a_reading_older_than_an_act_gets_its_state_in_the_end(
    bridge: InProcess, sandbox: Sandbox, world: World
) -> None:
    """The office refunds between the recorder's reading of the cart and its POST /orders."""
    cart, page, payment = recorded_without_order(bridge, world)
    world.refuse_orders(cart, None)
    services = bridge.services
    reference = services.references.read(page.ref)
    world.fault("monext", action="drop_after", method="POST", path="/refunds$")
    with pytest.raises(BridgeError):
        services.operations.perform(
            payment, Refund(Money(100, "EUR")), key="r-1", by=BACK_OFFICE
        )  # Initial: credit owed
    situation = services.buyer_events._read(reference)  # the recorder reads now ...
    world.reset()
    services.operations.perform(
        payment, Refund(Money(100, "EUR")), key="r-1", by=BACK_OFFICE
    )  # ... the refund ends, no order to tell
    services.buyer_events.outcome_recorder.record(
        reference, situation, outcome=None
    )  # ... the order is made of what was read
    reconciled(later(sandbox, hours=2), payment)
    assert world.orders(cart)[0]["paymentState"] == "Paid"


def test_a_state_that_could_not_be_written_is_written_though_the_order_was_shipped_since(
    bridge: InProcess, sandbox: Sandbox, world: World
) -> None:
    paid = a_paid_payment(bridge, world, situation="german-store")
    world.fault("commercetools", action="status", method="POST", path="/orders/", times=0, code=503)
    paid.capture(paid.total)
    world.reset()
    path = f"orders/{world.orders(paid.cart)[0]['id']}"
    version = world.project.get(path)["version"]
    world.project.update(
        path, version=version, action={"action": "changeShipmentState", "shipmentState": "Delivered"}
    )
    reconciled(later(sandbox, hours=2), paid.id)
    assert paid.order_state() == "Paid"


def test_what_an_open_refund_held_back_is_given_back_once_it_turns_out_never_to_have_happened(
    bridge: InProcess, sandbox: Sandbox, world: World
) -> None:
    cart, page, payment = recorded_without_order(bridge, world)
    world.fault("monext", action="drop_before", method="POST", path="/refunds$")
    with pytest.raises(BridgeError):
        bridge.services.operations.perform(payment, Refund(Money(100, "EUR")), key="r-1", by=BACK_OFFICE)
    world.refuse_orders(cart, "OutOfStock")
    Buyer(bridge).notification_arrives(page)  # flagged; all but the 1.00 of the open refund goes back
    tomorrow = later(sandbox, hours=2)
    for _ in range(3):
        reconciled(tomorrow, payment)
    total = world.payment(cart)["amountPlanned"]["centAmount"]
    back = sum(
        amount for kind, amount, status in world.ledger(page.token) if kind == "REFUND" and status == "OK"
    )
    assert back == total


def test_a_final_capture_is_not_taken_for_the_staffs_plain_one_of_the_same_amount(
    bridge: InProcess, sandbox: Sandbox, world: World
) -> None:
    paid = a_paid_payment(bridge, world, situation="german-store")
    world.fault("monext", action="drop_before", method="POST", path="/captures$")
    with pytest.raises(BridgeError):
        paid.capture(1000, final=True, key="f-1")  # never reached Monext
    world.reset()
    authorisation = world.payment(paid.cart)["transactions"][0]["interfaceId"]
    world.operate_at_monext(authorisation, "captures", amount=1000)
    later(sandbox, minutes=6).services.operations.perform(
        paid.id, Capture(Money(1000, "EUR"), final=True), key="f-1", by=BACK_OFFICE
    )
    released = [
        amount
        for kind, state, amount in paid.operations()
        if (kind, state) == ("CancelAuthorization", "Success")
    ]
    assert sum(released) == sum(amount for kind, amount, _ in paid.ledger() if kind in ("CANCEL", "RESET"))


def test_what_the_office_gave_back_before_there_was_an_order_ends(
    bridge: InProcess, sandbox: Sandbox, world: World
) -> None:
    cart = world.cart("guest")
    page = Buyer(bridge).start(cart)
    world.pay(page.token, outcome="accepted")
    world.refuse_orders(cart, "OutOfStock")
    world.fault("commercetools", action="status", method="POST", path="/orders$", code=503)
    Buyer(bridge).notification_arrives(page)  # recorded; the order failed for now
    payment = PaymentId(world.payment(cart)["id"])
    bridge.services.operations.perform(payment, Reverse(), key="r-1", by=BACK_OFFICE)
    found = reconciled(later(sandbox, hours=2), payment)
    assert [f for f in found if f.ending is FindingStatus.STUCK] == []
    assert Buyer(bridge).notification_arrives(page).status == 200


def test_a_return_that_monext_refuses_is_not_asked_for_again_by_its_notifications(
    bridge: InProcess, world: World
) -> None:
    cart = world.cart("guest")
    page = Buyer(bridge).start(cart)
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    world.script_operation(outcome="refused")
    Buyer(bridge).notification_arrives(page)
    assert Buyer(bridge).notification_arrives(page).status == 200
