"""The operations API as its callers see it: what each request is answered with, down to code and field."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.services.acting import Paid, a_paid
from tests.services.calling import Tokens
from tests.web.office import EUR_10, NOBODY_S, Office, amount, capture, refused
from tests.world import World

LARGEST = 10**18
AMOUNT, CENTS, CURRENCY = (
    "actions.0.amount",
    "actions.0.amount.centAmount",
    "actions.0.amount.currencyCode",
)


@pytest.fixture
def office(in_process: InProcess, world: World) -> Office:
    return Office(in_process, world.back_office_token())


@pytest.fixture
def authorised(in_process: InProcess, world: World) -> Paid:
    return a_paid(in_process, world, situation="german-store")


@pytest.fixture
def charged(in_process: InProcess, world: World) -> Paid:
    return a_paid(in_process, world, situation="guest")


NOT_JSON = [b"", b"{", b"amount=1", b"\xff\xfe\x00", b'{"actions": [' * 4_000, b"[" * 60_000]


@pytest.mark.parametrize("content", NOT_JSON, ids=lambda content: repr(content[:12]))
def test_what_is_not_json_is_invalid_json(content: bytes, office: Office) -> None:
    answer = office.send(NOBODY_S, content)
    assert (answer.status, refused(answer)["code"]) == (400, "InvalidJsonInput")


MALFORMED: dict[str, tuple[Any, str, str]] = {
    "an array": ([], "InvalidField", "body"),
    "a text": ("capturePayment", "InvalidField", "body"),
    "null": (None, "InvalidField", "body"),
    "no actions": ({}, "RequiredField", "actions"),
    "an object of actions": ({"actions": capture()}, "InvalidField", "actions"),
    "none at all": ({"actions": []}, "InvalidField", "actions"),
    "two": ({"actions": [capture(), capture()]}, "InvalidField", "actions"),
    "unknown member": ({"actions": [capture()], "version": 1}, "InvalidField", "version"),
}


@pytest.mark.parametrize(("body", "code", "field"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_body_is_refused(body: Any, code: str, field: str, office: Office) -> None:
    answer = office.send(NOBODY_S, json.dumps(body))
    detail = refused(answer)
    assert (answer.status, detail["code"], detail["field"]) == (400, code, field)


ACTIONS: dict[str, tuple[Any, str, str]] = {
    "a text": ("capturePayment", "InvalidField", "actions.0"),
    "no kind": (capture(action=None), "RequiredField", "actions.0.action"),
    "unknown kind": (capture(action="chargePayment"), "InvalidField", "actions.0.action"),
    "number as kind": (capture(action=1), "InvalidField", "actions.0.action"),
    "no amount": (capture(amount=None), "RequiredField", AMOUNT),
    "bare amount": (capture(amount=1000), "InvalidField", AMOUNT),
    "no cents": (capture(amount={"currencyCode": "EUR"}), "RequiredField", CENTS),
    "no currency": (capture(amount={"centAmount": 1000}), "RequiredField", CURRENCY),
    "zero": (amount(0), "InvalidField", CENTS),
    "negative": (amount(-1), "InvalidField", CENTS),
    "too large": (amount(LARGEST + 1), "InvalidField", CENTS),
    "huge": (amount(10**4000), "InvalidField", CENTS),
    "fraction": (amount(10.5), "InvalidField", CENTS),
    "whole float": (amount(1000.0), "InvalidField", CENTS),
    "text": (amount("1000"), "InvalidField", CENTS),
    "true": (amount(True), "InvalidField", CENTS),
    "null": (amount(None), "InvalidField", CENTS),
    "infinite": (amount(float("inf")), "InvalidField", CENTS),
    "not a number": (amount(float("nan")), "InvalidField", CENTS),
    "lower-case currency": (amount(1000, "eur"), "InvalidField", CURRENCY),
    "long currency": (amount(1000, "EURO"), "InvalidField", CURRENCY),
    "line end after currency": (amount(1000, "EUR\n"), "InvalidField", CURRENCY),
    "unknown member": (capture(comment="x"), "InvalidField", "actions.0.comment"),
    "member of another action": (capture(transactionId=NOBODY_S), "InvalidField", "actions.0.transactionId"),
    "amount of a cancel": (capture(action="cancelPayment"), "InvalidField", AMOUNT),
    "text as final": (capture(final="yes"), "InvalidField", "actions.0.final"),
    "empty reference": (capture(merchantReference=""), "InvalidField", "actions.0.merchantReference"),
    "long reference": (capture(merchantReference="x" * 51), "InvalidField", "actions.0.merchantReference"),
    "markup in reference": (capture(merchantReference="<b>"), "InvalidField", "actions.0.merchantReference"),
    "half a character": (capture(merchantReference="\ud800"), "InvalidField", "actions.0.merchantReference"),
    "long name": (capture(**{"x" * 5000: 1}), "InvalidField", f"actions.0.{'x' * 64}"),
}


@pytest.mark.parametrize(("action", "code", "field"), ACTIONS.values(), ids=ACTIONS)
def test_a_malformed_action_is_refused_and_nothing_is_asked(
    action: Any, code: str, field: str, office: Office, world: World
) -> None:
    office.act(NOBODY_S, capture())
    world.forget_calls()
    answer = office.act(NOBODY_S, action)
    detail = refused(answer)
    assert (answer.status, detail["code"], detail["field"]) == (400, code, field)
    assert world.calls("commercetools") == world.calls("monext") == []


def test_an_error_never_repeats_what_was_sent(office: Office) -> None:
    secret = "4970-1012-3456-7890"
    for action in (
        capture(action=secret),
        amount(secret),
        amount(1, secret),
        capture(merchantReference=[secret]),
    ):
        assert secret not in office.act(NOBODY_S, action).text


@pytest.mark.parametrize("key", ["", "x" * 129, "a b", "a~b", "a/b", "é"])
def test_a_key_of_the_wrong_form_is_refused(key: str, office: Office) -> None:
    detail = refused(office.act(NOBODY_S, capture(), key=key))
    assert (detail["code"], detail["field"]) == ("InvalidField", "Idempotency-Key")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("id_", ["x", NOBODY_S.upper().replace("0", "A"), f"{NOBODY_S}0", f"{NOBODY_S}%0A"])
def test_an_id_of_the_wrong_form_is_refused(id_: str, method: str, office: Office) -> None:
    content = json.dumps({"actions": [capture()]})
    answer = office.call(method, f"payment-intents/{id_}", data=content)
    assert (answer.status, refused(answer)["code"]) == (400, "InvalidField")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_payment_is_not_found(method: str, office: Office) -> None:
    answer = office.call(method, f"payment-intents/{NOBODY_S}", data=json.dumps({"actions": [capture()]}))
    assert (answer.status, refused(answer)["code"]) == (404, "ResourceNotFound")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_payment_of_another_interface_is_not_found(method: str, office: Office, world: World) -> None:
    cart = world.project.get(f"carts/{world.cart('gift-card')}")
    (reference,) = cart["paymentInfo"]["payments"]
    content = json.dumps({"actions": [capture()]})
    answer = office.call(method, f"payment-intents/{reference['id']}", data=content)
    assert (answer.status, refused(answer)["code"]) == (404, "ResourceNotFound")


def test_an_act_is_answered_with_its_outcome_and_both_ids(office: Office, authorised: Paid) -> None:
    answer = office.act(authorised.id, capture())
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
    status: str, outcome: str, office: Office, charged: Paid
) -> None:
    charged.world.script_act(kind="refunds", outcome=status)
    answer = office.act(charged.id, capture(action="refundPayment"))
    assert (answer.status, json.loads(answer.text)["outcome"]) == (200, outcome)


FORBIDDEN: dict[str, tuple[dict[str, Any], str]] = {
    "more than is authorised": (amount(LARGEST), "can still be captured"),
    "another currency": (amount(1000, "JPY"), "the payment is in EUR"),
    "a refund of what is not captured": (capture(action="refundPayment"), "0 can still be refunded"),
}


@pytest.mark.parametrize(("action", "words"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_the_money_rules_forbid_is_a_conflict_in_words(
    action: dict[str, Any], words: str, office: Office, authorised: Paid
) -> None:
    answer = office.act(authorised.id, action)
    detail = refused(answer)
    assert (answer.status, detail["code"]) == (409, "InvalidOperation")
    assert words in detail["message"]
    assert authorised.acts() == authorised.ledger() == []


def test_a_cancel_of_a_charged_payment_says_what_to_do_instead(office: Office, charged: Paid) -> None:
    answer = office.act(charged.id, {"action": "cancelPayment"})
    assert (answer.status, refused(answer)["code"]) == (409, "InvalidOperation")
    assert "refunded" in answer.text


def test_the_same_key_and_body_are_answered_the_same_and_act_once(office: Office, authorised: Paid) -> None:
    first, second = (office.act(authorised.id, capture(), key="shipment-1") for _ in range(2))
    assert (first.status, first.text) == (second.status, second.text)
    assert len(authorised.ledger()) == 1


@pytest.mark.parametrize(
    "other",
    [amount(999), capture(final=True), capture(merchantReference="other"), {"action": "cancelPayment"}],
)
def test_the_same_key_with_another_body_is_refused(
    other: dict[str, Any], office: Office, authorised: Paid
) -> None:
    office.act(authorised.id, capture(), key="shipment-1")
    answer = office.act(authorised.id, other, key="shipment-1")
    detail = refused(answer)
    assert (answer.status, detail["code"], detail["field"]) == (422, "InvalidField", "Idempotency-Key")
    assert len(authorised.ledger()) == 1


def test_what_is_not_known_yet_is_503_and_the_same_key_finds_out(office: Office, charged: Paid) -> None:
    charged.world.fault("monext", action="drop_after", path="/refunds$")
    refund = capture(action="refundPayment")
    unknown = office.act(charged.id, refund, key="credit-1")
    assert (unknown.status, refused(unknown)["code"]) == (503, "General")
    assert int(unknown.headers["Retry-After"]) > 0
    assert json.loads(office.act(charged.id, refund, key="credit-1").text)["outcome"] == "approved"
    assert len(charged.ledger()) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_remote_that_is_down_is_503_with_nothing_done(
    method: str, office: Office, authorised: Paid
) -> None:
    authorised.world.fault("commercetools", action="status", code=503, path="/payments", times=0)
    content = json.dumps({"actions": [capture()]})
    answer = office.call(method, f"payment-intents/{authorised.id}", data=content)
    assert (answer.status, refused(answer)["code"]) == (503, "General")
    authorised.world.calm()
    assert authorised.acts() == []


def test_an_intent_tells_the_sums_and_what_is_left(office: Office, authorised: Paid) -> None:
    office.act(authorised.id, amount(3000))
    office.act(authorised.id, capture(action="refundPayment"))
    intent = office.intent(authorised.id)
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


def test_an_act_under_way_is_listed_as_pending(office: Office, charged: Paid) -> None:
    charged.world.script_act(kind="refunds", outcome="pending")
    office.act(charged.id, capture(action="refundPayment"))
    intent = office.intent(charged.id)
    assert [(t["type"], t["state"], t["amount"]) for t in intent["pending"]] == [("Refund", "Pending", 1000)]
    assert (intent["refunded"], intent["refundable"]) == (0, charged.total - 1000)


def test_a_payment_without_an_order_has_no_order_number(
    office: Office, in_process: InProcess, world: World
) -> None:
    cart = world.cart()
    in_process.call("GET", f"/checkout/{cart}")
    intent = office.intent(world.payment(cart)["id"])
    assert "orderNumber" not in intent
    assert (intent["capturable"], intent["refundable"]) == (0, 0)


def test_a_checkout_link_opens_its_cart_and_no_other(sandbox: Sandbox, world: World) -> None:
    bridge = InProcess(sandbox, CHECKOUT_ACCESS="signed")
    cart, other = world.cart(), world.cart()
    answer = Office(bridge, world.back_office_token()).link(cartId=cart, mode="redirect", language="de")
    link = json.loads(answer.text)
    assert answer.status == 201
    assert link["url"].startswith(f"{bridge.settings.public_url}/checkout/{cart}?")
    path = link["url"].removeprefix(bridge.settings.public_url)
    page = bridge.call("GET", path)
    assert page.status == 200
    assert page.page.find(id="continue")
    assert bridge.call("GET", path.replace(cart, other)).status == 403
    assert bridge.call("GET", f"/checkout/{cart}").status == 403


def test_a_checkout_link_ends_when_it_says(in_process: InProcess, office: Office) -> None:
    now = in_process.services.clock().timestamp()
    link = json.loads(office.link(cartId=NOBODY_S, expiresIn=60).text)
    assert 58 <= link["expires"] - now <= 61
    assert parse_qs(urlsplit(link["url"]).query)["expires"] == [str(link["expires"])]


LINKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no cart": ({}, "RequiredField", "cartId"),
    "malformed cart": ({"cartId": "../payments"}, "InvalidField", "cartId"),
    "unknown mode": ({"mode": "popup"}, "InvalidField", "mode"),
    "malformed language": ({"language": "fr&mode=direct"}, "InvalidField", "language"),
    "too short": ({"expiresIn": 59}, "InvalidField", "expiresIn"),
    "too long": ({"expiresIn": 30 * 24 * 3600 + 1}, "InvalidField", "expiresIn"),
    "text": ({"expiresIn": "3600"}, "InvalidField", "expiresIn"),
    "unknown member": ({"returnUrl": "https://evil.example.com"}, "InvalidField", "returnUrl"),
}


@pytest.mark.parametrize(("members", "code", "field"), LINKS.values(), ids=LINKS)
def test_a_malformed_wish_for_a_link_is_refused(
    members: dict[str, Any], code: str, field: str, office: Office
) -> None:
    wanted = members if code == "RequiredField" else {"cartId": NOBODY_S} | members
    answer = office.link(**wanted)
    detail = refused(answer)
    assert (answer.status, detail["code"], detail["field"]) == (400, code, field)


def config(bridge: InProcess, session_id: str) -> Any:
    answer = bridge.call("GET", "/operations/config", headers={"X-Session-Id": session_id})
    return json.loads(answer.text)


@pytest.mark.parametrize(("situation", "methods"), [("guest", ["CB", "AMEX"]), ("german-store", ["PAYPAL"])])
def test_the_config_is_that_of_the_carts_store_only(
    situation: str, methods: list[str], sandbox: Sandbox, world: World
) -> None:
    contracts = {"fr-store": {"CB": "C1", "AMEX": "C2"}, "de-store": {"PAYPAL": "C3"}}
    bridge = InProcess(sandbox, MONEXT_PAYMENT_METHOD_IDS=json.dumps(contracts))
    assert config(bridge, world.session(world.cart(situation))) == {
        "environment": "HOMOLOGATION",
        "mode": "widget",
        "widget": {
            "script": f"{sandbox.monext_url}/cdn/scripts/widget-min.js",
            "style": f"{sandbox.monext_url}/cdn/styles/widget-min.css",
        },
        "paymentMethods": methods,
    }


@pytest.mark.parametrize("headers", [{}, {"X-Session-Id": "unknown"}, {"X-Session-Id": "../carts"}])
def test_the_config_needs_an_active_session(headers: dict[str, str], in_process: InProcess) -> None:
    answer = in_process.call("GET", "/operations/config", headers=headers)
    assert (answer.status, refused_with_words(answer.text)) == (401, "invalid_token")


def refused_with_words(text: str) -> str:
    body = json.loads(text)
    assert body["error_description"] == body["message"]
    return str(body["error"])


def test_the_config_of_a_store_that_no_setting_names_is_503(in_process: InProcess, world: World) -> None:
    cart = world.cart(store=None)
    answer = in_process.call("GET", "/operations/config", headers={"X-Session-Id": world.session(cart)})
    assert (answer.status, refused(answer)["code"]) == (503, "General")


@pytest.fixture
def merchant_center(sandbox: Sandbox) -> dict[str, str]:
    return {"Authorization": f"Bearer {Tokens(sandbox).jwt()}"}


DOWN = {(): "OK", ("monext",): "Partially Available", ("commercetools", "monext"): "Unavailable"}


@pytest.mark.parametrize("down", DOWN, ids=DOWN.values())
def test_the_status_tells_each_remote(
    down: tuple[str, ...], sandbox: Sandbox, world: World, merchant_center: dict[str, str]
) -> None:
    bridge = InProcess(sandbox)
    for remote in down:
        world.fault(remote, action="status", code=503, path="^(?!.*jwks)", times=0)
    answer = bridge.call("GET", "/operations/status", headers=merchant_center)
    body = json.loads(answer.text)
    assert (answer.status, body["status"]) == (200, DOWN[down])
    assert {check["name"]: check["status"] for check in body["checks"]} == {
        remote: "DOWN" if remote in down else "UP" for remote in ("commercetools", "monext")
    }
    assert body["version"]
    assert body["timestamp"].endswith("Z")
    assert body["metadata"]


def test_the_components_are_the_hosted_page_and_the_widget(
    in_process: InProcess, merchant_center: dict[str, str]
) -> None:
    answer = in_process.call("GET", "/operations/payment-components", headers=merchant_center)
    assert json.loads(answer.text) == {
        "dropins": [{"type": "hpp"}, {"type": "embedded"}],
        "components": [],
        "express": [],
    }


@pytest.mark.parametrize("path", ["payment-intents/x", "checkout-links", "config"])
def test_another_method_is_refused_as_json(path: str, office: Office) -> None:
    answer = office.call("DELETE", path)
    assert (answer.status, refused(answer)["code"]) == (405, "InvalidOperation")
    assert answer.headers["Allow"]


@pytest.mark.parametrize("path", ["nothing", "payment-intents", "payment-intents/a/b"])
def test_another_address_is_not_found_as_json(path: str, office: Office) -> None:
    answer = office.call("GET", path)
    assert (answer.status, refused(answer)["code"]) == (404, "ResourceNotFound")


def test_a_body_beyond_the_limit_is_refused(office: Office) -> None:
    answer = office.send(NOBODY_S, b" " * (64 * 1024 + 1))
    assert (answer.status, refused(answer)["code"]) == (413, "General")


def test_the_answer_is_kept_by_nobody(office: Office, charged: Paid) -> None:
    assert office.call("GET", f"payment-intents/{charged.id}").headers["Cache-Control"] == "no-store"


def test_an_amount_is_written_in_minor_units_of_any_currency(
    in_process: InProcess, world: World, office: Office
) -> None:
    paid = a_paid(in_process, world, situation="dinar")
    wanted = {"action": "refundPayment", "amount": EUR_10 | {"currencyCode": "KWD"}}
    assert office.act(paid.id, wanted).status == 200
    assert paid.ledger() == [("REFUND", 1000, "OK")]
