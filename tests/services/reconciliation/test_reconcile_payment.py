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
from monext_bridge.services import utc_now
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Scope, Task
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess, Page
from tests.services.reconciling import HOUR, KEY, Night
from tests.world import World, shapes


def test_a_payment_that_nobody_came_back_from_gets_its_order(night: Night) -> None:
    cart = night.cart()
    night.world.pay(night.page(cart).token, outcome="accepted")
    assert night.told() == [(FollowUp.NOT_FINISHED, FindingStatus.FINISHED)]
    assert night.world.transactions(cart) == [("Charge", "Success", 13490)]
    assert [order["paymentState"] for order in night.world.orders(cart)] == ["Paid"]
    assert night.told() == []


def test_the_order_of_a_forgotten_payment_has_the_number_that_its_session_asked_for(
    sandbox: Sandbox, night: Night
) -> None:
    cart = night.cart()
    session = night.world.session(cart, metadata={"futureOrderNumber": "SHOP-2026-1"})
    night.world.pay(night.page(cart, session=session).token, outcome="accepted")
    night.run()
    assert [order["orderNumber"] for order in night.world.orders(cart)] == ["SHOP-2026-1"]


def test_what_is_younger_than_asked_is_left_alone(night: Night) -> None:
    cart = night.cart()
    night.world.pay(night.page(cart).token, outcome="accepted")
    assert night.told(ahead=timedelta(minutes=10)) == []
    assert night.told(ahead=timedelta(minutes=10), older_than=timedelta(minutes=5)) != []


def test_an_abandoned_session_is_closed_after_its_end(night: Night) -> None:
    cart = night.cart()
    night.page(cart)
    assert night.told(ahead=timedelta(minutes=20)) == [(FollowUp.NOT_FINISHED, FindingStatus.WAITING)]
    night.world.pass_time(3600)
    try:
        assert night.told() == [(FollowUp.NOT_FINISHED, FindingStatus.FINISHED)]
    finally:
        night.world.pass_time(-3600)
    assert night.world.transactions(cart) == [("Charge", "Failure", 13490)]
    assert night.told() == []


def test_a_failed_attempt_is_read_once_more_after_its_session_and_then_left_alone(night: Night) -> None:
    cart = night.cart()
    page = night.page(cart)
    night.world.pay(page.token, outcome="refused")
    Buyer(night.bridge).comes_back(page)
    assert night.told(ahead=timedelta(minutes=40)) == []
    assert night.told() == [(FollowUp.LAST_LOOK, FindingStatus.FINISHED)]
    night.world.forget_calls()
    assert night.told() == []
    assert shapes(night.world.calls("monext")) == []


def test_a_payment_made_in_a_session_that_was_refused_before_is_found(night: Night) -> None:
    cart = night.cart()
    page = night.page(cart)
    night.world.pay(page.token, outcome="refused")
    Buyer(night.bridge).comes_back(page)
    night.world.pay(page.token, outcome="accepted")
    assert night.told() == [(FollowUp.LAST_LOOK, FindingStatus.FINISHED)]
    assert night.world.payment(cart)["transactions"][0]["state"] == "Success"
    assert len(night.world.orders(cart)) == 1


def test_a_payment_that_a_cancelling_buyer_made_in_another_tab_is_found(night: Night) -> None:
    cart = night.cart()
    page = night.page(cart)
    Buyer(night.bridge).cancels(page)
    night.world.pay(page.token, outcome="accepted")
    night.run()
    assert len(night.world.orders(cart)) == 1


def test_a_pending_payment_is_finished_once_its_partner_has_answered(night: Night) -> None:
    cart = night.cart()
    page = night.page(cart)
    night.world.pay(page.token, outcome="pending")
    Buyer(night.bridge).comes_back(page)
    assert night.told() == [(FollowUp.PENDING, FindingStatus.WAITING)]
    night.world.resolve(page.token, "accepted")
    assert night.told() == [(FollowUp.PENDING, FindingStatus.FINISHED)]
    assert len(night.world.orders(cart)) == 1


