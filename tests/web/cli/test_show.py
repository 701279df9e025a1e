"""`flask payment show`, and which payment is meant by what people quote."""

from __future__ import annotations

import json

import pytest

from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.web.paid_orders import PaidCart, Run, payment_command
from tests.world import World


@pytest.fixture
def run(in_process: InProcess) -> Run:
    return payment_command(in_process)


@pytest.fixture
def authorized(world: World, buyer: Buyer) -> PaidCart:
    """554.90 EUR authorised and not captured."""
    return PaidCart(world, buyer, "german-store")


def test_a_payment_is_shown_by_its_order_number(run: Run, authorized: PaidCart) -> None:
    shown = run("show", authorized.order_number)
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert shown.exit_code == 0
    assert ["Payment", authorized.id] in lines
    assert ["Order", f"{authorized.order_number},", "Pending"] in lines
    assert ["Left", "to", "capture", "554.90", "EUR"] in lines
    assert ["Left", "to", "refund", "0.00", "EUR"] in lines


def test_a_payment_is_shown_by_its_id(run: Run, authorized: PaidCart) -> None:
    assert run("show", authorized.id).stdout == run("show", authorized.order_number).stdout


def test_every_transaction_is_shown_with_its_time_state_amount_key_principal_and_id(
    run: Run, authorized: PaidCart
) -> None:
    run("capture", authorized.id, "--amount", "10,50", "--key", "first", "--yes")
    transaction = authorized.world.payment(authorized.cart)["transactions"][1]
    lines = [line.split() for line in run("show", authorized.id).stdout.splitlines()]
    time = transaction["timestamp"][:19].split("T")
    assert ["2", *time, "Charge", "Success", "10.50", "EUR"] in lines
    assert ["2", "first", "terminal", transaction["interfaceId"], transaction["id"]] in lines


def test_what_is_shown_does_not_open_the_buyers_session(run: Run, authorized: PaidCart) -> None:
    assert authorized.page.token not in run("show", authorized.id).stdout


def test_a_pipe_gets_no_colours_and_no_broken_lines(run: Run, authorized: PaidCart) -> None:
    shown = run("show", authorized.id, env={"FORCE_COLOR": "1", "COLUMNS": "20"}).stdout
    assert "\x1b" not in shown
    assert any(len(line) > 20 for line in shown.splitlines())


def test_json_is_that_of_the_payment_intents_endpoint(run: Run, authorized: PaidCart) -> None:
    shown = json.loads(run("show", authorized.id, "--json").stdout)
    assert shown["paymentId"] == authorized.id
    assert shown["orderNumber"] == authorized.order_number
    assert (shown["capturable"], shown["refundable"]) == (55490, 0)


def test_a_payment_without_an_order_is_shown(run: Run, world: World, buyer: Buyer) -> None:
    buyer.start(cart := world.cart())
    shown = run("show", str(world.payment(cart)["id"]))
    assert shown.exit_code == 0
    assert ["Order", "none"] in [line.split() for line in shown.stdout.splitlines()]


@pytest.mark.parametrize(
    "quoted", ["M2345672345672", "20354d7a-e4fe-47af-8ff6-187bca92f3f9", "a/b?c#d", "../carts", "🙂"]
)
@pytest.mark.parametrize("verb", [["show"], ["cancel", "--yes"]], ids=lambda verb: str(verb[0]))
def test_what_is_no_payment_and_no_order_is_not_found(verb: list[str], quoted: str, run: Run) -> None:
    assert run(*verb, quoted).exit_code == 4


def test_what_is_not_found_is_an_error_in_json_as_well(run: Run) -> None:
    body = json.loads(run("show", "M2345672345672", "--json").stdout)
    assert (body["statusCode"], body["errors"][0]["code"]) == (404, "ResourceNotFound")


def test_a_payment_of_somebody_else_is_not_found(sandbox: Sandbox, authorized: PaidCart) -> None:
    stranger = payment_command(InProcess(sandbox, PAYMENT_INTERFACES="other"))
    assert stranger("show", authorized.id).exit_code == 4


def test_an_attempt_that_failed_is_not_the_one_that_is_meant(run: Run, world: World, buyer: Buyer) -> None:
    cart = world.cart("german-store")
    refused, paid = buyer.start(cart), buyer.start(cart, lang="fr")
    world.pay(refused.token, outcome="refused")
    world.pay(paid.token, outcome="accepted")
    for page in (refused, paid):
        buyer.notification_arrives(page)
    assert run("cancel", world.orders(cart)[0]["orderNumber"], "--yes").exit_code == 0
    assert [kind for kind, _, _ in world.ledger(paid.token)] == ["AUTHORIZATION", "CANCEL"]


def test_of_several_accepted_payments_one_has_to_be_named(run: Run, world: World, buyer: Buyer) -> None:
    cart = world.cart()
    pages = [buyer.start(cart), buyer.start(cart, lang="de")]
    for page in pages:
        world.pay(page.token, outcome="accepted")
    for page in pages:
        buyer.notification_arrives(page)
    number = world.orders(cart)[0]["orderNumber"]
    done = run("refund", number, "--all", "--yes")
    assert done.exit_code == 2
    assert all(payment["id"] in done.stderr for payment in world.payments(cart))
    assert len(world.ledger(pages[0].token)) == 1
