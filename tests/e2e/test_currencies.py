"""What others have paid in another currency pays nothing; what Monext took in another one goes back in it."""

from __future__ import annotations

import json

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.services.reconciling import KEY, ReconciliationTester, ShiftedClock
from tests.web.back_office import BackOfficeClient, amount
from tests.web.paid_orders import payment_command
from tests.world import World


def points(world: World, cart: str, *, yen: int = 3000, planned: str = "JPY") -> str:
    """The id of a payment of another interface on the cart, with a Charge in yen."""
    charged = {"centAmount": yen, "currencyCode": "JPY"}
    draft = {
        "amountPlanned": {"centAmount": yen, "currencyCode": planned},
        "paymentMethodInfo": {"paymentInterface": "points"},
        "transactions": [{"type": "Charge", "state": "Success", "amount": charged}],
    }
    payment = str(world.project.create("payments", draft=draft)["id"])
    world.change(cart, action="addPayment", payment={"typeId": "payment", "id": payment})
    return payment


def states(world: World, cart: str) -> list[str]:
    return [order["paymentState"] for order in world.orders(cart)]


@pytest.mark.parametrize("planned", ["JPY", "EUR"])
@pytest.mark.parametrize("yen", [3000, 20000])
def test_points_in_yen_pay_nothing_of_a_cart_in_euros(
    planned: str, yen: int, buyer: Buyer, world: World
) -> None:
    cart = world.cart()
    points(world, cart, yen=yen, planned=planned)
    page = buyer.start(cart, lang="en")
    assert world.session_request(page.token)["order"]["amount"] == 13490
    assert "covered by another payment" not in page.answer.visible_text
    world.pay(page.token, outcome="accepted")
    assert buyer.comes_back(page).status == 303
    assert world.transactions(cart) == [("Charge", "Success", 13490)]
    assert states(world, cart) == ["Paid"]


def test_an_order_of_which_yen_alone_are_taken_is_not_paid(in_process: InProcess, world: World) -> None:
    cart, buyer = world.cart("german-store"), Buyer(in_process)
    points(world, cart, yen=90000, planned="EUR")
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    buyer.comes_back(page)
    assert states(world, cart) == ["Pending"]
    office, payment = BackOfficeClient(in_process, world.back_office_token()), world.payment(cart)["id"]
    assert office.send_actions(payment, {"action": "cancelPayment"}).status == 200
    assert states(world, cart) == ["Failed"]


def test_reconciliation_finds_nothing_of_an_order_that_yen_lie_beside(sandbox: Sandbox, world: World) -> None:
    clock = ShiftedClock()
    reconciliation = ReconciliationTester(InProcess(sandbox, clock=clock, SECRET_KEY=KEY), clock, world)
    cart = reconciliation.cart()
    points(world, cart, yen=20000, planned="EUR")
    reconciliation.world.pay(reconciliation.page(cart).token, outcome="accepted")
    assert len(reconciliation.found()) == 1
    assert states(world, cart) == ["Paid"]
    assert reconciliation.found() == []


def test_another_currency_than_planned_is_given_back_in_the_one_that_was_taken(
    in_process: InProcess, world: World
) -> None:
    buyer, cart = Buyer(in_process), world.cart()
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted", currency="USD")
    assert buyer.notification_arrives(page).status == 200
    payment = world.payment(cart)
    assert payment["paymentStatus"]["interfaceCode"] == "AMOUNT_MISMATCH"
    moved = [(t["type"], t["state"], t["amount"]["currencyCode"]) for t in payment["transactions"]]
    assert moved == [
        ("Charge", "Failure", "EUR"),
        ("Charge", "Success", "USD"),
        ("Refund", "Success", "USD"),
    ]
    assert "$134.90 went through and has been returned" in buyer.opens_result(page, lang="en").visible_text
    assert world.ledger(page.token)[1:] == [("REFUND", 13490, "OK")]


def test_what_was_taken_in_another_currency_is_shown_and_refunded_in_it(
    in_process: InProcess, world: World
) -> None:
    buyer, cart = Buyer(in_process), world.cart()
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted", currency="USD")
    world.script_operation(act="refunds", outcome="refused")
    buyer.notification_arrives(page)
    office, payment = BackOfficeClient(in_process, world.back_office_token()), world.payment(cart)["id"]
    shown = json.loads(office.call("GET", f"payment-intents/{payment}").text)
    assert (shown["currencyCode"], shown["planned"]) == ("USD", 0)
    assert (shown["captured"], shown["refundable"]) == (13490, 13490)
    assert [t["currencyCode"] for t in shown["transactions"]] == ["EUR", "USD", "USD"]
    assert office.send_actions(payment, amount(100, "EUR") | {"action": "refundPayment"}).status == 409
    assert office.send_actions(payment, amount(100, "USD") | {"action": "refundPayment"}).status == 200
    assert world.ledger(page.token)[-1] == ("REFUND", 100, "OK")
    run = payment_command(in_process)
    lines = [line.split() for line in run("show", payment).stdout.splitlines()]
    assert ["Left", "to", "refund", "133.90", "USD"] in lines
    assert run("refund", payment, "--all", "--yes").exit_code == 0
    assert world.ledger(page.token)[-1] == ("REFUND", 13390, "OK")
