"""The result of a payment after the shop has acted on it, and as a program reads it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, InProcess
from tests.web.back_office import EUR_10, BackOfficeClient, capture
from tests.web.paid_orders import PaidCart
from tests.web.rendered_pages import only_element, visible_text
from tests.world import World

AS_A_PROGRAM = {"Accept": "application/json"}


@pytest.fixture
def office(in_process: InProcess, world: World) -> BackOfficeClient:
    return BackOfficeClient(in_process, world.back_office_token())


def shown(buyer: Buyer, paid: PaidCart) -> Answer:
    return buyer.opens_result(paid.page, lang="en")


def test_authorisation_that_the_shop_cancelled_is_not_called_refused(
    world: World, buyer: Buyer, office: BackOfficeClient
) -> None:
    paid = PaidCart(world, buyer, "german-store")
    assert office.send_actions(paid.id, {"action": "cancelPayment"}).status == 200

    page = shown(buyer, paid).page
    assert only_element(page, "main [data-status]")["data-status"] == "cancelled"
    assert "the shop has cancelled it since" in visible_text(page)
    assert "Nothing has been taken." in visible_text(page)
    assert not page.select("#retry")


def test_paid_result_says_what_was_captured_and_not_all_that_was_reserved(
    world: World, buyer: Buyer, office: BackOfficeClient
) -> None:
    paid = PaidCart(world, buyer, "german-store")
    assert "Your payment of €554.90 is authorised." in shown(buyer, paid).visible_text
    assert office.send_actions(paid.id, capture(final=True)).status == 200

    assert "You have paid €10.00." in shown(buyer, paid).visible_text


def test_paid_result_says_what_was_refunded_of_it(
    world: World, buyer: Buyer, office: BackOfficeClient
) -> None:
    paid = PaidCart(world, buyer, "guest")
    assert not shown(buyer, paid).page.select("#refunded")
    assert office.send_actions(paid.id, {"action": "refundPayment", "amount": EUR_10}).status == 200

    told = shown(buyer, paid)
    assert "Refunded €10.00 Refunded on " in told.visible_text
    assert only_element(told.page, "#given-back-at time")["datetime"] == refunded_at(world, paid)


def test_result_says_what_a_refund_without_an_answer_will_give_back_beside_what_was_refunded(
    world: World, buyer: Buyer, office: BackOfficeClient
) -> None:
    paid = PaidCart(world, buyer, "guest")
    assert office.send_actions(paid.id, {"action": "refundPayment", "amount": EUR_10}).status == 200
    world.script_operation(act="refunds", outcome="pending")
    later = {"action": "refundPayment", "amount": {**EUR_10, "centAmount": 250}}
    assert office.send_actions(paid.id, later).status in (200, 202)

    told = shown(buyer, paid)
    assert "Refunded €10.00 Refunded on " in told.visible_text
    assert "Refund under way €2.50 Refund started on " in told.visible_text
    assert told.page.select("#refunding-since time")


def refunded_at(world: World, paid: PaidCart) -> str:
    """When the record says that the refund was done."""
    (refund,) = (t for t in world.payment(paid.cart)["transactions"] if t["type"] == "Refund")
    return datetime.fromisoformat(refund["timestamp"]).isoformat(timespec="seconds")


def chargeback(world: World, paid: PaidCart, amount: dict[str, Any]) -> None:
    transaction = {"type": "Chargeback", "amount": amount, "state": "Success"}
    version = world.payment(paid.cart)["version"]
    action = {"action": "addTransaction", "transaction": transaction}
    world.project.update(f"payments/{paid.id}", version=version, action=action)


def test_payment_that_was_refunded_since_says_so_wherever_it_is_opened_again(
    sandbox: Sandbox, world: World
) -> None:
    shop = {"RETURN_URL": "https://shop.example.com/thanks", "CANCEL_URL": "https://shop.example.com/cart"}
    bridge = InProcess(sandbox, variables=shop)
    buyer = Buyer(bridge)
    paid = PaidCart(world, buyer, "guest")
    refund = {"action": "reversePayment"}
    assert BackOfficeClient(bridge, world.back_office_token()).send_actions(paid.id, refund).status == 200

    assert buyer.comes_back(paid.page).location == f"/result/{paid.page.ref}"
    answer = buyer.opens_result(paid.page, lang="en")
    assert "Payment refunded" in answer.visible_text
    assert "All of it has been refunded." in answer.visible_text
    link = str(answer.page.find("a", id="shop")["href"])  # type: ignore[index]
    assert link.startswith("https://shop.example.com/cart?")
    assert "status=refunded" in link
    told = json.loads(buyer.get(f"/result/{paid.page.ref}", headers=AS_A_PROGRAM).text)
    assert (told["status"], "orderId" in told) == ("refunded", True)


def test_payment_that_was_refunded_before_there_was_an_order_is_refunded_too(
    buyer: Buyer, office: BackOfficeClient, world: World
) -> None:
    page = buyer.start(cart := world.cart())
    world.refuse_orders(cart, "InsufficientScope")
    world.pay(page.token, outcome="accepted")
    buyer.comes_back(page)
    assert office.send_actions(world.payment(cart)["id"], {"action": "reversePayment"}).status == 200

    told = buyer.opens_result(page, lang="en").visible_text
    assert "All of it has been refunded." in told
    assert "Refunded €134.90 Refunded on " in told


def test_payment_that_a_bank_took_back_stays_paid(world: World, buyer: Buyer) -> None:
    paid = PaidCart(world, buyer, "guest")
    chargeback(world, paid, world.payment(paid.cart)["amountPlanned"])

    assert json.loads(buyer.get(f"/result/{paid.page.ref}", headers=AS_A_PROGRAM).text)["status"] == "paid"


def test_reservation_that_was_released_is_not_called_money_returned(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart("german-store"))
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    buyer.comes_back(page)

    told = buyer.opens_result(page, lang="en")
    said = told.visible_text
    assert not told.page.select("#refunded")
    assert "Released on " in said
    assert "The reserved amount has been released" in said
    assert "Nothing was taken. This payment pays for no order" in said


def test_authorised_result_says_what_is_still_reserved(world: World, buyer: Buyer) -> None:
    paid = PaidCart(world, buyer, "german-store")
    part = {"type": "CancelAuthorization", "amount": EUR_10, "state": "Success"}
    version = world.payment(paid.cart)["version"]
    action = {"action": "addTransaction", "transaction": part}
    world.project.update(f"payments/{paid.id}", version=version, action=action)

    assert "Your payment of €544.90 is authorised." in shown(buyer, paid).visible_text


# --- as a program reads it


def test_program_reads_the_state_alone(world: World, buyer: Buyer) -> None:
    paid = PaidCart(world, buyer, "guest")
    answer = buyer.get(f"/result/{paid.page.ref}", headers=AS_A_PROGRAM)
    (order,) = world.orders(paid.cart)

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert json.loads(answer.text) == {
        "paymentReference": paid.id,
        "status": "paid",
        "orderId": order["id"],
        "orderNumber": order["orderNumber"],
    }


def test_program_that_looks_settles(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    world.pay(page.token, outcome="accepted")

    assert json.loads(buyer.get(f"/result/{page.ref}", headers=AS_A_PROGRAM).text)["status"] == "paid"
    assert len(world.orders(cart)) == 1


def test_program_reads_an_error_as_json(buyer: Buyer, world: World) -> None:
    page = buyer.start(world.cart())
    world.fault(remote="commercetools", path="/carts/", action="status", code=503, times=0)

    answer = buyer.get(f"/result/{page.ref}", headers=AS_A_PROGRAM)
    assert (answer.status, json.loads(answer.text)["statusCode"]) == (503, 503)


@pytest.mark.parametrize(
    "accept",
    ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", "", "text/html;q=0.9, application/json;q=0.1"],
)
def test_everybody_else_gets_the_page(accept: str, buyer: Buyer, world: World) -> None:
    page = buyer.start(world.cart())
    answer = buyer.get(f"/result/{page.ref}", headers={"Accept": accept})

    assert answer.headers["Content-Type"].startswith("text/html")


# --- ways on


@pytest.mark.parametrize("outcome", ["", "pending", "risk", "refused", "accepted"])
def test_every_result_leads_to_the_shop(outcome: str, buyer: Buyer, world: World, sandbox: Sandbox) -> None:
    page = buyer.start(world.cart())
    if outcome:
        world.pay(page.token, outcome=outcome)

    link = str(only_element(buyer.opens_result(page).page, "#shop")["href"])
    landing = {"refused": f"{sandbox.shop_url}/cancelled?", "accepted": f"{sandbox.shop_url}/thanks?"}
    assert link.startswith(landing.get(outcome, f"{sandbox.shop_url}/"))
    assert ("status=" in link) == (outcome in landing), "no hint where nothing is decided"