def test_a_payment_that_is_pending_for_a_week_is_stuck(night: Night) -> None:
    cart = night.cart()
    night.world.pay(night.page(cart).token, outcome="pending")
    night.run()
    assert night.told(ahead=timedelta(days=8)) == [(FollowUp.PENDING, FindingStatus.STUCK)]


def test_an_accepted_payment_whose_order_was_not_written_gets_it(night: Night) -> None:
    cart = night.cart()
    page = night.page(cart)
    night.world.pay(page.token, outcome="accepted")
    night.world.fault("commercetools", action="status", code=503, method="POST", path="/orders$", times=9)
    Buyer(night.bridge).comes_back(page)
    night.world.calm()
    assert night.world.orders(cart) == []
    assert night.told() == [(FollowUp.NO_ORDER, FindingStatus.FINISHED)]
    assert len(night.world.orders(cart)) == 1


def test_a_task_that_comes_again_is_finished_where_the_first_try_broke_off(night: Night) -> None:
    cart = night.cart()
    night.world.pay(night.page(cart).token, outcome="accepted")
    task, finish = Task(night.payment_id(cart), frozenset({FollowUp.NOT_FINISHED})), night.finish
    night.world.fault("commercetools", action="status", code=503, method="POST", path="/orders$", times=9)
    assert [f.ending for f in finish(task)] == [FindingStatus.FINISHED, FindingStatus.UNKNOWN]
    night.world.calm()
    assert [(f.need, f.ending) for f in finish(task)] == [(FollowUp.NO_ORDER, FindingStatus.FINISHED)]
    assert finish(task) == ()


def test_an_order_that_commercetools_refuses_for_good_gives_the_money_back(night: Night) -> None:
    cart = night.cart()
    night.world.pay(night.page(cart).token, outcome="accepted")
    night.world.trouble(cart, "OutOfStock")
    assert night.told() == [(FollowUp.NOT_FINISHED, FindingStatus.FINISHED)]
    assert night.world.transactions(cart)[1:] == [("Refund", "Success", 13490)]
    assert night.told() == []


def test_an_order_that_is_refused_for_an_unknown_reason_is_stuck(night: Night) -> None:
    cart, world = night.cart(), night.world
    world.pay(night.page(cart).token, outcome="accepted")
    night.world.trouble(cart, "SomethingNew")
    assert night.told() == [
        (FollowUp.NOT_FINISHED, FindingStatus.FINISHED),
        (FollowUp.NO_ORDER, FindingStatus.STUCK),
    ]
    assert night.told(ahead=2 * HOUR) == [(FollowUp.NO_ORDER, FindingStatus.STUCK)]
    assert world.transactions(cart) == [("Charge", "Success", 13490)]


def test_a_cart_that_changed_while_nobody_came_back_gives_its_money_back(night: Night) -> None:
    cart = night.cart()
    page = night.page(cart)
    night.world.one_more(cart)
    night.world.pay(page.token, outcome="accepted")
    night.run()
    assert night.world.payment(cart)["paymentStatus"]["interfaceCode"] == "AMOUNT_MISMATCH"
    assert night.world.transactions(cart)[1:] == [("Refund", "Success", 13490)]
    assert night.world.orders(cart) == []


def test_money_on_its_way_back_is_carried_on(night: Night) -> None:
    cart = night.cart()
    page = night.page(cart)
    night.world.one_more(cart)
    night.world.pay(page.token, outcome="accepted")
    night.world.fault("monext", action="drop_before", method="POST", path="/refunds$")
    Buyer(night.bridge).comes_back(page)
    assert night.world.transactions(cart)[1:] == [("Refund", "Initial", 13490)]
    assert night.told() == [(FollowUp.GIVE_BACK, FindingStatus.FINISHED)]
    assert night.world.ledger(page.token)[1:] == [("REFUND", 13490, "OK")]
    assert night.told() == []


def test_a_refused_give_back_is_stuck_until_somebody_has_refunded_it(night: Night) -> None:
    cart = night.cart()
    page = night.page(cart)
    night.world.one_more(cart)
    night.world.pay(page.token, outcome="accepted")
    night.world.script_act(act="refunds", outcome="refused", code="02110")
    Buyer(night.bridge).comes_back(page)
    assert night.told() == [(FollowUp.RETURN_REFUSED, FindingStatus.STUCK)]
    payment = night.payment_id(cart)
    night.bridge.services.modify.perform(payment, Refund(Money(13490, "EUR")), key="by-hand")
    assert night.told() == []


