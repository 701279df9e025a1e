"""Which order a finding is about: whoever is on call looks for its number, and reconciliation asks for it once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.domain.outcome.order_rules import order_number
from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Task
from tests.bridges import Buyer
from tests.services.reconciling import ReconciliationTester

DAYS = timedelta(days=8)


def numbers(findings: list[Finding]) -> list[tuple[FollowUp, FindingStatus, str | None]]:
    return [(finding.need, finding.ending, finding.order) for finding in findings]


def number_of(reconciliation: ReconciliationTester, cart: str) -> str:
    return str(reconciliation.world.orders(cart)[0]["orderNumber"])


def authorised(reconciliation: ReconciliationTester) -> tuple[str, Task]:
    """A cart whose authorisation ends within the day, and the task that a pass would make of it."""
    cart, _ = reconciliation.paid_cart("german-store")
    return cart, Task(
        reconciliation.payment_id(cart), frozenset({FollowUp.EXPIRING}), "de-store", CartId(cart)
    )


def test_an_order_that_was_made_now_is_named(reconciliation: ReconciliationTester) -> None:
    cart = reconciliation.cart()
    reconciliation.world.pay(reconciliation.page(cart).token, outcome="accepted")
    findings, _ = reconciliation.run()
    assert numbers(findings) == [
        (FollowUp.NOT_FINISHED, FindingStatus.FINISHED, number_of(reconciliation, cart))
    ]


def test_an_order_that_can_not_be_made_is_named_as_its_session_wanted_it(
    reconciliation: ReconciliationTester,
) -> None:
    cart = reconciliation.cart()
    session = reconciliation.world.session(cart, metadata={"futureOrderNumber": f"SHOP-{cart[:8]}"})
    reconciliation.world.pay(reconciliation.page(cart, session=session).token, outcome="accepted")
    reconciliation.world.refuse_orders(cart, "InvalidJsonInput")
    findings, _ = reconciliation.run()
    assert numbers(findings)[1:] == [(FollowUp.NO_ORDER, FindingStatus.STUCK, f"SHOP-{cart[:8]}")]


def test_an_order_that_will_perhaps_never_be_is_named_only_where_somebody_has_to_look(
    reconciliation: ReconciliationTester,
) -> None:
    cart = reconciliation.cart()
    reconciliation.world.pay(reconciliation.page(cart).token, outcome="pending")
    assert numbers(reconciliation.run()[0]) == [(FollowUp.NOT_FINISHED, FindingStatus.FINISHED, None)]
    assert numbers(reconciliation.run()[0]) == [(FollowUp.PENDING, FindingStatus.WAITING, None)]
    stuck, _ = reconciliation.run(ahead=DAYS)
    assert numbers(stuck) == [(FollowUp.PENDING, FindingStatus.STUCK, order_number(CartId(cart)))]


def test_money_that_monext_will_not_give_back_is_told_with_the_number_that_its_cart_would_get(
    reconciliation: ReconciliationTester,
) -> None:
    cart = reconciliation.cart()
    page = reconciliation.page(cart)
    reconciliation.world.add_one_item(cart)
    reconciliation.world.pay(page.token, outcome="accepted")
    reconciliation.world.script_operation(act="refunds", outcome="refused", code="02110")
    Buyer(reconciliation.bridge).comes_back(page)
    findings, _ = reconciliation.run()
    assert numbers(findings) == [
        (FollowUp.REVERSAL_REJECTED, FindingStatus.STUCK, order_number(CartId(cart)))
    ]


def test_an_order_that_the_survey_has_seen_is_not_read_again(reconciliation: ReconciliationTester) -> None:
    cart, _ = reconciliation.paid_cart("german-store")
    reconciliation.world.forget_calls()
    findings, _ = reconciliation.run(ahead=timedelta(days=6, hours=1))
    assert numbers(findings) == [(FollowUp.EXPIRING, FindingStatus.WARNED, number_of(reconciliation, cart))]
    queries = [
        call for call in reconciliation.world.calls("commercetools") if call["path"].endswith("/orders")
    ]
    assert len(queries) == 1


def test_an_order_that_nobody_has_seen_is_read_with_one_call(reconciliation: ReconciliationTester) -> None:
    cart, task = authorised(reconciliation)
    reconciliation.clock.ahead = timedelta(days=6, hours=1)
    reconciliation.world.forget_calls()
    try:
        (found,) = reconciliation.finish(task)
    finally:
        reconciliation.clock.ahead = timedelta(0)
    assert numbers([found]) == [(FollowUp.EXPIRING, FindingStatus.WARNED, number_of(reconciliation, cart))]
    paths = [call["path"].rpartition("/")[2] for call in reconciliation.world.calls("commercetools")]
    assert paths == [task.payment_id, "orders"]


@pytest.mark.parametrize("action", ["status", "drop_before"])
def test_a_finding_is_told_without_a_number_where_it_can_not_be_read(
    action: str, reconciliation: ReconciliationTester
) -> None:
    _, task = authorised(reconciliation)
    reconciliation.clock.ahead = timedelta(days=6, hours=1)
    reconciliation.world.fault("commercetools", action=action, code=403, path="/orders", times=0)
    try:
        (found,) = reconciliation.finish(task)
    finally:
        reconciliation.clock.ahead = timedelta(0)
    assert numbers([found]) == [(FollowUp.EXPIRING, FindingStatus.WARNED, None)]
    assert found.detail


def test_the_number_of_an_older_schedulers_task_is_not_guessed(reconciliation: ReconciliationTester) -> None:
    """It names no cart, and no order names the payment."""
    cart = reconciliation.cart()
    page = reconciliation.page(cart)
    reconciliation.world.add_one_item(cart)
    reconciliation.world.pay(page.token, outcome="accepted")
    reconciliation.world.script_operation(act="refunds", outcome="refused", code="02110")
    Buyer(reconciliation.bridge).comes_back(page)
    task = Task(PaymentId(reconciliation.payment_id(cart)), frozenset({FollowUp.REVERSAL_REJECTED}))
    assert numbers(list(reconciliation.finish(task))) == [
        (FollowUp.REVERSAL_REJECTED, FindingStatus.STUCK, None)
    ]


def test_a_number_that_the_task_has_is_told_with_every_finding(reconciliation: ReconciliationTester) -> None:
    _, task = authorised(reconciliation)
    seen = Task(task.payment_id, task.needs, task.store_key, task.cart_id, OrderNumber("SEEN-1"))
    reconciliation.clock.ahead = timedelta(days=6, hours=1)
    try:
        assert [finding.order for finding in reconciliation.finish(seen)] == ["SEEN-1"]
    finally:
        reconciliation.clock.ahead = timedelta(0)
