"""Answers of Monext that do not say what happened: the caller waits, and the ledger decides."""

from __future__ import annotations

import json
from typing import Any

import pytest

from monext_bridge.mapping.monext.codes import CANCELLED_CODES, UNSURE_OPERATION_CODES
from tests.bridges import Answer, Buyer, InProcess
from tests.services.paid_payments import PaidPayment, a_paid_payment
from tests.web.back_office import BackOfficeClient, amount
from tests.world import World


@pytest.fixture
def office(in_process: InProcess, world: World) -> BackOfficeClient:
    return BackOfficeClient(in_process, world.back_office_token())


@pytest.fixture
def charged(in_process: InProcess, world: World) -> PaidPayment:
    """134.90 EUR, captured."""
    return a_paid_payment(in_process, world, situation="guest")


@pytest.fixture
def authorised(in_process: InProcess, world: World) -> PaidPayment:
    return a_paid_payment(in_process, world, situation="german-store")


def refund(cents: int) -> dict[str, Any]:
    return amount(cents) | {"action": "refundPayment"}


def outcome(answer: Answer) -> tuple[int, str | None]:
    return answer.status, json.loads(answer.text).get("outcome")


def test_a_refund_that_was_done_though_answered_with_an_error_is_never_done_again(
    office: BackOfficeClient, charged: PaidPayment
) -> None:
    charged.world.script_operation(act="refunds", outcome="accepted", says="01197")
    first = office.send_actions(charged.id, refund(10000), key="rma-7")
    assert (first.status, "Retry-After" in first.headers) == (503, True)
    assert charged.operations() == [("Refund", "Initial", 10000)]
    assert office.send_actions(charged.id, refund(3491), key="rma-8").status == 409
    assert outcome(office.send_actions(charged.id, refund(10000), key="rma-7")) == (200, "approved")
    assert charged.operations() == [("Refund", "Success", 10000)]
    assert office.send_actions(charged.id, refund(3491), key="rma-9").status == 409
    assert charged.ledger() == [("REFUND", 10000, "OK")]


@pytest.mark.parametrize("code", sorted(UNSURE_OPERATION_CODES))
@pytest.mark.parametrize("status", [201, 400])
def test_no_answer_that_does_not_tell_is_taken_for_a_refusal(
    status: int, code: str, office: BackOfficeClient, charged: PaidPayment
) -> None:
    charged.world.script_operation(act="refunds", outcome="accepted", says=code, status=status)
    assert office.send_actions(charged.id, refund(100), key="rma-7").status == 503
    assert outcome(office.send_actions(charged.id, refund(100), key="rma-7")) == (200, "approved")
    assert charged.ledger() == [("REFUND", 100, "OK")]


def test_what_the_ledger_calls_refused_is_rejected_then(
    office: BackOfficeClient, charged: PaidPayment
) -> None:
    charged.world.script_operation(act="refunds", outcome="refused", says="02103")
    assert office.send_actions(charged.id, refund(100), key="rma-7").status == 503
    assert outcome(office.send_actions(charged.id, refund(100), key="rma-7")) == (200, "rejected")
    assert outcome(office.send_actions(charged.id, refund(100), key="rma-8")) == (200, "approved")
    assert charged.ledger() == [("REFUND", 100, "KO"), ("REFUND", 100, "OK")]


@pytest.mark.parametrize("code", sorted(CANCELLED_CODES))
@pytest.mark.parametrize("status", [201, 400, 409])
def test_a_cancel_that_is_told_as_an_error_of_a_reset_is_done(
    status: int, code: str, office: BackOfficeClient, authorised: PaidPayment
) -> None:
    authorised.world.script_operation(act="cancels", outcome="accepted", says=code, status=status)
    assert outcome(office.send_actions(authorised.id, {"action": "cancelPayment"})) == (200, "approved")
    assert authorised.operations() == [("CancelAuthorization", "Success", authorised.total)]
    assert authorised.order_state() == "Failed"


def test_money_that_goes_back_goes_back_once_whatever_the_answer_says(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    world.script_operation(act="refunds", outcome="accepted", says="02011")
    assert buyer.notification_arrives(page).status == 503
    assert buyer.notification_arrives(page).status == 200
    assert [row[:2] for row in world.transactions(cart)] == [("Charge", "Success"), ("Refund", "Success")]
    assert len(world.ledger(page.token)) == 2


def test_an_authorized_amount_of_zero_is_the_amount_that_was_asked_for(
    in_process: InProcess, office: BackOfficeClient, world: World
) -> None:
    buyer, cart = Buyer(in_process), world.cart()
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted", amount=0)
    assert buyer.comes_back(page).status == 303
    assert world.transactions(cart) == [("Charge", "Success", 13490)]
    assert [order["paymentState"] for order in world.orders(cart)] == ["Paid"]
    assert buyer.checkout(cart).status == 303
    payment = world.payment(cart)["id"]
    assert office.payment_intent(payment)["refundable"] == 13490
    assert outcome(office.send_actions(payment, refund(13490))) == (200, "approved")
