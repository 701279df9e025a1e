"""`flask payment find`: which payments are found by what somebody has in the hand."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.runtime import utc_now
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.log_lines import captured_logs
from tests.web.paid_orders import PaidCart, Run, payment_command
from tests.world import World


@pytest.fixture
def run(in_process: InProcess) -> Run:
    return payment_command(in_process)


@pytest.fixture
def paid(world: World, buyer: Buyer) -> PaidCart:
    return PaidCart(world, buyer, "german-store")


def found(run: Run, *arguments: str) -> list[str]:
    """The ids of the payments that are found."""
    result = run("find", *arguments, "--json")
    assert result.exit_code in (0, 4), result.output
    return [each["paymentId"] for each in json.loads(result.stdout)["payments"]]


def facts_of(paid: PaidCart) -> dict[str, Any]:
    payment = paid.world.payment(paid.cart)
    order = paid.world.orders(paid.cart)[0]
    first = payment["transactions"][0]
    return {
        "order number": order["orderNumber"],
        "order id": order["id"],
        "payment id": payment["id"],
        "cart id": paid.cart,
        "transaction id": first["id"],
        "Monext's transaction id": first["interfaceId"],
        "session token": paid.page.token,
        "reference": paid.page.ref,
        "address of a page": f"https://pay.shop.example/result/{paid.page.ref}?lang=fr",
    }


def test_a_payment_is_found_by_every_id_that_somebody_may_have(run: Run, paid: PaidCart) -> None:
    ids = {name: found(run, str(text)) for name, text in facts_of(paid).items()}
    assert ids == {name: [paid.id] for name in facts_of(paid)}


def test_a_payment_is_found_by_the_key_of_an_operation_and_how_is_said(run: Run, paid: PaidCart) -> None:
    run("capture", paid.id, "--amount", "1", "--key", "credit-note-9", "--yes")
    result = run("find", "credit-note-9")
    assert paid.id in result.stdout
    assert "keys of operations" in result.stderr
    assert "last 30 days" in result.stderr


def test_a_paid_cart_without_an_order_is_found_by_the_number_it_would_get(
    run: Run, world: World, buyer: Buyer
) -> None:
    world.refuse_orders(cart := world.cart(), "InvalidJsonInput")
    world.pay((page := buyer.start(cart)).token, outcome="accepted")
    buyer.notification_arrives(page)
    number = world.session_request(page.token)["order"]["reference"]
    assert world.orders(cart) == []
    assert found(run, number) == [world.payment(cart)["id"]]


@pytest.mark.parametrize("situation", ["guest", "german-store"])
def test_a_payment_is_found_by_its_buyers_address_in_any_case(
    situation: str, run: Run, world: World, buyer: Buyer
) -> None:
    address = f"buyer-{situation}@mail.example"
    paid = PaidCart(world, buyer, situation)
    other = world.cart(situation, customerEmail=address)
    page = buyer.start(other)
    assert found(run, "--email", address.upper()) == [world.payment(other)["id"]]
    world.pay(page.token, outcome="accepted")
    buyer.notification_arrives(page)
    assert found(run, "--email", address) == [world.payment(other)["id"]]
    assert paid.id not in found(run, "--email", address)


def test_a_buyers_address_stands_in_no_output_and_no_log(run: Run, world: World, buyer: Buyer) -> None:
    buyer.start(world.cart(customerEmail="seen-by-nobody@mail.example"))
    with captured_logs() as lines:
        result = run("find", "--email", "seen-by-nobody@mail.example")
    assert result.exit_code == 0
    assert "seen-by-nobody" not in result.output + lines.text


@pytest.mark.parametrize("amount", ["777", "7.77", "7,77", "7.77 EUR", "7.77eur"])
def test_an_amount_finds_the_payments_with_a_transaction_of_it(amount: str, run: Run, paid: PaidCart) -> None:
    run("capture", paid.id, "--amount", "7.77", "--yes")
    assert paid.id in found(run, "--amount", amount)
    assert found(run, "--amount", amount, paid.id) == [paid.id]


@pytest.mark.parametrize("amount", ["7.77 USD", "77700", "777 EUR", "0.777"])
def test_another_amount_does_not_find_it(amount: str, run: Run, paid: PaidCart) -> None:
    run("capture", paid.id, "--amount", "7.77", "--yes")
    assert found(run, "--amount", amount, paid.id) == []


def test_an_amount_is_of_its_currencys_own_digits(run: Run, world: World, buyer: Buyer) -> None:
    yen = PaidCart(world, buyer, "yen")
    total = world.payment(yen.cart)["amountPlanned"]["centAmount"]
    assert yen.id in found(run, "--amount", f"{total} JPY")
    assert yen.id not in found(run, "--amount", f"{total}00 JPY")


def test_a_time_finds_what_was_begun_or_moved_in_it(run: Run, paid: PaidCart) -> None:
    today, tomorrow = (str((utc_now() + timedelta(days=days)).date()) for days in (0, 1))
    assert paid.id in found(run, "--from", today)
    assert paid.id in found(run, "--to", today)
    assert paid.id not in found(run, "--from", tomorrow)
    assert paid.id not in found(run, "--to", "2020-01-01T00:00+02:00")


@pytest.mark.parametrize("state", ["authorized", "paid", "refunded"])
def test_states_are_those_of_buyers_and_of_records(state: str, run: Run, paid: PaidCart) -> None:
    if state in ("paid", "refunded"):
        run("capture", paid.id, "--yes")
    if state == "refunded":
        run("refund", paid.id, "--all", "--yes")
    assert found(run, paid.id, "--state", state) == [paid.id]
    assert found(run, paid.id, "--state", "not_finished") == []
    assert found(run, paid.id, "--state", "not_finished", "--state", state) == [paid.id]


def test_a_store_finds_its_own_payments_alone(run: Run, paid: PaidCart) -> None:
    assert found(run, paid.id, "--store", "de-store") == [paid.id]
    assert found(run, paid.id, "--store", "fr-store") == []


def test_of_text_and_address_both_have_to_hold(run: Run, world: World, buyer: Buyer) -> None:
    address = "two-carts@mail.example"
    carts = [world.cart(customerEmail=address) for _ in range(2)]
    for cart in carts:
        buyer.start(cart)
    assert len(found(run, "--email", address)) == 2
    assert found(run, carts[0], "--email", address) == [world.payment(carts[0])["id"]]


def test_what_is_found_is_a_row_of_time_order_payment_state_amount_store_and_cart(
    run: Run, paid: PaidCart
) -> None:
    (row,) = run("find", paid.id).stdout.splitlines()[1:]
    for fact in (paid.order_number, paid.id, "authorized", "554.90 EUR", "de-store", paid.cart):
        assert fact in row


def test_nothing_found_is_4_and_said_on_stderr(run: Run) -> None:
    result = run("find", "no-such-thing")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "no payment found" in result.stderr


def test_more_than_the_limit_is_said(run: Run, world: World, buyer: Buyer) -> None:
    for _ in range(2):
        buyer.start(world.cart(customerEmail="many@mail.example"))
    result = run("find", "--email", "many@mail.example", "--limit", "1", "--json")
    body = json.loads(result.stdout)
    assert (len(body["payments"]), body["complete"]) == (1, False)
    assert "--limit" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [" "],
        ["--amount", "much"],
        ["--from", "yesterday"],
        ["--from", "2026-11-30", "--to", "2026-11-01"],
        ["--store", "no-store"],
        ["--state", "checking"],
    ],
)
def test_a_search_that_makes_no_sense_is_2(arguments: list[str], run: Run) -> None:
    assert run("find", *arguments).exit_code == 2


def test_payments_of_others_are_not_found(sandbox: Sandbox, paid: PaidCart) -> None:
    stranger = payment_command(InProcess(sandbox, PAYMENT_INTERFACES="other"))
    assert found(stranger, paid.id) == []
    assert found(stranger, paid.order_number) == []


def test_a_remote_that_is_away_is_5(run: Run, world: World) -> None:
    world.fault("commercetools", action="status", code=503, times=50, method="GET", path="/payments$")
    assert run("find", "anything").exit_code == 5


def test_no_value_stands_in_a_predicate_itself(run: Run, world: World, paid: PaidCart) -> None:
    hostile = '" or id is defined or key = "'
    assert found(run, hostile) == []
    assert found(run, "--email", hostile) == []
