"""Payment intents as a back office sees them: what each act and each look is answered with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.bridges import InProcess
from tests.services.paid_payments import PaidPayment, a_paid_payment
from tests.web.back_office import EUR_10, UNKNOWN_ID, BackOfficeClient, amount, capture, error_detail
from tests.world import World

LARGEST = 10**18


@pytest.fixture
def office(in_process: InProcess, world: World) -> BackOfficeClient:
    return BackOfficeClient(in_process, world.back_office_token())


@pytest.fixture
def authorised(in_process: InProcess, world: World) -> PaidPayment:
    return a_paid_payment(in_process, world, situation="german-store")


@pytest.fixture
def charged(in_process: InProcess, world: World) -> PaidPayment:
    return a_paid_payment(in_process, world, situation="guest")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_payment_is_not_found(method: str, office: BackOfficeClient) -> None:
    answer = office.call(method, f"payment-intents/{UNKNOWN_ID}", data=json.dumps({"actions": [capture()]}))
    assert (answer.status, error_detail(answer)["code"]) == (404, "ResourceNotFound")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_payment_of_another_interface_is_not_found(
    method: str, office: BackOfficeClient, world: World
) -> None:
    cart = world.project.get(f"carts/{world.cart('gift-card')}")
    (reference,) = cart["paymentInfo"]["payments"]
    content = json.dumps({"actions": [capture()]})
    answer = office.call(method, f"payment-intents/{reference['id']}", data=content)
    assert (answer.status, error_detail(answer)["code"]) == (404, "ResourceNotFound")


def test_an_act_is_answered_with_its_outcome_and_both_ids(
    office: BackOfficeClient, authorised: PaidPayment
) -> None:
    answer = office.send_actions(authorised.id, capture())
    (charge,) = [
        t for t in authorised.world.payment(authorised.cart)["transactions"] if t["type"] == "Charge"
    ]
    assert answer.status == 200
    assert json.loads(answer.text) == {
        "outcome": "approved",
        "transactionId": charge["id"],
        "interfaceId": charge["interfaceId"],
    }


@pytest.mark.parametrize(("status", "outcome"), [("refused", "rejected"), ("pending", "received")])
def test_an_act_that_monext_does_not_finish_is_no_error(
    status: str, outcome: str, office: BackOfficeClient, charged: PaidPayment
) -> None:
    charged.world.script_operation(act="refunds", outcome=status)
    answer = office.send_actions(charged.id, capture(action="refundPayment"))
    assert (answer.status, json.loads(answer.text)["outcome"]) == (200, outcome)


FORBIDDEN: dict[str, tuple[dict[str, Any], str]] = {
    "more than is authorised": (amount(LARGEST), "can still be captured"),
    "another currency": (amount(1000, "JPY"), "the payment is in EUR"),
    "a refund of what is not captured": (capture(action="refundPayment"), "0 can still be refunded"),
}


@pytest.mark.parametrize(("action", "words"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_the_money_rules_forbid_is_a_conflict_in_words(
    action: dict[str, Any], words: str, office: BackOfficeClient, authorised: PaidPayment
) -> None:
    answer = office.send_actions(authorised.id, action)
    detail = error_detail(answer)
    assert (answer.status, detail["code"]) == (409, "InvalidOperation")
    assert words in detail["message"]
    assert (authorised.operations(), authorised.ledger()) == ([], [])


def test_a_cancel_of_a_charged_payment_says_what_to_do_instead(
    office: BackOfficeClient, charged: PaidPayment
) -> None:
    answer = office.send_actions(charged.id, {"action": "cancelPayment"})
    assert (answer.status, error_detail(answer)["code"]) == (409, "InvalidOperation")
    assert "refunded" in answer.text


def test_the_same_key_and_body_are_answered_the_same_and_act_once(
    office: BackOfficeClient, authorised: PaidPayment
) -> None:
    first, second = (office.send_actions(authorised.id, capture(), key="shipment-1") for _ in range(2))
    assert (first.status, first.text) == (second.status, second.text)
    assert len(authorised.ledger()) == 1


@pytest.mark.parametrize(
    "other",
    [amount(999), capture(final=True), capture(merchantReference="other"), {"action": "cancelPayment"}],
)
def test_the_same_key_with_another_body_is_refused(
    other: dict[str, Any], office: BackOfficeClient, authorised: PaidPayment
) -> None:
    office.send_actions(authorised.id, capture(), key="shipment-1")
    answer = office.send_actions(authorised.id, other, key="shipment-1")
    detail = error_detail(answer)
    assert (answer.status, detail["code"], detail["field"]) == (422, "InvalidField", "Idempotency-Key")
    assert len(authorised.ledger()) == 1


def test_what_is_not_known_yet_is_503_and_the_same_key_finds_out(
    office: BackOfficeClient, charged: PaidPayment
) -> None:
    charged.world.fault("monext", action="drop_after", path="/refunds$")
    refund = capture(action="refundPayment")
    unknown = office.send_actions(charged.id, refund, key="credit-1")
    assert (unknown.status, error_detail(unknown)["code"]) == (503, "General")
    assert int(unknown.headers["Retry-After"]) > 0
    assert json.loads(office.send_actions(charged.id, refund, key="credit-1").text)["outcome"] == "approved"
    assert len(charged.ledger()) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_remote_that_is_down_is_503_with_nothing_done(
    method: str, office: BackOfficeClient, authorised: PaidPayment
) -> None:
    authorised.world.fault("commercetools", action="status", code=503, path="/payments", times=0)
    content = json.dumps({"actions": [capture()]})
    answer = office.call(method, f"payment-intents/{authorised.id}", data=content)
    assert (answer.status, error_detail(answer)["code"]) == (503, "General")
    authorised.world.reset()
    assert authorised.operations() == []


def test_an_intent_tells_the_sums_and_what_is_left(office: BackOfficeClient, authorised: PaidPayment) -> None:
    office.send_actions(authorised.id, amount(3000))
    office.send_actions(authorised.id, capture(action="refundPayment"))
    intent = office.payment_intent(authorised.id)
    (order,) = authorised.world.orders(authorised.cart)
    transactions, pending = intent.pop("transactions"), intent.pop("pending")
    assert intent == {
        "paymentId": authorised.id,
        "orderNumber": order["orderNumber"],
        "currencyCode": "EUR",
        "planned": authorised.total,
        "authorized": authorised.total,
        "captured": 3000,
        "refunded": 1000,
        "cancelled": 0,
        "capturable": authorised.total - 3000,
        "cancellable": authorised.total - 3000,
        "refundable": 2000,
    }
    assert [(t["type"], t["state"], t["amount"]) for t in transactions] == [
        ("Authorization", "Success", authorised.total),
        ("Charge", "Success", 3000),
        ("Refund", "Success", 1000),
    ]
    assert pending == []


def test_an_act_under_way_is_listed_as_pending(office: BackOfficeClient, charged: PaidPayment) -> None:
    charged.world.script_operation(act="refunds", outcome="pending")
    office.send_actions(charged.id, capture(action="refundPayment"))
    intent = office.payment_intent(charged.id)
    assert [(t["type"], t["state"], t["amount"]) for t in intent["pending"]] == [("Refund", "Pending", 1000)]
    assert (intent["refunded"], intent["refundable"]) == (0, charged.total - 1000)


def test_a_payment_without_an_order_has_no_order_number(
    office: BackOfficeClient, in_process: InProcess, world: World
) -> None:
    cart = world.cart()
    in_process.call("GET", f"/checkout/{cart}")
    intent = office.payment_intent(world.payment(cart)["id"])
    assert "orderNumber" not in intent
    assert (intent["capturable"], intent["refundable"]) == (0, 0)


def test_the_answer_is_kept_by_nobody(office: BackOfficeClient, charged: PaidPayment) -> None:
    assert office.call("GET", f"payment-intents/{charged.id}").headers["Cache-Control"] == "no-store"


def test_an_amount_is_written_in_minor_units_of_any_currency(
    in_process: InProcess, world: World, office: BackOfficeClient
) -> None:
    paid = a_paid_payment(in_process, world, situation="dinar")
    wanted = {"action": "refundPayment", "amount": EUR_10 | {"currencyCode": "KWD"}}
    assert office.send_actions(paid.id, wanted).status == 200
    assert paid.ledger() == [("REFUND", 1000, "OK")]
