"""Reconciliation, shipment and what is shown of payments that were paid by voucher and card."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.services.reconciliation.report import FindingStatus
from tests.bridges import InProcess
from tests.services.parts import (
    AT_ONCE,
    AUTHORIZED,
    COMPLEMENT,
    VOUCHER,
    PaidInTwo,
    due_at_monext,
    pay_in_two,
    rows_of,
)
from tests.services.reconciling import ReconciliationTester
from tests.shipped_orders import SECRET, AuthorisedOrder
from tests.web.back_office import BackOfficeClient
from tests.web.paid_orders import payment_command
from tests.world import World

DONE = FindingStatus.FINISHED


def paid(
    reconciliation: ReconciliationTester,
    situation: str = "guest",
    kinds: tuple[str, str] = (AT_ONCE, COMPLEMENT),
) -> PaidInTwo:
    cart = reconciliation.cart(situation)
    page = reconciliation.page(cart)
    parts = pay_in_two(reconciliation.world, page.token, kinds=kinds)
    reconciliation.run()
    total = due_at_monext(reconciliation.world, page.token)
    id_ = reconciliation.payment_id(cart)
    return PaidInTwo(reconciliation.bridge, reconciliation.world, cart, page.token, id_, total, tuple(parts))


def test_a_payment_in_parts_that_nobody_came_back_to_gets_its_order(
    reconciliation: ReconciliationTester,
) -> None:
    done = paid(reconciliation)
    assert done.order_state() == "Paid"
    assert reconciliation.found(ledger=True) == []


def test_what_the_back_office_did_on_one_part_is_posted_on_that_part(
    reconciliation: ReconciliationTester,
) -> None:
    done = paid(reconciliation)
    done.world.operate_at_monext(done.parts[1], "refunds", amount=1500)
    done.world.operate_at_monext(done.parts[0], "refunds", amount=VOUCHER)
    assert reconciliation.found(ledger=True) == [(FollowUp.LEDGER, DONE)]
    assert sorted(done.operations()) == [("Refund", "Success", 1000), ("Refund", "Success", 1500)]
    assert reconciliation.found(ledger=True) == []
    assert done.refund(done.card - 1500).outcome.value == "approved"
    assert done.ledgers()[1] == [("REFUND", 1500, "OK"), ("REFUND", done.card - 1500, "OK")]


def test_a_lost_refund_over_both_parts_is_found_in_both_ledgers(
    reconciliation: ReconciliationTester,
) -> None:
    done = paid(reconciliation)
    done.world.fault("monext", action="drop_after", method="POST", path="/refunds$", times=2)
    with pytest.raises(Exception, match="not known"):
        done.refund(VOUCHER + 500, key="lost")
    assert [state for _, state, _ in done.operations()] == ["Initial", "Initial"]
    assert reconciliation.found() == [(FollowUp.OPERATION, DONE)]
    assert [state for _, state, _ in done.operations()] == ["Success", "Success"]
    assert done.ledgers() == ([("REFUND", VOUCHER, "OK")], [("REFUND", 500, "OK")])


def test_parts_that_do_not_add_up_go_back_though_nobody_comes(reconciliation: ReconciliationTester) -> None:
    page = reconciliation.page(cart := reconciliation.cart())
    world = reconciliation.world
    parts = pay_in_two(world, page.token, card=5)
    reconciliation.run()
    assert [rows_of(world, part) for part in parts] == [[("REFUND", VOUCHER, "OK")], [("REFUND", 5, "OK")]]
    assert world.orders(cart) == []


def test_a_surplus_part_whose_return_was_lost_goes_back_once(reconciliation: ReconciliationTester) -> None:
    page = reconciliation.page(cart := reconciliation.cart())
    world = reconciliation.world
    whole = due_at_monext(world, page.token)
    parts = pay_in_two(world, page.token, voucher=whole, card=whole)
    world.fault("monext", action="drop_before", method="POST", path="/refunds$", times=1)
    reconciliation.run()
    reconciliation.run(ahead=timedelta(hours=2))
    assert [rows_of(world, part) for part in parts] == [[], [("REFUND", whole, "OK")]]
    assert [order["paymentState"] for order in world.orders(cart)] == ["Paid"]
    assert reconciliation.found(ledger=True, ahead=timedelta(hours=3)) == []


def test_a_card_that_is_only_authorised_beside_a_voucher_is_told_before_it_ends(
    reconciliation: ReconciliationTester,
) -> None:
    paid(reconciliation, "german-store", (AT_ONCE, AUTHORIZED))
    found = reconciliation.found(ahead=timedelta(days=6, hours=12))
    assert FollowUp.EXPIRING in [follow_up for follow_up, _ in found]


def test_a_shipped_order_captures_both_parts_once(reconciliation: ReconciliationTester) -> None:
    done = paid(reconciliation, "german-store", (AUTHORIZED, AUTHORIZED))
    bridge = InProcess(reconciliation.world.sandbox, EVENTS_SECRET=SECRET)
    order_id = done.world.orders(done.cart)[0]["id"]
    ordered = AuthorisedOrder(done.world, bridge, done.cart, done.token, done.total, done.id, order_id)
    ordered.set_shipment_state("Shipped")
    for _ in range(2):
        assert ordered.deliver_message().status == 204
    assert done.ledgers() == ([("CAPTURE", VOUCHER, "OK")], [("CAPTURE", done.card, "OK")])
    assert ordered.state == "Paid"


def test_an_intent_lists_all_parts_and_tells_their_sums(
    reconciliation: ReconciliationTester, world: World
) -> None:
    done = paid(reconciliation, "german-store", (AT_ONCE, AUTHORIZED))
    office = BackOfficeClient(done.bridge, world.back_office_token())
    done.refund(300)
    intent = office.payment_intent(done.id)
    sums = ("planned", "authorized", "captured", "refunded", "capturable", "cancellable", "refundable")
    assert [intent[name] for name in sums] == [done.total, done.card, VOUCHER, 300, done.card, done.card, 700]
    listed = [t.get("interfaceId") for t in intent["transactions"] if t["state"] == "Success"]
    assert listed[:2] == list(done.parts)
    assert done.token not in json.dumps(intent)


def test_a_terminal_shows_all_parts_and_no_session_token(reconciliation: ReconciliationTester) -> None:
    done = paid(reconciliation)
    shown = payment_command(done.bridge)("show", str(done.id)).stdout
    assert all(part in shown for part in done.parts)
    assert done.token not in shown
    assert ["Left", "to", "refund", f"{done.total / 100:.2f}", "EUR"] in [
        line.split() for line in shown.splitlines()
    ]


def test_a_terminal_refunds_all_that_is_left_of_one_charge(reconciliation: ReconciliationTester) -> None:
    done = paid(reconciliation)
    transactions = done.world.payment(done.cart)["transactions"]
    card = next(t["id"] for t in transactions if t.get("interfaceId") == done.parts[1])
    refund = ["refund", str(done.id), "--transaction", card, "--yes"]
    run = payment_command(done.bridge)
    assert run(*refund, "--amount", "7.00").exit_code == 0
    assert run(*refund, "--all").exit_code == 0
    assert done.ledgers() == ([], [("REFUND", 700, "OK"), ("REFUND", done.card - 700, "OK")])
