"""What nobody came back to is found and finished, once, whoever looks and however often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.rules import Capture, Refund
from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.errors import BridgeError
from monext_bridge.runtime import utc_now
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Scope, Task
from sandbox.runner import Sandbox
from tests.actors import BACK_OFFICE
from tests.bridges import Buyer, InProcess, Page
from tests.services.reconciling import HOUR, KEY, ReconciliationTester
from tests.world import World, call_shapes


def test_a_payment_that_nobody_came_back_from_gets_its_order(reconciliation: ReconciliationTester) -> None:
    cart = reconciliation.cart()
    reconciliation.world.pay(reconciliation.page(cart).token, outcome="accepted")
    assert reconciliation.found() == [(FollowUp.NOT_FINISHED, FindingStatus.FINISHED)]
    assert reconciliation.world.transactions(cart) == [("Charge", "Success", 13490)]
    assert [order["paymentState"] for order in reconciliation.world.orders(cart)] == ["Paid"]
    assert reconciliation.found() == []


def test_the_order_of_a_forgotten_payment_has_the_number_that_its_session_asked_for(
    sandbox: Sandbox, reconciliation: ReconciliationTester
) -> None:
    cart = reconciliation.cart()
    session = reconciliation.world.session(cart, metadata={"futureOrderNumber": "SHOP-2026-1"})
    reconciliation.world.pay(reconciliation.page(cart, session=session).token, outcome="accepted")
    reconciliation.run()
    assert [order["orderNumber"] for order in reconciliation.world.orders(cart)] == ["SHOP-2026-1"]


def test_what_is_younger_than_asked_is_left_alone(reconciliation: ReconciliationTester) -> None:
    cart = reconciliation.cart()
    reconciliation.world.pay(reconciliation.page(cart).token, outcome="accepted")
    assert reconciliation.found(ahead=timedelta(minutes=10)) == []
    assert reconciliation.found(ahead=timedelta(minutes=10), older_than=timedelta(minutes=5)) != []


def test_an_abandoned_session_is_closed_after_its_end(reconciliation: ReconciliationTester) -> None:
    cart = reconciliation.cart()
    reconciliation.page(cart)
    assert reconciliation.found(ahead=timedelta(minutes=20)) == [
        (FollowUp.NOT_FINISHED, FindingStatus.WAITING)
    ]
    reconciliation.world.advance_monext_clock(3600)
    try:
        assert reconciliation.found() == [(FollowUp.NOT_FINISHED, FindingStatus.FINISHED)]
    finally:
        reconciliation.world.advance_monext_clock(-3600)
    assert reconciliation.world.transactions(cart) == [("Charge", "Failure", 13490)]
    assert reconciliation.found() == []


def test_a_failed_attempt_is_read_once_more_after_its_session_and_then_left_alone(
    reconciliation: ReconciliationTester,
) -> None:
    cart = reconciliation.cart()
    page = reconciliation.page(cart)
    reconciliation.world.pay(page.token, outcome="refused")
    Buyer(reconciliation.bridge).comes_back(page)
    assert reconciliation.found(ahead=timedelta(minutes=40)) == []
    assert reconciliation.found() == [(FollowUp.LAST_READ, FindingStatus.FINISHED)]
    reconciliation.world.forget_calls()
    assert reconciliation.found() == []
    assert call_shapes(reconciliation.world.calls("monext")) == []


def test_a_payment_made_in_a_session_that_was_refused_before_is_found(
    reconciliation: ReconciliationTester,
) -> None:
    cart = reconciliation.cart()
    page = reconciliation.page(cart)
    reconciliation.world.pay(page.token, outcome="refused")
    Buyer(reconciliation.bridge).comes_back(page)
    reconciliation.world.pay(page.token, outcome="accepted")
    assert reconciliation.found() == [(FollowUp.LAST_READ, FindingStatus.FINISHED)]
    assert reconciliation.world.payment(cart)["transactions"][0]["state"] == "Success"
    assert len(reconciliation.world.orders(cart)) == 1


def test_a_payment_that_a_cancelling_buyer_made_in_another_tab_is_found(
    reconciliation: ReconciliationTester,
) -> None:
    cart = reconciliation.cart()
    page = reconciliation.page(cart)
    Buyer(reconciliation.bridge).cancels(page)
    reconciliation.world.pay(page.token, outcome="accepted")
    reconciliation.run()
    assert len(reconciliation.world.orders(cart)) == 1


def test_a_pending_payment_is_finished_once_its_partner_has_answered(
    reconciliation: ReconciliationTester,
) -> None:
    cart = reconciliation.cart()
    page = reconciliation.page(cart)
    reconciliation.world.pay(page.token, outcome="pending")
    Buyer(reconciliation.bridge).comes_back(page)
    assert reconciliation.found() == [(FollowUp.PENDING, FindingStatus.WAITING)]
    reconciliation.world.resolve(page.token, "accepted")
    assert reconciliation.found() == [(FollowUp.PENDING, FindingStatus.FINISHED)]
    assert len(reconciliation.world.orders(cart)) == 1


def test_a_payment_that_is_pending_for_a_week_is_stuck(reconciliation: ReconciliationTester) -> None:
    cart = reconciliation.cart()
    reconciliation.world.pay(reconciliation.page(cart).token, outcome="pending")
    reconciliation.run()
    assert reconciliation.found(ahead=timedelta(days=8)) == [(FollowUp.PENDING, FindingStatus.STUCK)]


def test_an_accepted_payment_whose_order_was_not_written_gets_it(
    reconciliation: ReconciliationTester,
) -> None:
    cart = reconciliation.cart()
    page = reconciliation.page(cart)
    reconciliation.world.pay(page.token, outcome="accepted")
    reconciliation.world.fault(
        "commercetools", action="status", code=503, method="POST", path="/orders$", times=9
    )
    Buyer(reconciliation.bridge).comes_back(page)
    reconciliation.world.reset()
    assert reconciliation.world.orders(cart) == []
    assert reconciliation.found() == [(FollowUp.NO_ORDER, FindingStatus.FINISHED)]
    assert len(reconciliation.world.orders(cart)) == 1


def test_a_task_that_comes_again_is_finished_where_the_first_try_broke_off(
    reconciliation: ReconciliationTester,
) -> None:
    cart = reconciliation.cart()
    reconciliation.world.pay(reconciliation.page(cart).token, outcome="accepted")
    task, finish = (
        Task(reconciliation.payment_id(cart), frozenset({FollowUp.NOT_FINISHED})),
        reconciliation.finish,
    )
    reconciliation.world.fault(
        "commercetools", action="status", code=503, method="POST", path="/orders$", times=9
    )
    assert [f.ending for f in finish(task)] == [FindingStatus.FINISHED, FindingStatus.UNKNOWN]
    reconciliation.world.reset()
    assert [(f.need, f.ending) for f in finish(task)] == [(FollowUp.NO_ORDER, FindingStatus.FINISHED)]
    assert finish(task) == ()


def test_an_order_that_commercetools_refuses_for_good_gives_the_money_back(
    reconciliation: ReconciliationTester,
) -> None:
    cart = reconciliation.cart()
    reconciliation.world.pay(reconciliation.page(cart).token, outcome="accepted")
    reconciliation.world.refuse_orders(cart, "OutOfStock")
    assert reconciliation.found() == [(FollowUp.NOT_FINISHED, FindingStatus.FINISHED)]
    assert reconciliation.world.transactions(cart)[1:] == [("Refund", "Success", 13490)]
    assert reconciliation.found() == []


def test_an_order_that_is_refused_for_a_reason_of_ours_is_stuck(
    reconciliation: ReconciliationTester,
) -> None:
    cart, world = reconciliation.cart(), reconciliation.world
    world.pay(reconciliation.page(cart).token, outcome="accepted")
    reconciliation.world.refuse_orders(cart, "InvalidJsonInput")
    assert reconciliation.found() == [
        (FollowUp.NOT_FINISHED, FindingStatus.FINISHED),
        (FollowUp.NO_ORDER, FindingStatus.STUCK),
    ]
    assert reconciliation.found(ahead=2 * HOUR) == [(FollowUp.NO_ORDER, FindingStatus.STUCK)]
    assert world.transactions(cart) == [("Charge", "Success", 13490)]


def test_a_cart_that_changed_while_nobody_came_back_gives_its_money_back(
    reconciliation: ReconciliationTester,
) -> None:
    cart = reconciliation.cart()
    page = reconciliation.page(cart)
    reconciliation.world.add_one_item(cart)
    reconciliation.world.pay(page.token, outcome="accepted")
    reconciliation.run()
    assert reconciliation.world.payment(cart)["paymentStatus"]["interfaceCode"] == "AMOUNT_MISMATCH"
    assert reconciliation.world.transactions(cart)[1:] == [("Refund", "Success", 13490)]
    assert reconciliation.world.orders(cart) == []


def test_money_on_its_way_back_is_carried_on(reconciliation: ReconciliationTester) -> None:
    cart = reconciliation.cart()
    page = reconciliation.page(cart)
    reconciliation.world.add_one_item(cart)
    reconciliation.world.pay(page.token, outcome="accepted")
    reconciliation.world.fault("monext", action="drop_before", method="POST", path="/refunds$")
    Buyer(reconciliation.bridge).comes_back(page)
    assert reconciliation.world.transactions(cart)[1:] == [("Refund", "Initial", 13490)]
    assert reconciliation.found() == [(FollowUp.REVERSAL, FindingStatus.FINISHED)]
    assert reconciliation.world.ledger(page.token)[1:] == [("REFUND", 13490, "OK")]
    assert reconciliation.found() == []


def test_a_refused_give_back_is_stuck_until_somebody_has_refunded_it(
    reconciliation: ReconciliationTester,
) -> None:
    cart = reconciliation.cart()
    page = reconciliation.page(cart)
    reconciliation.world.add_one_item(cart)
    reconciliation.world.pay(page.token, outcome="accepted")
    reconciliation.world.script_operation(act="refunds", outcome="refused", code="02110")
    Buyer(reconciliation.bridge).comes_back(page)
    assert reconciliation.found() == [(FollowUp.REVERSAL_REJECTED, FindingStatus.STUCK)]
    payment = reconciliation.payment_id(cart)
    reconciliation.bridge.services.operations.perform(
        payment, Refund(Money(13490, "EUR")), key="by-hand", by=BACK_OFFICE
    )
    assert reconciliation.found() == []


def test_a_refund_whose_answer_was_lost_is_found_in_the_ledger(reconciliation: ReconciliationTester) -> None:
    cart, page = reconciliation.paid_cart()
    payment = reconciliation.payment_id(cart)
    reconciliation.world.fault("monext", action="drop_after", method="POST", path="/refunds$")
    with pytest.raises(BridgeError):
        reconciliation.bridge.services.operations.perform(
            payment, Refund(Money(1000, "EUR")), key="note-1", by=BACK_OFFICE
        )
    assert reconciliation.found() == [(FollowUp.OPERATION, FindingStatus.FINISHED)]
    assert reconciliation.world.transactions(cart)[1:] == [("Refund", "Success", 1000)]
    assert reconciliation.world.ledger(page.token)[1:] == [("REFUND", 1000, "OK")]


def test_a_refund_that_never_happened_is_closed(reconciliation: ReconciliationTester) -> None:
    cart, page = reconciliation.paid_cart()
    payment = reconciliation.payment_id(cart)
    reconciliation.world.fault("monext", action="hang", seconds=0.1, method="POST", path="/refunds$")
    with pytest.raises(BridgeError):
        reconciliation.bridge.services.operations.perform(
            payment, Refund(Money(1000, "EUR")), key="note-1", by=BACK_OFFICE
        )
    assert reconciliation.found() == [(FollowUp.OPERATION, FindingStatus.FINISHED)]
    assert reconciliation.world.transactions(cart)[1:] == [("Refund", "Failure", 1000)]
    assert reconciliation.world.ledger(page.token)[1:] == []


def test_an_act_that_never_left_is_closed_and_its_key_is_free(reconciliation: ReconciliationTester) -> None:
    cart, _ = reconciliation.paid_cart()
    payment = reconciliation.payment_id(cart)
    reconciliation.world.fault("monext", action="status", code=503, path="/transactions/", times=3)
    with pytest.raises(BridgeError):
        reconciliation.bridge.services.operations.perform(
            payment, Refund(Money(1000, "EUR")), key="note-1", by=BACK_OFFICE
        )
    reconciliation.world.reset()
    assert reconciliation.found() == [(FollowUp.OPERATION, FindingStatus.FINISHED)]
    assert reconciliation.world.payment(cart)["transactions"][1]["interactionId"] == (
        "note-1~void~by-back-office"
    )
    reconciliation.bridge.services.operations.perform(
        payment, Refund(Money(1000, "EUR")), key="note-1", by=BACK_OFFICE
    )
    assert reconciliation.world.transactions(cart)[2:] == [("Refund", "Success", 1000)]


def test_an_act_that_monext_had_received_is_finished(reconciliation: ReconciliationTester) -> None:
    cart, page = reconciliation.paid_cart()
    payment = reconciliation.payment_id(cart)
    reconciliation.world.script_operation(act="refunds", outcome="pending", status=202)
    reconciliation.bridge.services.operations.perform(
        payment, Refund(Money(1000, "EUR")), key="note-1", by=BACK_OFFICE
    )
    assert reconciliation.world.orders(cart)[0]["paymentState"] == "CreditOwed"
    assert reconciliation.found() == [(FollowUp.RECEIVED, FindingStatus.WAITING)]
    refund = next(
        t["id"]
        for t in reconciliation.world.monext()["transactions"]
        if t["token"] == page.token and t["type"] == "REFUND"
    )
    reconciliation.world.resolve_operation(refund, "accepted")
    assert reconciliation.found() == [(FollowUp.RECEIVED, FindingStatus.FINISHED)]
    assert reconciliation.world.transactions(cart)[1:] == [("Refund", "Success", 1000)]
    assert reconciliation.world.orders(cart)[0]["paymentState"] == "Paid"


def test_two_accepted_payments_of_which_none_was_given_back_leave_one(
    reconciliation: ReconciliationTester,
) -> None:
    """Both were recorded in the same instant, and their processes died before they looked at each other."""
    cart = reconciliation.cart()
    first, second = reconciliation.page(cart, lang="fr"), reconciliation.page(cart, lang="de")
    reconciliation.world.pay(first.token, outcome="accepted")
    reconciliation.world.pay(second.token, outcome="accepted")
    Buyer(reconciliation.bridge).comes_back(first)
    for payment in reconciliation.world.payments(cart):
        if payment["interfaceId"] == second.token:
            accept_in_the_record(reconciliation.world, payment, second)
    assert set(reconciliation.found()) == {(FollowUp.SECOND_PAYMENT, FindingStatus.FINISHED)}
    states = [t for t in reconciliation.world.transactions(cart) if t[0] == "Refund"]
    assert states == [("Refund", "Success", 13490)]
    assert len(reconciliation.world.orders(cart)) == 1
    assert reconciliation.found() == []


def accept_in_the_record(world: World, payment: dict[str, Any], page: Page) -> None:
    """What the other process wrote before it died."""
    transaction = payment["transactions"][0]
    row = next(t["id"] for t in world.monext()["transactions"] if t["token"] == page.token)
    for action in (
        {"action": "changeTransactionState", "transactionId": transaction["id"], "state": "Success"},
        {"action": "setTransactionInterfaceId", "transactionId": transaction["id"], "interfaceId": row},
        {"action": "setStatusInterfaceCode", "interfaceCode": "00000"},
    ):
        version = world.project.get(f"payments/{payment['id']}")["version"]
        world.project.update(f"payments/{payment['id']}", version=version, action=action)


def test_an_order_state_that_was_not_written_is_put_right(reconciliation: ReconciliationTester) -> None:
    cart, _ = reconciliation.paid_cart("german-store")
    order = reconciliation.world.orders(cart)[0]
    assert order["paymentState"] == "Pending"
    reconciliation.world.fault(
        "commercetools", action="status", code=503, method="POST", path="/orders/", times=0
    )
    payment = reconciliation.payment_id(cart)
    total = reconciliation.world.payment(cart)["amountPlanned"]["centAmount"]
    reconciliation.bridge.services.operations.perform(
        payment, Capture(Money(total, "EUR")), key="parcel-1", by=BACK_OFFICE
    )
    assert reconciliation.found() == [(FollowUp.ORDER_STATE, FindingStatus.UNKNOWN)]
    reconciliation.world.reset()
    assert reconciliation.found() == [(FollowUp.ORDER_STATE, FindingStatus.FINISHED)]
    assert reconciliation.world.orders(cart)[0]["paymentState"] == "Paid"
    assert reconciliation.found() == []


def test_an_unknown_answer_of_monext_is_looked_at_again(reconciliation: ReconciliationTester) -> None:
    cart = reconciliation.cart()
    page = reconciliation.page(cart)
    reconciliation.world.pay(page.token, outcome="accepted")
    reconciliation.world.fault("monext", action="html", path=page.token, times=1)
    assert reconciliation.found() == [(FollowUp.NOT_FINISHED, FindingStatus.UNKNOWN)]
    assert reconciliation.found() == [(FollowUp.NOT_FINISHED, FindingStatus.FINISHED)]


def test_commercetools_away_breaks_the_pass_off(reconciliation: ReconciliationTester) -> None:
    reconciliation.world.fault("commercetools", action="status", code=500, path="/payments$", times=0)
    _, summary = reconciliation.run()
    assert summary.broken_off is not None
    assert not summary.complete


def test_a_dry_run_tells_and_writes_nothing(reconciliation: ReconciliationTester) -> None:
    cart = reconciliation.cart()
    reconciliation.world.pay(reconciliation.page(cart).token, outcome="accepted")
    before = reconciliation.world.payment(cart)
    assert reconciliation.found(dry_run=True) == [(FollowUp.NOT_FINISHED, FindingStatus.FOUND)]
    assert reconciliation.world.payment(cart) == before


def test_only_the_store_that_was_asked_for_is_looked_at(reconciliation: ReconciliationTester) -> None:
    french, german = reconciliation.cart(), reconciliation.cart("german-store")
    for cart in (french, german):
        reconciliation.world.pay(reconciliation.page(cart).token, outcome="accepted")
    findings, _ = reconciliation.run(store_key="de-store")
    assert [finding.store_key for finding in findings] == ["de-store"]
    assert [len(reconciliation.world.orders(cart)) for cart in (french, german)] == [0, 1]
    reconciliation.run()


def test_a_store_that_no_setting_names_any_more_is_stuck(
    reconciliation: ReconciliationTester, sandbox: Sandbox
) -> None:
    cart = reconciliation.cart()
    reconciliation.world.pay(reconciliation.page(cart).token, outcome="accepted")
    without = InProcess(
        sandbox,
        clock=lambda: utc_now() + HOUR,
        SECRET_KEY=KEY,
        MONEXT_POINT_OF_SALE_REF='{"de-store": "POS_DE"}',
        MONEXT_API_KEY=_only(reconciliation.bridge, "MONEXT_API_KEY"),
        MONEXT_CAPTURE_TYPE="MANUAL",
        MONEXT_PAYMENT_METHOD_IDS="",
    )
    findings: list[Finding] = []
    without.services.reconcile.run(Scope(), tell=findings.append)
    own = [f for f in findings if f.payment_id in reconciliation.payment_ids()]
    assert [(f.need, f.ending) for f in own] == [(FollowUp.NOT_FINISHED, FindingStatus.STUCK)]
    assert "fr-store" in own[0].detail
    reconciliation.run()


def _only(bridge: InProcess, name: str) -> str:
    store = bridge.settings.store("de-store")
    assert name == "MONEXT_API_KEY"
    return '{"de-store": "' + store.credentials.api_keys[0].get_secret_value() + '"}'


def test_many_passes_at_once_finish_everything_once(reconciliation: ReconciliationTester) -> None:
    carts = [reconciliation.cart() for _ in range(5)]
    for cart in carts:
        reconciliation.world.pay(reconciliation.page(cart).token, outcome="accepted")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: reconciliation.run(), range(4)))
    for cart in carts:
        assert reconciliation.world.transactions(cart) == [("Charge", "Success", 13490)]
        assert len(reconciliation.world.orders(cart)) == 1
    assert reconciliation.found() == []
