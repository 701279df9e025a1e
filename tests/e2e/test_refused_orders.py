"""Orders that commercetools refuses for a reason of the cart: tried again, then given back, and not too often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monext_bridge.runtime import utc_now
from monext_bridge.services.reconciliation import Finding, FindingStatus, Scope
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess, Page
from tests.log_lines import captured_logs
from tests.world import World

KEPT, GIVEN_BACK = [("Charge", "Success")], [("Charge", "Success"), ("Refund", "Success")]


class Bridge(InProcess):
    """A bridge whose clock is put forward. Each has the memory of a process of its own."""

    def __init__(self, sandbox: Sandbox, **variables: str) -> None:
        self.ahead = timedelta()
        super().__init__(sandbox, clock=lambda: utc_now() + self.ahead, variables=variables)

    def reconciled(self) -> list[Finding]:
        found: list[Finding] = []
        self.services.reconcile.run(Scope(older_than=timedelta(0)), tell=found.append)
        return found


@pytest.fixture(autouse=True)
def _nothing_of_another_test(sandbox: Sandbox) -> None:
    """What went back in the last hour counts."""
    sandbox.reset()


@pytest.fixture
def bridge(sandbox: Sandbox) -> Bridge:
    return Bridge(sandbox)


def paid(
    bridge: InProcess, world: World, *, code: str = "InvalidOperation", situation: str = "guest"
) -> tuple[str, Page]:
    """A cart that is paid at Monext, and whose order is refused."""
    page = Buyer(bridge).start(cart := world.cart(situation))
    world.refuse_orders(cart, code)
    world.pay(page.token, outcome="accepted")
    return cart, page


def states(world: World, cart: str) -> list[tuple[str, str]]:
    return [(kind, state) for kind, state, _ in world.transactions(cart)]


@pytest.mark.parametrize(
    "code", ["InvalidOperation", "InvalidInput", "CountryNotConfiguredInStore", "SomethingNew"]
)
def test_the_money_is_kept_for_an_hour_and_then_goes_back(code: str, bridge: Bridge, world: World) -> None:
    cart, page = paid(bridge, world, code=code)
    buyer = Buyer(bridge)
    assert buyer.notification_arrives(page).status == 503
    bridge.ahead = timedelta(minutes=58)
    assert buyer.notification_arrives(page).status == 503
    assert states(world, cart) == KEPT
    bridge.ahead = timedelta(minutes=61)
    assert buyer.notification_arrives(page).status == 200
    assert states(world, cart) == GIVEN_BACK
    status = world.payment(cart)["paymentStatus"]
    assert status["interfaceCode"] == "ORDER_REFUSED"
    assert status["interfaceText"].startswith(f"commercetools kept refusing the order: {code}")


def test_an_order_that_can_be_made_meanwhile_is_made(bridge: Bridge, world: World) -> None:
    cart, page = paid(bridge, world)
    assert Buyer(bridge).notification_arrives(page).status == 503
    world.refuse_orders(cart, None)
    assert Buyer(bridge).notification_arrives(page).status == 200
    assert (states(world, cart), len(world.orders(cart))) == (KEPT, 1)


def test_without_a_time_to_wait_it_goes_back_at_once(sandbox: Sandbox, world: World) -> None:
    bridge = Bridge(sandbox, ORDER_REFUSED_AFTER="0")
    cart, page = paid(bridge, world)
    assert Buyer(bridge).notification_arrives(page).status == 200
    assert states(world, cart) == GIVEN_BACK


@pytest.mark.parametrize(
    "code", ["InvalidJsonInput", "RequiredField", "ExtensionNoResponse", "InsufficientScope", "General"]
)
def test_what_is_about_us_never_gives_money_back(code: str, bridge: Bridge, world: World) -> None:
    cart, page = paid(bridge, world, code=code)
    bridge.ahead = timedelta(days=2)
    assert Buyer(bridge).notification_arrives(page).status == 503
    assert states(world, cart) == KEPT


def test_with_orders_by_the_shop_nothing_is_tried_and_nothing_goes_back(
    sandbox: Sandbox, world: World
) -> None:
    bridge = Bridge(sandbox, ORDER_CREATION="off", ORDER_REFUSED_AFTER="0")
    cart, page = paid(bridge, world)
    assert Buyer(bridge).notification_arrives(page).status == 200
    assert states(world, cart) == KEPT


def test_reconciliation_says_why_it_waits_and_ends_it(bridge: Bridge, world: World) -> None:
    cart, page = paid(bridge, world)
    Buyer(bridge).notification_arrives(page)
    payment = world.payment(cart)["id"]
    (waiting,) = [f for f in bridge.reconciled() if f.payment_id == payment]
    assert (waiting.need, waiting.ending) == ("no_order", FindingStatus.WAITING)
    assert "InvalidOperation; tried again until " in waiting.detail
    bridge.ahead = timedelta(minutes=61)
    (ended,) = [f for f in bridge.reconciled() if f.payment_id == payment]
    assert (ended.ending, ended.detail) == (FindingStatus.FINISHED, "paid → returned")
    assert states(world, cart) == GIVEN_BACK


def refuse(bridge: InProcess, world: World, *, situation: str = "guest") -> str:
    """A cart whose order is refused when its payment is recorded."""
    cart, page = paid(bridge, world, situation=situation)
    Buyer(bridge).notification_arrives(page)
    return cart


def at_once(sandbox: Sandbox) -> Bridge:
    return Bridge(sandbox, ORDER_REFUSED_AFTER="0")


def test_the_fourth_of_an_hour_is_held_in_every_process_and_said(sandbox: Sandbox, world: World) -> None:
    carts = [refuse(at_once(sandbox), world) for _ in range(3)]
    assert [states(world, cart) for cart in carts] == [GIVEN_BACK] * 3
    bridge = at_once(sandbox)
    with captured_logs() as lines:
        held = refuse(bridge, world)
    payment = world.payment(held)["id"]
    assert states(world, held) == KEPT
    (line,) = lines.of("refused_order_held")
    assert (line["level"], line["payment"], line["store"], line["code"]) == (
        "ERROR",
        payment,
        "fr-store",
        "InvalidOperation",
    )
    (finding,) = [f for f in bridge.reconciled() if f.payment_id == payment]
    assert finding.ending is FindingStatus.STUCK
    assert "its money is held, because 3 payments" in finding.detail


def test_another_store_is_not_held(sandbox: Sandbox, world: World) -> None:
    for _ in range(3):
        refuse(at_once(sandbox), world)
    cart = refuse(at_once(sandbox), world, situation="german-store")
    assert states(world, cart) == [("Authorization", "Success"), ("CancelAuthorization", "Success")]


def test_a_certain_reason_is_neither_held_nor_counted(sandbox: Sandbox, world: World) -> None:
    for _ in range(4):
        cart, page = paid(bridge := at_once(sandbox), world, code="OutOfStock")
        Buyer(bridge).notification_arrives(page)
        assert states(world, cart) == GIVEN_BACK
    assert states(world, refuse(at_once(sandbox), world)) == GIVEN_BACK


def test_what_is_held_goes_back_once_an_order_of_the_store_was_made(sandbox: Sandbox, world: World) -> None:
    for _ in range(3):
        refuse(at_once(sandbox), world)
    bridge = at_once(sandbox)
    held = refuse(bridge, world)
    page = Buyer(bridge).start(world.cart("german-store"))
    world.pay(page.token, outcome="accepted")
    assert Buyer(bridge).notification_arrives(page).status == 200
    bridge.reconciled()
    assert states(world, held) == KEPT
    page = Buyer(bridge).start(world.cart())
    world.pay(page.token, outcome="accepted")
    assert Buyer(bridge).notification_arrives(page).status == 200
    bridge.reconciled()
    assert states(world, held) == GIVEN_BACK


def test_an_order_of_others_does_not_end_it(sandbox: Sandbox, world: World) -> None:
    for _ in range(3):
        refuse(at_once(sandbox), world)
    other = world.cart()
    version = world.project.get(f"carts/{other}")["version"]
    world.project.create("orders", draft={"cart": {"typeId": "cart", "id": other}, "version": version})
    assert states(world, refuse(at_once(sandbox), world)) == KEPT


def test_what_is_held_goes_back_after_the_hour(sandbox: Sandbox, world: World) -> None:
    for _ in range(3):
        refuse(at_once(sandbox), world)
    bridge = at_once(sandbox)
    held = refuse(bridge, world)
    bridge.ahead = timedelta(minutes=61)
    bridge.reconciled()
    assert states(world, held) == GIVEN_BACK


def test_many_that_are_due_at_the_same_moment_are_held_but_for_three(sandbox: Sandbox, world: World) -> None:
    bridge = Bridge(sandbox)
    carts = [refuse(bridge, world) for _ in range(8)]
    bridge.ahead = timedelta(minutes=61)
    findings = bridge.reconciled()
    assert sorted(states(world, cart) == GIVEN_BACK for cart in carts) == [False] * 5 + [True] * 3
    assert sorted(f.ending.value for f in findings) == ["finished"] * 3 + ["stuck"] * 5
