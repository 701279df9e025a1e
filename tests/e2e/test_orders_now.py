"""Orders as they are now: edited, cancelled, charged back, parted from their payment, and carts with other money."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from monext_bridge.domain.operations import Capture, Refund, Reverse
from monext_bridge.domain.reconciliation import FollowUp
from monext_bridge.errors import Conflict
from sandbox.runner import Sandbox
from tests.actors import BACK_OFFICE
from tests.bridges import Buyer, InProcess
from tests.services.reconciling import ReconciliationTester, ShiftedClock
from tests.shipped_orders import CAPTURED_ON_SHIPMENT, SECRET, AuthorisedOrder, order
from tests.world import World, wait_for


@pytest.fixture(scope="module")
def clock() -> ShiftedClock:
    return ShiftedClock()


@pytest.fixture(scope="module")
def bridge(sandbox: Sandbox, clock: ShiftedClock) -> InProcess:
    return InProcess(sandbox, clock=clock, EVENTS_SECRET=SECRET)


@pytest.fixture(autouse=True)
def reconciliation(bridge: InProcess, clock: ShiftedClock, world: World) -> ReconciliationTester:
    return ReconciliationTester(bridge, clock, world)


@pytest.fixture
def ordered(bridge: InProcess, world: World) -> AuthorisedOrder:
    return order(world, bridge)


def shipped(ordered: AuthorisedOrder) -> None:
    ordered.set_shipment_state("Shipped")
    assert ordered.deliver_message().status == 204


def follow_ups(reconciliation: ReconciliationTester, cart: str) -> set[FollowUp]:
    reconciliation.carts.append(cart)
    return {need for need, _ in reconciliation.found()}


def test_an_order_that_was_lowered_is_captured_for_what_it_costs_now(ordered: AuthorisedOrder) -> None:
    ordered.world.edit_order(ordered.order_id, total=10000)
    shipped(ordered)
    rest = ordered.amount - 10000
    assert ordered.captures == [("Success", 10000)]
    assert ordered.ledger == [("CAPTURE", 10000, "OK"), ("RESET", rest, "OK")]
    assert ordered.world.transactions(ordered.cart)[-1] == ("CancelAuthorization", "Success", rest)
    assert ordered.state == "Paid"


def test_what_was_captured_by_hand_is_not_owed_again(
    ordered: AuthorisedOrder, bridge: InProcess, reconciliation: ReconciliationTester
) -> None:
    ordered.world.edit_order(ordered.order_id, total=10000)
    office = bridge.services.operations
    office.perform(ordered.payment_id, Capture(ordered.money(10000)), key="by-hand", by=BACK_OFFICE)
    shipped(ordered)
    assert ordered.captures == [("Success", 10000)]
    assert FollowUp.AMOUNTS not in follow_ups(reconciliation, ordered.cart)


def test_what_is_captured_by_hand_between_reading_and_capture_is_not_owed_again(
    ordered: AuthorisedOrder, bridge: InProcess
) -> None:
    ordered.world.edit_order(ordered.order_id, total=10000)
    ordered.set_shipment_state("Shipped")
    reading = f"/payments/{ordered.payment_id}$"
    ordered.world.fault("commercetools", action="delay", seconds=2, method="GET", path=reading, times=1)
    ordered.world.forget_calls()
    with ThreadPoolExecutor(1) as shipment:
        answer = shipment.submit(ordered.deliver_message)
        wait_for(lambda: any(ordered.payment_id in c["path"] for c in ordered.world.calls("commercetools")))
        by_hand = Capture(ordered.money(10000))
        bridge.services.operations.perform(ordered.payment_id, by_hand, by=BACK_OFFICE, key="by-hand")
    assert answer.result().status == 204
    assert ordered.captures == [("Success", 10000)]


def test_an_order_that_was_raised_is_captured_for_all_there_is_and_reported(
    ordered: AuthorisedOrder, reconciliation: ReconciliationTester
) -> None:
    ordered.world.edit_order(ordered.order_id, total=99900)
    shipped(ordered)
    assert ordered.captures == [("Success", ordered.amount)]
    assert ordered.state == "BalanceDue"
    assert FollowUp.AMOUNTS in follow_ups(reconciliation, ordered.cart)


def test_an_order_that_was_lowered_after_its_capture_is_reported_until_the_rest_is_refunded(
    ordered: AuthorisedOrder, bridge: InProcess, reconciliation: ReconciliationTester
) -> None:
    shipped(ordered)
    ordered.world.edit_order(ordered.order_id, total=10000)
    assert FollowUp.AMOUNTS in follow_ups(reconciliation, ordered.cart)
    rest = ordered.money(ordered.amount - 10000)
    bridge.services.operations.perform(ordered.payment_id, Refund(rest), key="rest", by=BACK_OFFICE)
    assert FollowUp.AMOUNTS not in follow_ups(reconciliation, ordered.cart)


def test_an_order_that_was_raised_after_its_capture_reads_what_it_owes_and_paid_again_once_it_is_lowered(
    ordered: AuthorisedOrder, reconciliation: ReconciliationTester
) -> None:
    shipped(ordered)
    for total, state in ((99900, "BalanceDue"), (ordered.amount, "Paid")):
        ordered.world.edit_order(ordered.order_id, total=total)
        follow_ups(reconciliation, ordered.cart)
        assert ordered.state == state


def test_a_cancelled_order_is_not_captured(
    ordered: AuthorisedOrder, caplog: pytest.LogCaptureFixture
) -> None:
    ordered.world.cancel_order(ordered.order_id)
    shipped(ordered)
    assert (ordered.captures, ordered.ledger) == ([], [])
    assert "cancelled_order_shipped" in caplog.text


def test_a_cancelled_order_is_released_where_the_setting_says_so(sandbox: Sandbox, world: World) -> None:
    bridge = InProcess(sandbox, EVENTS_SECRET=SECRET, RELEASE_ON_CANCELLATION="on")
    ordered = order(world, bridge)
    world.cancel_order(ordered.order_id)
    for _ in range(2):
        assert ordered.deliver_message().status == 204
    assert ordered.ledger == [("CANCEL", ordered.amount, "OK")]
    assert world.transactions(ordered.cart)[-1] == ("CancelAuthorization", "Success", ordered.amount)
    assert ordered.state == "Failed"


def test_a_release_never_refunds(sandbox: Sandbox, world: World) -> None:
    bridge = InProcess(sandbox, EVENTS_SECRET=SECRET, RELEASE_ON_CANCELLATION="on")
    ordered = order(world, bridge)
    shipped(ordered)
    world.cancel_order(ordered.order_id)
    assert ordered.deliver_message().status == 204
    assert ordered.ledger == [("CAPTURE", ordered.amount, "OK")]


def test_what_a_chargeback_took_can_not_be_refunded_again(
    buyer: Buyer, world: World, in_process: InProcess
) -> None:
    page = buyer.start(cart := world.cart())
    world.pay(page.token, outcome="accepted")
    buyer.comes_back(page)
    payment = world.payment(cart)
    world.charge_back(payment["id"])
    operations = in_process.services.operations
    amount = operations.payment(payment["id"]).planned
    for operation in (Refund(amount), Refund(amount.with_amount(1)), Reverse()):
        with pytest.raises(Conflict):
            operations.perform(payment["id"], operation, by=BACK_OFFICE)
    assert [kind for kind, _, _ in world.ledger(page.token)] == ["AUTHORIZATION_AND_CAPTURE"]


def test_a_payment_that_left_its_cart_is_put_there_again_before_the_order(
    bridge: InProcess, world: World
) -> None:
    buyer = Buyer(bridge)
    page = buyer.start(cart := world.cart(CAPTURED_ON_SHIPMENT))
    (payment,) = world.payments(cart)
    world.take_off_cart(cart, payment["id"])
    world.pay(page.token, outcome="accepted")
    assert buyer.comes_back(page).status == 303
    (made,) = world.orders(cart)
    assert [p["id"] for p in made["paymentInfo"]["payments"]] == [payment["id"]]


def test_a_payment_that_another_process_has_put_back_and_ordered_meanwhile_is_kept(
    bridge: InProcess, world: World
) -> None:
    page = Buyer(bridge).start(cart := world.cart())
    (payment,) = world.payments(cart)
    world.take_off_cart(cart, payment["id"])
    world.pay(page.token, outcome="accepted")
    world.forget_calls()
    world.fault("commercetools", action="delay", seconds=3, method="GET", path="/carts$", times=1)
    with ThreadPoolExecutor(1) as slow:
        answer = slow.submit(Buyer(bridge).notification_arrives, page)
        wait_for(lambda: any(c["path"].endswith("/carts") for c in world.calls("commercetools")))
        assert Buyer(bridge).comes_back(page).status == 303
    assert answer.result().status == 200
    assert len(world.orders(cart)) == 1
    assert world.transactions(cart) == [("Charge", "Success", payment["amountPlanned"]["centAmount"])]


def test_a_payment_that_is_on_another_cart_now_goes_back(bridge: InProcess, world: World) -> None:
    buyer = Buyer(bridge)
    page = buyer.start(cart := world.cart())
    (payment,) = world.payments(cart)
    world.take_off_cart(cart, payment["id"])
    other = world.cart()
    world.change(other, action="addPayment", payment={"typeId": "payment", "id": payment["id"]})
    world.pay(page.token, outcome="accepted")
    assert buyer.comes_back(page).location == f"/result/{page.ref}"
    found = world.project.get(f"payments/{payment['id']}")
    assert found["paymentStatus"]["interfaceCode"] == "ORDER_REFUSED"
    assert [t["type"] for t in found["transactions"]] == ["Charge", "Refund"]


def test_a_shipment_finds_the_payment_that_its_order_has_lost(ordered: AuthorisedOrder) -> None:
    lose_payment(ordered)
    shipped(ordered)
    charge = ordered.world.project.get(f"payments/{ordered.payment_id}")["transactions"][-1]
    assert (charge["type"], charge["state"]) == ("Charge", "Success")
    assert named_payments(ordered) == [ordered.payment_id]


def test_a_lost_payment_is_named_again_though_others_write_to_the_order(ordered: AuthorisedOrder) -> None:
    ordered.set_shipment_state("Shipped")
    lose_payment(ordered)
    refused = {
        "statusCode": 409,
        "message": "Version mismatch.",
        "errors": [{"code": "ConcurrentModification"}],
    }
    ordered.world.fault(
        "commercetools", action="status", code=409, body=refused, method="POST", path="/orders/"
    )
    assert ordered.deliver_message().status == 204
    assert named_payments(ordered) == [ordered.payment_id]


def test_reconciliation_finds_an_order_that_has_lost_its_payment(
    ordered: AuthorisedOrder, reconciliation: ReconciliationTester
) -> None:
    lose_payment(ordered)
    reconciliation.run()
    assert named_payments(ordered) == [ordered.payment_id]


def lose_payment(ordered: AuthorisedOrder) -> None:
    path = f"orders/{ordered.order_id}"
    version = ordered.world.project.get(path)["version"]
    payment = {"typeId": "payment", "id": ordered.payment_id}
    action = {"action": "removePayment", "payment": payment}
    ordered.world.project.update(path, version=version, action=action)


def named_payments(ordered: AuthorisedOrder) -> list[str]:
    found = ordered.world.project.get(f"orders/{ordered.order_id}")
    return [payment["id"] for payment in found.get("paymentInfo", {}).get("payments", ())]


@pytest.mark.parametrize("order_creation", ["on", "off"])
def test_money_that_comes_for_a_cancelled_order_goes_back(
    order_creation: str, sandbox: Sandbox, world: World
) -> None:
    bridge = InProcess(sandbox, ORDER_CREATION=order_creation)
    buyer = Buyer(bridge)
    page = buyer.start(cart := world.cart())
    placed = order_by_the_shop(world, cart)
    world.cancel_order(placed)
    world.pay(page.token, outcome="accepted")
    assert buyer.comes_back(page).location == f"/result/{page.ref}"
    payment = world.project.get(f"orders/{placed}?expand=paymentInfo.payments[*]")
    (listed,) = payment["paymentInfo"]["payments"]
    found = world.project.get(f"payments/{listed['id']}")
    assert found["paymentStatus"]["interfaceCode"] == "ORDER_REFUSED"
    assert [t["type"] for t in found["transactions"]] == ["Charge", "Refund"]


@pytest.mark.parametrize("order_creation", ["on", "off"])
def test_money_that_comes_for_an_order_of_the_shop_is_kept(
    order_creation: str, sandbox: Sandbox, world: World
) -> None:
    bridge = InProcess(sandbox, ORDER_CREATION=order_creation)
    buyer = Buyer(bridge)
    page = buyer.start(cart := world.cart())
    placed = order_by_the_shop(world, cart)
    world.pay(page.token, outcome="accepted")
    assert buyer.comes_back(page).status == 303
    (listed,) = world.project.get(f"orders/{placed}")["paymentInfo"]["payments"]
    found = world.project.get(f"payments/{listed['id']}")
    assert [(t["type"], t["state"]) for t in found["transactions"]] == [("Charge", "Success")]


def order_by_the_shop(world: World, cart: str) -> str:
    version = world.project.get(f"carts/{cart}")["version"]
    draft = {"cart": {"typeId": "cart", "id": cart}, "version": version, "orderNumber": f"S-{cart[:8]}"}
    return str(world.project.create("orders", draft=draft)["id"])


def test_money_of_another_currency_pays_for_nothing_of_the_cart_and_an_operator_hears_of_it(
    buyer: Buyer, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    cart = world.cart()
    total = world.project.get(f"carts/{cart}")["totalPrice"]["centAmount"]
    world.hold_by_another_interface(cart, amount=3000, currency="JPY")
    page = buyer.start(cart)
    assert world.session_request(page.token)["order"]["amount"] >= total
    assert [r.getMessage() for r in caplog.records].count("other_currency_held") == 1