def test_a_refund_whose_answer_was_lost_is_found_in_the_ledger(night: Night) -> None:
    cart, page = night.paid()
    payment = night.payment_id(cart)
    night.world.fault("monext", action="drop_after", method="POST", path="/refunds$")
    with pytest.raises(BridgeError):
        night.bridge.services.modify.perform(payment, Refund(Money(1000, "EUR")), key="note-1")
    assert night.told() == [(FollowUp.ACT, FindingStatus.FINISHED)]
    assert night.world.transactions(cart)[1:] == [("Refund", "Success", 1000)]
    assert night.world.ledger(page.token)[1:] == [("REFUND", 1000, "OK")]


def test_a_refund_that_never_happened_is_closed(night: Night) -> None:
    cart, page = night.paid()
    payment = night.payment_id(cart)
    night.world.fault("monext", action="hang", seconds=0.1, method="POST", path="/refunds$")
    with pytest.raises(BridgeError):
        night.bridge.services.modify.perform(payment, Refund(Money(1000, "EUR")), key="note-1")
    assert night.told() == [(FollowUp.ACT, FindingStatus.FINISHED)]
    assert night.world.transactions(cart)[1:] == [("Refund", "Failure", 1000)]
    assert night.world.ledger(page.token)[1:] == []


def test_an_act_that_never_left_is_closed_and_its_key_is_free(night: Night) -> None:
    cart, _ = night.paid()
    payment = night.payment_id(cart)
    night.world.fault("monext", action="status", code=503, path="/transactions/", times=3)
    with pytest.raises(BridgeError):
        night.bridge.services.modify.perform(payment, Refund(Money(1000, "EUR")), key="note-1")
    night.world.calm()
    assert night.told() == [(FollowUp.ACT, FindingStatus.FINISHED)]
    assert night.world.payment(cart)["transactions"][1]["interactionId"] == "note-1~void"
    night.bridge.services.modify.perform(payment, Refund(Money(1000, "EUR")), key="note-1")
    assert night.world.transactions(cart)[2:] == [("Refund", "Success", 1000)]


def test_an_act_that_monext_had_received_is_finished(night: Night) -> None:
    cart, page = night.paid()
    payment = night.payment_id(cart)
    night.world.script_act(act="refunds", outcome="pending", status=202)
    night.bridge.services.modify.perform(payment, Refund(Money(1000, "EUR")), key="note-1")
    assert night.world.orders(cart)[0]["paymentState"] == "CreditOwed"
    assert night.told() == [(FollowUp.RECEIVED, FindingStatus.WAITING)]
    refund = next(
        t["id"]
        for t in night.world.monext()["transactions"]
        if t["token"] == page.token and t["type"] == "REFUND"
    )
    night.world.end_act(refund, "accepted")
    assert night.told() == [(FollowUp.RECEIVED, FindingStatus.FINISHED)]
    assert night.world.transactions(cart)[1:] == [("Refund", "Success", 1000)]
    assert night.world.orders(cart)[0]["paymentState"] == "Paid"


def test_two_accepted_payments_of_which_none_was_given_back_leave_one(night: Night) -> None:
    """Both were recorded in the same instant, and their processes died before they looked at each other."""
    cart = night.cart()
    first, second = night.page(cart, lang="fr"), night.page(cart, lang="de")
    night.world.pay(first.token, outcome="accepted")
    night.world.pay(second.token, outcome="accepted")
    Buyer(night.bridge).comes_back(first)
    for payment in night.world.payments(cart):
        if payment["interfaceId"] == second.token:
            accept_in_the_record(night.world, payment, second)
    assert set(night.told()) == {(FollowUp.SECOND_PAYMENT, FindingStatus.FINISHED)}
    states = [t for t in night.world.transactions(cart) if t[0] == "Refund"]
    assert states == [("Refund", "Success", 13490)]
    assert len(night.world.orders(cart)) == 1
    assert night.told() == []


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


