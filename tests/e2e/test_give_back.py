"""Money that must not be kept goes back, once, and the buyer is told the truth."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.outcome.order_refusals import KIND_OF_CODE, RefusalKind
from monext_bridge.runtime import utc_now
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.world import World


def returned(world: World, cart: str) -> list[tuple[str, str]]:
    return [(kind, state) for kind, state, _ in world.transactions(cart)]


def test_a_cart_that_grew_during_the_payment_is_not_ordered(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    assert buyer.comes_back(page).location == f"/result/{page.ref}"
    assert returned(world, cart) == [("Charge", "Success"), ("Refund", "Success")]
    assert world.payment(cart)["paymentStatus"]["interfaceCode"] == "AMOUNT_MISMATCH"
    assert world.orders(cart) == []
    amount = world.payment(cart)["amountPlanned"]["centAmount"]
    assert world.ledger(page.token) == [("AUTHORIZATION_AND_CAPTURE", amount, "OK"), ("REFUND", amount, "OK")]


def test_an_authorisation_is_cancelled(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart("german-store"))
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    assert buyer.notification_arrives(page).status == 200
    assert returned(world, cart) == [("Authorization", "Success"), ("CancelAuthorization", "Success")]
    assert [kind for kind, _, _ in world.ledger(page.token)] == ["AUTHORIZATION", "CANCEL"]


@pytest.mark.parametrize("how", [{"amount": 100}, {"currency": "USD"}], ids=["amount", "currency"])
def test_another_amount_or_currency_than_asked_goes_back(
    how: dict[str, Any], buyer: Buyer, world: World
) -> None:
    page = buyer.start(cart := world.cart())
    world.pay(page.token, outcome="accepted", **how)
    assert buyer.notification_arrives(page).status == 200
    assert returned(world, cart) == [("Charge", "Failure"), ("Charge", "Success"), ("Refund", "Success")]
    assert world.orders(cart) == []


def test_the_buyer_reads_that_the_money_comes_back_and_may_go_on(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    buyer.comes_back(page)
    links = [str(a["href"]) for a in buyer.opens_result(page).page.find_all("a", href=True)]
    assert any("status=returned" in link for link in links)
    again = buyer.start(cart)
    world.pay(again.token, outcome="accepted")
    buyer.comes_back(again)
    assert len(world.orders(cart)) == 1


@pytest.mark.parametrize("code", [code for code, kind in KIND_OF_CODE.items() if kind is RefusalKind.CERTAIN])
def test_an_order_that_is_refused_for_good_gives_the_money_back(
    code: str, buyer: Buyer, world: World
) -> None:
    page = buyer.start(cart := world.cart())
    world.refuse_orders(cart, code)
    world.pay(page.token, outcome="accepted")
    assert buyer.notification_arrives(page).status == 200
    assert returned(world, cart) == [("Charge", "Success"), ("Refund", "Success")]
    assert world.payment(cart)["paymentStatus"]["interfaceCode"] == "ORDER_REFUSED"


@pytest.mark.parametrize("code", ["InsufficientScope", "SomethingNew"])
def test_any_other_refusal_keeps_the_money_and_is_tried_again(code: str, buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    body = {"statusCode": 400, "message": "no", "errors": [{"code": code, "message": "no"}]}
    world.fault("commercetools", action="status", code=400, body=body, method="POST", path="/orders$")
    world.pay(page.token, outcome="accepted")
    assert buyer.notification_arrives(page).status == 503
    assert returned(world, cart) == [("Charge", "Success")]
    assert buyer.notification_arrives(page).status == 200
    assert len(world.orders(cart)) == 1


def test_two_accepted_attempts_make_one_order_and_the_second_goes_back(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    first, second = buyer.start(cart), buyer.start(cart, lang="de")
    for page in (first, second):
        world.pay(page.token, outcome="accepted")
    for page in (first, second):
        assert buyer.notification_arrives(page).status == 200
    states = [p["paymentStatus"]["interfaceCode"] for p in world.payments(cart)]
    assert states == ["00000", "SECOND_PAYMENT"]
    assert [kind for kind, _, _ in world.ledger(second.token)] == ["AUTHORIZATION_AND_CAPTURE", "REFUND"]
    assert len(world.orders(cart)) == 1


def test_two_accepted_attempts_settled_at_once_make_one_order(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    pages = [buyer.start(cart), buyer.start(cart, lang="de")]
    for page in pages:
        world.pay(page.token, outcome="accepted")
    with ThreadPoolExecutor(8) as everybody:
        list(everybody.map(buyer.notification_arrives, pages * 4))
    for page in pages:
        buyer.notification_arrives(page)
    assert len(world.orders(cart)) == 1
    kept = [p for p in world.payments(cart) if p["paymentStatus"]["interfaceCode"] == "00000"]
    assert len(kept) == 1
    refunds = [row for page in pages for row in world.ledger(page.token) if row[0] == "REFUND"]
    assert len(refunds) == 1


def test_with_orders_by_the_shop_the_second_goes_back_as_well(sandbox: Sandbox, world: World) -> None:
    buyer = Buyer(InProcess(sandbox, ORDER_CREATION="off"))
    cart = world.cart()
    first, second = buyer.start(cart), buyer.start(cart, lang="de")
    for page in (first, second):
        world.pay(page.token, outcome="accepted")
        buyer.notification_arrives(page)
    states = [p["paymentStatus"]["interfaceCode"] for p in world.payments(cart)]
    assert states == ["00000", "SECOND_PAYMENT"]


LOST: list[dict[str, Any]] = [
    {"action": "drop_after"},
    {"action": "status_after", "code": 504},
    {"action": "half_body"},
]


@pytest.mark.parametrize("fault", LOST, ids=lambda f: f["action"])
def test_a_lost_answer_is_found_in_the_ledger_and_nothing_is_refunded_twice(
    fault: dict[str, Any], buyer: Buyer, world: World
) -> None:
    page = buyer.start(cart := world.cart())
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    world.fault("monext", method="POST", path="/refunds$", **fault)
    assert buyer.notification_arrives(page).status == 503
    assert returned(world, cart) == [("Charge", "Success"), ("Refund", "Initial")]
    assert buyer.notification_arrives(page).status == 200
    assert returned(world, cart) == [("Charge", "Success"), ("Refund", "Success")]
    assert len(world.ledger(page.token)) == 2


def test_a_result_that_could_not_be_written_is_found_in_the_ledger(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    world.fault("commercetools", action="status", code=503, method="POST", path="/payments/", skip=1, times=0)
    assert buyer.notification_arrives(page).status == 503
    world.reset()
    assert buyer.notification_arrives(page).status == 200
    assert returned(world, cart) == [("Charge", "Success"), ("Refund", "Success")]
    assert len(world.ledger(page.token)) == 2


def test_an_act_of_unknown_fate_is_not_sent_again_within_five_minutes(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    world.fault("monext", action="status", code=500, method="POST", path="/refunds$")
    for _ in range(3):
        assert buyer.notification_arrives(page).status == 503
    assert len(world.ledger(page.token)) == 1
    assert returned(world, cart)[-1] == ("Refund", "Initial")


def test_an_act_that_never_happened_is_done_after_five_minutes(sandbox: Sandbox, world: World) -> None:
    ahead = timedelta()
    bridge = InProcess(sandbox, clock=lambda: utc_now() + ahead)
    buyer = Buyer(bridge)
    page = buyer.start(cart := world.cart())
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    world.fault("monext", action="status", code=500, method="POST", path="/refunds$")
    assert buyer.notification_arrives(page).status == 503
    ahead = timedelta(minutes=6)
    assert buyer.notification_arrives(page).status == 200
    assert returned(world, cart)[-1] == ("Refund", "Success")
    assert len(world.ledger(page.token)) == 2


def test_a_refused_refund_is_recorded_and_told_to_nobody_as_done(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    world.script_operation(act="refunds", outcome="refused", code="01100")
    buyer.notification_arrives(page)
    assert returned(world, cart)[-1] == ("Refund", "Failure")
    assert "has been returned" not in buyer.opens_result(page, lang="en").visible_text.lower()


def test_a_refund_that_takes_time_is_pending(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    world.script_operation(act="refunds", outcome="pending")
    buyer.notification_arrives(page)
    assert returned(world, cart)[-1] == ("Refund", "Pending")
