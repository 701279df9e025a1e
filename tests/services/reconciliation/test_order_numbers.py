"""Which order a finding is about: whoever is on call looks for its number, and reconciliation asks for it once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId
from monext_bridge.domain.outcome.order_rules import order_number
from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Task
from tests.bridges import Buyer
from tests.services.reconciling import Night

DAYS = timedelta(days=8)


def numbers(findings: list[Finding]) -> list[tuple[FollowUp, FindingStatus, str | None]]:
    return [(finding.need, finding.ending, finding.order) for finding in findings]


def number_of(night: Night, cart: str) -> str:
    return str(night.world.orders(cart)[0]["orderNumber"])


def authorised(night: Night) -> tuple[str, Task]:
    """A cart whose authorisation ends within the day, and the task that a pass would make of it."""
    cart, _ = night.paid("german-store")
    return cart, Task(night.payment_id(cart), frozenset({FollowUp.EXPIRING}), "de-store", CartId(cart))


def test_an_order_that_was_made_now_is_named(night: Night) -> None:
    cart = night.cart()
    night.world.pay(night.page(cart).token, outcome="accepted")
    findings, _ = night.run()
    assert numbers(findings) == [(FollowUp.NOT_FINISHED, FindingStatus.FINISHED, number_of(night, cart))]


def test_an_order_that_can_not_be_made_is_named_as_its_session_wanted_it(night: Night) -> None:
    cart = night.cart()
    session = night.world.session(cart, metadata={"futureOrderNumber": f"SHOP-{cart[:8]}"})
    night.world.pay(night.page(cart, session=session).token, outcome="accepted")
    night.world.trouble(cart, "SomethingNew")
    findings, _ = night.run()
    assert numbers(findings)[1:] == [(FollowUp.NO_ORDER, FindingStatus.STUCK, f"SHOP-{cart[:8]}")]


def test_an_order_that_will_perhaps_never_be_is_named_only_where_somebody_has_to_look(night: Night) -> None:
    cart = night.cart()
    night.world.pay(night.page(cart).token, outcome="pending")
    assert numbers(night.run()[0]) == [(FollowUp.NOT_FINISHED, FindingStatus.FINISHED, None)]
    assert numbers(night.run()[0]) == [(FollowUp.PENDING, FindingStatus.WAITING, None)]
    stuck, _ = night.run(ahead=DAYS)
    assert numbers(stuck) == [(FollowUp.PENDING, FindingStatus.STUCK, order_number(CartId(cart)))]


def test_money_that_monext_will_not_give_back_is_told_with_the_number_that_its_cart_would_get(
    night: Night,
) -> None:
    cart = night.cart()
    page = night.page(cart)
    night.world.one_more(cart)
    night.world.pay(page.token, outcome="accepted")
    night.world.script_act(act="refunds", outcome="refused", code="02110")
    Buyer(night.bridge).comes_back(page)
    findings, _ = night.run()
    assert numbers(findings) == [(FollowUp.RETURN_REFUSED, FindingStatus.STUCK, order_number(CartId(cart)))]


def test_an_order_that_the_survey_has_seen_is_not_read_again(night: Night) -> None:
    cart, _ = night.paid("german-store")
    night.world.forget_calls()
    findings, _ = night.run(ahead=timedelta(days=6, hours=1))
    assert numbers(findings) == [(FollowUp.EXPIRING, FindingStatus.WARNED, number_of(night, cart))]
    queries = [call for call in night.world.calls("commercetools") if call["path"].endswith("/orders")]
    assert len(queries) == 1


def test_an_order_that_nobody_has_seen_is_read_with_one_call(night: Night) -> None:
    cart, task = authorised(night)
    night.clock.ahead = timedelta(days=6, hours=1)
    night.world.forget_calls()
    try:
        (found,) = night.finish(task)
    finally:
        night.clock.ahead = timedelta(0)
    assert numbers([found]) == [(FollowUp.EXPIRING, FindingStatus.WARNED, number_of(night, cart))]
    paths = [call["path"].rpartition("/")[2] for call in night.world.calls("commercetools")]
    assert paths == [task.payment_id, "orders"]


@pytest.mark.parametrize("action", ["status", "drop_before"])
def test_a_finding_is_told_without_a_number_where_it_can_not_be_read(action: str, night: Night) -> None:
    _, task = authorised(night)
    night.clock.ahead = timedelta(days=6, hours=1)
    night.world.fault("commercetools", action=action, code=403, path="/orders", times=0)
    try:
        (found,) = night.finish(task)
    finally:
        night.clock.ahead = timedelta(0)
    assert numbers([found]) == [(FollowUp.EXPIRING, FindingStatus.WARNED, None)]
    assert found.detail


def test_the_number_of_an_older_schedulers_task_is_not_guessed(night: Night) -> None:
    """It names no cart, and no order names the payment."""
    cart = night.cart()
    page = night.page(cart)
    night.world.one_more(cart)
    night.world.pay(page.token, outcome="accepted")
    night.world.script_act(act="refunds", outcome="refused", code="02110")
    Buyer(night.bridge).comes_back(page)
    task = Task(PaymentId(night.payment_id(cart)), frozenset({FollowUp.RETURN_REFUSED}))
    assert numbers(list(night.finish(task))) == [(FollowUp.RETURN_REFUSED, FindingStatus.STUCK, None)]


def test_a_number_that_the_task_has_is_told_with_every_finding(night: Night) -> None:
    _, task = authorised(night)
    seen = Task(task.payment_id, task.needs, task.store_key, task.cart_id, OrderNumber("SEEN-1"))
    night.clock.ahead = timedelta(days=6, hours=1)
    try:
        assert [finding.order for finding in night.finish(seen)] == ["SEEN-1"]
    finally:
        night.clock.ahead = timedelta(0)