def test_an_order_state_that_was_not_written_is_put_right(night: Night) -> None:
    cart, _ = night.paid("german-store")
    order = night.world.orders(cart)[0]
    assert order["paymentState"] == "Pending"
    night.world.fault("commercetools", action="status", code=503, method="POST", path="/orders/", times=0)
    payment = night.payment_id(cart)
    total = night.world.payment(cart)["amountPlanned"]["centAmount"]
    night.bridge.services.modify.perform(payment, Capture(Money(total, "EUR")), key="parcel-1")
    assert night.told() == [(FollowUp.ORDER_STATE, FindingStatus.UNKNOWN)]
    night.world.calm()
    assert night.told() == [(FollowUp.ORDER_STATE, FindingStatus.FINISHED)]
    assert night.world.orders(cart)[0]["paymentState"] == "Paid"
    assert night.told() == []


def test_an_unknown_answer_of_monext_is_looked_at_again(night: Night) -> None:
    cart = night.cart()
    page = night.page(cart)
    night.world.pay(page.token, outcome="accepted")
    night.world.fault("monext", action="html", path=page.token, times=1)
    assert night.told() == [(FollowUp.NOT_FINISHED, FindingStatus.UNKNOWN)]
    assert night.told() == [(FollowUp.NOT_FINISHED, FindingStatus.FINISHED)]


def test_commercetools_away_breaks_the_pass_off(night: Night) -> None:
    night.world.fault("commercetools", action="status", code=500, path="/payments$", times=0)
    _, summary = night.run()
    assert summary.broken_off is not None
    assert not summary.complete


def test_a_dry_run_tells_and_writes_nothing(night: Night) -> None:
    cart = night.cart()
    night.world.pay(night.page(cart).token, outcome="accepted")
    before = night.world.payment(cart)
    assert night.told(dry_run=True) == [(FollowUp.NOT_FINISHED, FindingStatus.FOUND)]
    assert night.world.payment(cart) == before


def test_only_the_store_that_was_asked_for_is_looked_at(night: Night) -> None:
    french, german = night.cart(), night.cart("german-store")
    for cart in (french, german):
        night.world.pay(night.page(cart).token, outcome="accepted")
    findings, _ = night.run(store_key="de-store")
    assert [finding.store_key for finding in findings] == ["de-store"]
    assert [len(night.world.orders(cart)) for cart in (french, german)] == [0, 1]
    night.run()


def test_a_store_that_no_setting_names_any_more_is_stuck(night: Night, sandbox: Sandbox) -> None:
    cart = night.cart()
    night.world.pay(night.page(cart).token, outcome="accepted")
    without = InProcess(
        sandbox,
        clock=lambda: utc_now() + HOUR,
        SECRET_KEY=KEY,
        MONEXT_POINT_OF_SALE_REF='{"de-store": "POS_DE"}',
        MONEXT_API_KEY=_only(night.bridge, "MONEXT_API_KEY"),
        MONEXT_CAPTURE_TYPE="MANUAL",
        MONEXT_PAYMENT_METHOD_IDS="",
    )
    findings: list[Finding] = []
    without.services.reconcile.run(Scope(), tell=findings.append)
    own = [f for f in findings if f.payment_id in night.own()]
    assert [(f.need, f.ending) for f in own] == [(FollowUp.NOT_FINISHED, FindingStatus.STUCK)]
    assert "fr-store" in own[0].detail
    night.run()


def _only(bridge: InProcess, name: str) -> str:
    store = bridge.settings.store("de-store")
    assert name == "MONEXT_API_KEY"
    return '{"de-store": "' + store.credentials.api_key.get_secret_value() + '"}'


def test_many_passes_at_once_finish_everything_once(night: Night) -> None:
    carts = [night.cart() for _ in range(5)]
    for cart in carts:
        night.world.pay(night.page(cart).token, outcome="accepted")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: night.run(), range(4)))
    for cart in carts:
        assert night.world.transactions(cart) == [("Charge", "Success", 13490)]
        assert len(night.world.orders(cart)) == 1
    assert night.told() == []
