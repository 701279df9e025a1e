"""`flask payment show`, and which payment is meant by what people quote."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.reconciliation import FollowUp
from monext_bridge.runtime import utc_now
from monext_bridge.web.cli.enquiry.needs import NEEDS, runbook_link
from sandbox.runner import Sandbox
from tests.bridges import ROOT, Buyer, InProcess
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
    assert ["Order", f"{authorized.order_number},", "Pending,", "Open,", "costs", "554.90", "EUR"] in lines
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
    assert "Monext was not asked whether it is paid by now" in shown.stdout


@pytest.mark.parametrize(
    "quoted", ["M2345672345672", "20354d7a-e4fe-47af-8ff6-187bca92f3f9", "a/b?c#d", "../carts", "🙂"]
)
@pytest.mark.parametrize("verb", [["show"], ["cancel", "--yes"]], ids=lambda verb: str(verb[0]))
def test_what_is_no_payment_and_no_order_is_not_found(verb: list[str], quoted: str, run: Run) -> None:
    ended = run(*verb, quoted)
    assert ended.exit_code == 4
    assert "`flask payment find` knows other ids" in ended.stderr


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


def facts(run: Run, quoted: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(run("show", quoted, "--json").stdout)
    return shown


def test_monexts_ledger_stands_beside_the_record(run: Run, authorized: PaidCart) -> None:
    run("capture", authorized.id, "--amount", "10", "--yes")
    ((authorization, capture),) = [part["ledger"] for part in facts(run, authorized.id)["parts"]]
    recorded = [t["id"] for t in authorized.world.payment(authorized.cart)["transactions"]]
    assert [authorization["transactionId"], capture["transactionId"]] == recorded
    assert (capture["type"], capture["amount"], capture["ok"]) == ("CAPTURE", 1000, True)
    lines = [line.split() for line in run("show", authorized.id).stdout.splitlines()]
    assert any(line[:1] == [capture["id"]] and line[-1] == "Charge" for line in lines)


def test_what_a_final_capture_released_is_in_the_record(run: Run, authorized: PaidCart) -> None:
    run("capture", authorized.id, "--amount", "500", "--final", "--yes")
    (part,) = facts(run, authorized.id)["parts"]
    assert all(row["transactionId"] for row in part["ledger"])
    assert (part["missingInLedger"], part["differs"]) == ([], None)


def test_what_was_done_in_monexts_back_office_is_seen_as_lacking(run: Run, authorized: PaidCart) -> None:
    origin = authorized.world.payment(authorized.cart)["transactions"][0]["interfaceId"]
    authorized.world.operate_at_monext(origin, "captures", amount=700)
    (part,) = facts(run, authorized.id)["parts"]
    assert [row["transactionId"] is None for row in part["ledger"]] == [False, True]
    assert "Monext's ledger 54790" in part["differs"]
    shown = run("show", authorized.id).stdout
    assert any("CAPTURE" in line and line.endswith("no") for line in shown.splitlines())


def test_a_chargeback_is_told(run: Run, world: World, buyer: Buyer) -> None:
    world.charge_back((paid := PaidCart(world, buyer, "guest")).id)
    shown = facts(run, paid.id)
    assert shown["chargebacks"] == 1
    assert shown["chargedBack"] == shown["captured"] > 0
    assert shown["parts"][0]["missingInLedger"] == []
    assert "Charged back" in run("show", paid.id).stdout


def test_the_order_is_told_as_it_reads_now(run: Run, authorized: PaidCart) -> None:
    order = authorized.world.orders(authorized.cart)[0]
    authorized.world.edit_order(order["id"], total=10000)
    shown = facts(run, authorized.id)["order"]
    assert (shown["number"], shown["total"], shown["orderState"]) == (order["orderNumber"], 10000, "Open")


def test_why_it_is_stuck_is_told_with_the_runbooks_heading(
    sandbox: Sandbox, world: World, buyer: Buyer
) -> None:
    world.refuse_orders(cart := world.cart(), "InvalidJsonInput")
    world.pay((page := buyer.start(cart)).token, outcome="accepted")
    buyer.notification_arrives(page)
    later = payment_command(InProcess(sandbox, clock=lambda: utc_now() + timedelta(hours=1)))
    payment = str(world.payment(cart)["id"])
    (need,) = facts(later, payment)["needs"]
    assert (need["need"], need["see"]) == ("no_order", "docs/runbook.md#no_order")
    assert "docs/runbook.md#no_order" in later("show", payment).stdout


def test_each_follow_up_has_its_sentence_and_its_heading() -> None:
    headings = re.findall(r"^### `(\w+)`$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)
    assert set(NEEDS) == set(FollowUp)
    assert {runbook_link(need).partition("#")[2] for need in FollowUp} <= set(headings)


@pytest.mark.parametrize(
    ("remote", "path", "said"),
    [("monext", "/transactions/", "ledger"), ("commercetools", "/orders$", "order")],
)
def test_what_can_t_be_read_is_said_and_the_rest_is_shown(
    remote: str, path: str, said: str, run: Run, authorized: PaidCart
) -> None:
    authorized.world.fault(remote, action="status", code=503, method="GET", path=path, times=50)
    shown = run("show", authorized.id)
    assert shown.exit_code == 5
    assert "554.90 EUR" in shown.stdout
    assert said in shown.stderr
    (unread,) = facts(run, authorized.id)["unread"]
    assert said in unread


def test_the_key_of_an_automatic_reversal_does_not_open_the_buyers_session(
    run: Run, world: World, buyer: Buyer
) -> None:
    world.refuse_orders(cart := world.cart(), "MatchingPriceNotFound")
    world.pay((page := buyer.start(cart)).token, outcome="accepted")
    buyer.notification_arrives(page)
    payment = str(world.payment(cart)["id"])
    shown = run("show", payment).stdout + run("show", payment, "--json").stdout
    assert "giveback-" in shown
    assert page.token not in shown


def test_an_open_session_is_not_opened_by_what_is_shown(run: Run, world: World, buyer: Buyer) -> None:
    page = buyer.start(cart := world.cart())
    payment = str(world.payment(cart)["id"])
    assert page.token not in run("show", payment).stdout + run("show", payment, "--json").stdout
