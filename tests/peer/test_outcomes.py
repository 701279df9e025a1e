"""What else becomes of a payment: heard late, refused, pending, given back, cancelled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Buyer, landing_parameters
from tests.peer.peer_world import PeerWorld

pytestmark = pytest.mark.peer


def test_monexts_notification_alone_makes_the_order(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart("customer")
    page = buyer.start(cart)
    assert world.pay_and_notify(page.token) == ["200"]
    assert world.transactions(cart) == [("Charge", "Success", world.amount(cart))]
    assert len(world.orders(cart)) == 1


def test_a_second_notification_writes_nothing_to_the_payment(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay_and_notify(page.token)
    before, asked = world.payment(cart), world.payment_writes(cart)
    assert buyer.notification_arrives(page).status == 200
    assert world.payment(cart) == before
    assert world.payment_writes(cart) == asked
    assert len(world.orders(cart)) == 1


def test_a_refused_payment_can_be_tried_again(buyer: Buyer, world: PeerWorld, sandbox: Sandbox) -> None:
    cart = world.cart()
    refused = buyer.start(cart)
    world.pay(refused.token, outcome="refused")
    location = buyer.comes_back(refused).location
    assert location.startswith(f"{sandbox.shop_url}/cancelled?")
    assert landing_parameters(location)["status"] == "refused"
    assert world.orders(cart) == []
    again = buyer.start(cart)
    assert again.token != refused.token
    world.pay(again.token)
    assert landing_parameters(buyer.comes_back(again).location)["status"] == "paid"
    amount = world.amount(cart)
    assert world.transactions(cart) == [("Charge", "Failure", amount), ("Charge", "Success", amount)]
    assert len(world.orders(cart)) == 1


def test_a_pending_payment_is_ordered_once_it_is_accepted(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token, outcome="pending")
    assert buyer.comes_back(page).location == f"/result/{page.ref}"
    assert world.transactions(cart) == [("Charge", "Pending", world.amount(cart))]
    assert world.orders(cart) == []
    assert buyer.checkout(cart).location.startswith("/result/")
    world.resolve(page.token, "accepted")
    assert buyer.notification_arrives(page).status == 200
    assert world.transactions(cart) == [("Charge", "Success", world.amount(cart))]
    assert len(world.orders(cart)) == 1


def test_a_cart_that_grew_during_the_payment_gets_its_money_back(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart()
    paid = world.amount(cart)
    page = buyer.start(cart)
    world.add_one_item(cart)
    world.pay(page.token)
    assert buyer.comes_back(page).location == f"/result/{page.ref}"
    assert world.transactions(cart) == [("Charge", "Success", paid), ("Refund", "Success", paid)]
    assert world.payment(cart)["paymentStatus"]["interfaceCode"] == "AMOUNT_MISMATCH"
    assert [kind for kind, _, _ in world.ledger(page.token)] == ["AUTHORIZATION_AND_CAPTURE", "REFUND"]
    assert world.orders(cart) == []


def test_an_authorisation_of_another_amount_is_cancelled(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart("german-store")
    planned = world.amount(cart)
    page = buyer.start(cart)
    world.pay(page.token, amount=100)
    assert buyer.notification_arrives(page).status == 200
    assert world.transactions(cart) == [
        ("Authorization", "Failure", planned),
        ("Authorization", "Success", 100),
        ("CancelAuthorization", "Success", 100),
    ]
    assert [kind for kind, _, _ in world.ledger(page.token)] == ["AUTHORIZATION", "CANCEL"]
    assert world.orders(cart) == []


def test_a_buyer_who_cancels_goes_to_the_shop_and_may_come_back(
    buyer: Buyer, world: PeerWorld, sandbox: Sandbox
) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    location = buyer.cancels(page).location
    assert location.startswith(f"{sandbox.shop_url}/cancelled?")
    assert landing_parameters(location)["status"] == "cancelled"
    assert world.transactions(cart) == [("Charge", "Failure", world.amount(cart))]
    assert buyer.start(cart).token != page.token


def test_a_payment_that_went_through_is_kept_by_a_cancel(buyer: Buyer, world: PeerWorld) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token)
    assert landing_parameters(buyer.cancels(page).location)["status"] == "paid"
    assert len(world.orders(cart)) == 1


def test_twenty_notifications_at_once_give_the_money_back_once(buyer: Buyer, world: PeerWorld) -> None:
    """Each adds a transaction, as the mock compares versions only where an update changes something."""
    cart = world.cart("german-store")
    page = buyer.start(cart)
    world.pay(page.token, amount=100)
    with ThreadPoolExecutor(20) as everybody:
        answers = list(everybody.map(buyer.notification_arrives, [page] * 20))
    assert {answer.status for answer in answers} <= {200, 503}
    assert buyer.notification_arrives(page).status == 200
    assert [kind for kind, _, _ in world.ledger(page.token)] == ["AUTHORIZATION", "CANCEL"]
    assert [t[:2] for t in world.transactions(cart)] == [
        ("Authorization", "Failure"),
        ("Authorization", "Success"),
        ("CancelAuthorization", "Success"),
    ]


def test_another_payments_token_is_refused_and_changes_nothing(buyer: Buyer, world: PeerWorld) -> None:
    cheap, dear = world.cart("guest"), world.cart("customer")
    paid, open_page = buyer.start(cheap), buyer.start(dear)
    world.pay(paid.token)
    assert buyer.get(f"/return/{open_page.ref}?paylinetoken={paid.token}").status == 403
    assert world.transactions(dear)[0][1] == "Initial"
    assert world.orders(dear) == []
