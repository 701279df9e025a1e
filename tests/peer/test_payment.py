"""A payment from its page to its order, with somebody else's reading of commercetools."""

from __future__ import annotations

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn, landing_parameters
from tests.peer.hosted_page import pay_by_card
from tests.peer.peer_world import PeerWorld

pytestmark = pytest.mark.peer


def test_a_card_paid_on_the_hosted_page_leads_through_the_bridge_to_the_shop(
    bridge: Gunicorn, buyer: Buyer, world: PeerWorld
) -> None:
    cart = world.cart("customer")
    world.hold_notifications()
    link = buyer.checkout(cart, mode="redirect").page.find("a", id="continue")
    back = pay_by_card(str(link["href"]))  # type: ignore[index]
    assert back.startswith(f"{bridge.url}/return/")
    assert landing_parameters(buyer.get(back.removeprefix(bridge.url)).location)["status"] == "paid"
    assert len(world.orders(cart)) == 1
    (token,) = world.sessions_of(cart)
    assert world.deliver(token) == [], "Monext notified about a result that the return had read"


@pytest.mark.parametrize("situation", ["guest", "customer"])
def test_an_accepted_payment_becomes_a_paid_order(situation: str, buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart(situation)
    page = buyer.start(cart)
    world.pay(page.token)
    assert landing_parameters(buyer.comes_back(page).location)["status"] == "paid"
    assert world.transactions(cart) == [("Charge", "Success", world.amount(cart))]
    assert len(world.orders(cart)) == 1
    assert world.requested_order_states(cart) == ["Paid"]


def test_the_shop_hears_the_payment_and_its_order(buyer: Buyer, world: PeerWorld, sandbox: Sandbox) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token)
    location = buyer.comes_back(page).location
    (order,) = world.orders(cart)
    assert location.startswith(f"{sandbox.shop_url}/thanks?")
    assert landing_parameters(location) == {
        "paymentReference": world.payment(cart)["id"],
        "status": "paid",
        "orderId": order["id"],
        "orderNumber": order["orderNumber"],
    }


def test_an_order_without_a_payment_state_gets_the_right_one(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token)
    buyer.comes_back(page)
    assert buyer.notification_arrives(page).status == 200
    assert world.orders(cart)[0]["paymentState"] == "Paid"


def test_a_store_that_captures_on_shipment_gets_an_authorisation(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart("german-store")
    page = buyer.start(cart)
    assert world.session_request(page.token)["payment"]["capture"] == "MANUAL"
    world.pay(page.token)
    assert landing_parameters(buyer.comes_back(page).location)["status"] == "authorized"
    assert world.transactions(cart) == [("Authorization", "Success", world.amount(cart))]
    assert world.requested_order_states(cart) == ["Pending"]


def test_monext_is_asked_for_what_the_cart_costs(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart("customer")
    asked = world.session_request(buyer.start(cart).token)
    assert asked["order"]["amount"] == asked["payment"]["amount"] == world.amount(cart) == 11450
    assert [(item["reference"], item["price"]) for item in asked["order"]["items"]] == [
        ("CHAIR", 10600),
        ("gift-wrap", 350),
    ]
    assert asked["delivery"]["charge"] == 500
    assert asked["buyer"]["lastName"] == "Dupont"


def test_the_record_stands_before_the_buyer_sees_a_session(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    payment = world.payment(cart)
    (planned,) = payment["transactions"]
    assert payment["interfaceId"] == planned["interactionId"] == page.token
    assert (planned["type"], planned["state"]) == ("Charge", "Initial")
    assert payment["amountPlanned"]["centAmount"] == world.amount(cart)
    assert payment["key"].startswith(f"{cart}-1-")


def test_the_record_holds_what_monext_said(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token)
    buyer.comes_back(page)
    payment = world.payment(cart)
    (row,) = [t for t in world.monext()["transactions"] if t["token"] == page.token]
    assert payment["transactions"][0]["interfaceId"] == row["id"]
    assert payment["paymentMethodInfo"]["method"] == "CB"
    assert payment["paymentStatus"]["interfaceCode"] == "00000"


def test_a_reload_shows_the_same_session(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart()
    first, again = buyer.start(cart), buyer.start(cart)
    assert (again.token, again.ref) == (first.token, first.ref)
    assert len(world.payments(cart)) == len(world.sessions_of(cart)) == 1


def test_a_changed_cart_gets_a_new_session(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart()
    first = buyer.start(cart)
    world.add_one_item(cart)
    second = buyer.start(cart)
    assert second.token != first.token
    assert world.session_request(second.token)["order"]["amount"] == world.amount(cart)
    assert len(world.payments(cart)) == 2


def test_a_frozen_cart_is_paid_like_an_active_one(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart()
    world.change(cart, action="freezeCart")
    page = buyer.start(cart)
    world.pay(page.token)
    assert landing_parameters(buyer.comes_back(page).location)["status"] == "paid"


def test_a_paid_cart_takes_no_second_payment(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token)
    buyer.comes_back(page)
    again = buyer.checkout(cart)
    assert (again.status, again.location.split("/")[1]) == (303, "result")
    assert len(world.payments(cart)) == 1


def test_an_unknown_cart_is_not_found(buyer: Buyer) -> None:
    assert buyer.checkout("11111111-2222-4333-8444-555555555555").status == 404


def test_the_bridge_finds_itself_ready(buyer: Buyer) -> None:
    assert buyer.get("/ready").status == 200
