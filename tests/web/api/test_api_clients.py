"""What an API client may do and is told: its keys, its stores, its largest amount, and the line that tells of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from monext_bridge.services.operations.audit import AuditOutcome
from sandbox.runner import Sandbox
from tests.bridges import Answer, InProcess
from tests.log_lines import LogLines
from tests.services.api_clients import Tokens, client_id
from tests.services.paid_payments import PaidPayment, a_paid_payment
from tests.web.back_office import EUR_10, UNKNOWN_ID, BackOfficeClient, error_detail
from tests.world import World

PROJECT, INTENTS = "manage_project", "manage_checkout_payment_intents"
REFUND = {"action": "refundPayment", "amount": EUR_10}
CAPTURE = {"action": "capturePayment", "amount": EUR_10}
SMALL_REFUND = {"action": "refundPayment", "amount": EUR_10 | {"centAmount": 500}}
CANCEL, REVERSE = {"action": "cancelPayment"}, {"action": "reversePayment"}
FRENCH, GERMAN = "guest", "german-store"


@dataclass(frozen=True, slots=True)
class Clients:
    """Makes API clients of one bridge, by their scopes."""

    bridge: InProcess
    tokens: Tokens

    def with_scopes(self, *scopes: str) -> BackOfficeClient:
        return BackOfficeClient(self.bridge, self.tokens.oauth(*scopes))


@pytest.fixture
def clients(in_process: InProcess, sandbox: Sandbox, world: World) -> Clients:
    return Clients(in_process, Tokens(sandbox))


@pytest.fixture
def charged(in_process: InProcess, world: World) -> PaidPayment:
    return a_paid_payment(in_process, world, situation=FRENCH)


# keys


def test_the_same_key_of_another_client_is_another_act(clients: Clients, charged: PaidPayment) -> None:
    one, other = clients.with_scopes(PROJECT), clients.with_scopes(INTENTS)
    assert one.send_actions(charged.id, REFUND, key="r-1").status == 200
    assert other.send_actions(charged.id, SMALL_REFUND, key="r-1").status == 200
    assert charged.ledger() == [("REFUND", 1000, "OK"), ("REFUND", 500, "OK")]
    again = [
        one.send_actions(charged.id, REFUND, key="r-1"),
        other.send_actions(charged.id, SMALL_REFUND, key="r-1"),
    ]
    assert [answer.status for answer in again] == [200, 200]
    assert len(charged.ledger()) == 2
    assert one.send_actions(charged.id, SMALL_REFUND, key="r-1").status == 422


def test_two_clients_with_one_key_at_once_act_once_each(clients: Clients, charged: PaidPayment) -> None:
    both = [clients.with_scopes(PROJECT), clients.with_scopes(INTENTS)]
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda n: both[n % 2].send_actions(charged.id, REFUND, key="r-1"), range(8)))
    assert {answer.status for answer in sent} <= {200, 503}
    assert [each.send_actions(charged.id, REFUND, key="r-1").status for each in both] == [200, 200]
    assert charged.ledger() == [("REFUND", 1000, "OK")] * 2
    ids = {
        json.loads(each.send_actions(charged.id, REFUND, key="r-1").text)["transactionId"] for each in both
    }
    assert len(ids) == 2


def test_an_act_of_an_earlier_release_answers_any_client(clients: Clients, charged: PaidPayment) -> None:
    one, other = clients.with_scopes(PROJECT), clients.with_scopes(INTENTS)
    assert one.send_actions(charged.id, REFUND, key="r-1").status == 200
    payment = charged.world.payment(charged.cart)
    refund = payment["transactions"][-1]
    renamed = {
        "action": "changeTransactionInteractionId",
        "transactionId": refund["id"],
        "interactionId": refund["interactionId"].partition("~by-")[0],
    }
    charged.world.project.update(f"payments/{payment['id']}", version=payment["version"], action=renamed)
    for client in (one, other):
        assert client.send_actions(charged.id, REFUND, key="r-1").status == 200
        assert client.send_actions(charged.id, SMALL_REFUND, key="r-1").status == 422
    assert charged.ledger() == [("REFUND", 1000, "OK")]


@pytest.mark.parametrize("key", ["giveback-x", "ship-x-0", "expiry-x", "ledger-x"])
def test_keys_of_the_bridge_stay_refused(key: str, clients: Clients, charged: PaidPayment) -> None:
    answer = clients.with_scopes(PROJECT).send_actions(charged.id, REFUND, key=key)
    assert (answer.status, error_detail(answer)["field"]) == (400, "Idempotency-Key")


# stores


@pytest.mark.parametrize(
    ("scopes", "status"),
    [
        ((PROJECT,), 200),
        ((f"{PROJECT}:fr-store",), 200),
        ((f"{INTENTS}:fr-store",), 200),
        ((f"{PROJECT}:de-store",), 403),
        ((f"{PROJECT}:de-store", f"{INTENTS}:fr-store"), 200),
        ((f"{PROJECT}:de-store", INTENTS), 200),
        ((f"{PROJECT}:fr-stor",), 403),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_of_stores_opens_payments_of_these_stores_alone(
    method: str, scopes: tuple[str, ...], status: int, clients: Clients, charged: PaidPayment
) -> None:
    office = clients.with_scopes(*scopes)
    content = json.dumps({"actions": [REFUND]})
    answer = office.call(method, f"payment-intents/{charged.id}", data=content)
    assert answer.status == status
    assert len(charged.ledger()) == (method == "POST" and status == 200)
    if status == 403:
        assert error_detail(answer)["code"] == "access_denied"


@pytest.mark.parametrize(
    ("scope", "situation", "status"),
    [
        (PROJECT, GERMAN, 201),
        (f"{PROJECT}:de-store", GERMAN, 201),
        (f"{PROJECT}:fr-store", GERMAN, 403),
        (f"{PROJECT}:fr-store", FRENCH, 201),
    ],
)
def test_a_token_of_a_store_makes_links_to_carts_of_that_store_alone(
    scope: str, situation: str, status: int, clients: Clients, world: World
) -> None:
    answer = clients.with_scopes(scope).checkout_link(cartId=world.cart(situation))
    assert answer.status == status


def test_a_token_of_a_store_makes_no_link_to_what_is_no_cart(clients: Clients, world: World) -> None:
    assert clients.with_scopes(f"{PROJECT}:fr-store").checkout_link(cartId=UNKNOWN_ID).status == 404
    assert clients.with_scopes(PROJECT).checkout_link(cartId=UNKNOWN_ID).status == 201


def test_what_is_of_no_store_is_closed_to_a_token_of_a_store(clients: Clients, world: World) -> None:
    cart = world.cart(FRENCH, store=None)
    assert clients.with_scopes(f"{PROJECT}:fr-store").checkout_link(cartId=cart).status == 403


# limits

LIMITED: list[tuple[dict[str, Any], str, int, int]] = [
    (CAPTURE, GERMAN, 1000, 200),
    (CAPTURE, GERMAN, 999, 403),
    (CAPTURE | {"final": True}, GERMAN, 1000, 403),
    (CAPTURE | {"final": True}, GERMAN, 55490, 200),
    (CANCEL, GERMAN, 55490, 200),
    (CANCEL, GERMAN, 55489, 403),
    (REVERSE, GERMAN, 55489, 403),
    (REFUND, FRENCH, 1000, 200),
    (REFUND, FRENCH, 999, 403),
    (REFUND, FRENCH, 0, 403),
    (REVERSE, FRENCH, 999, 403),
    (CAPTURE | {"amount": EUR_10 | {"centAmount": 10**9}}, GERMAN, 999, 403),
    (CAPTURE | {"amount": EUR_10 | {"centAmount": 10**9}}, GERMAN, 10**9, 409),
]


def limited(sandbox: Sandbox, limit: int, *, client: str = client_id(PROJECT)) -> Clients:
    bridge = InProcess(sandbox, CLIENT_AMOUNT_LIMITS=json.dumps({client: limit}))
    return Clients(bridge, Tokens(sandbox))


@pytest.mark.parametrize(("action", "situation", "limit", "status"), LIMITED)
def test_no_act_of_a_client_is_larger_than_its_limit(
    action: dict[str, Any], situation: str, limit: int, status: int, sandbox: Sandbox, world: World
) -> None:
    clients = limited(sandbox, limit)
    paid = a_paid_payment(clients.bridge, world, situation=situation)
    before = world.payment(paid.cart)["version"]
    answer = clients.with_scopes(PROJECT).send_actions(paid.id, action)
    assert answer.status == status
    if status == 403:
        assert error_detail(answer)["code"] == "access_denied"
        assert (world.payment(paid.cart)["version"], paid.ledger()) == (before, [])


def test_another_client_has_no_limit(sandbox: Sandbox, world: World) -> None:
    clients = limited(sandbox, 1)
    paid = a_paid_payment(clients.bridge, world, situation=FRENCH)
    assert clients.with_scopes(INTENTS).send_actions(paid.id, REFUND).status == 200


def test_what_was_done_before_is_told_under_a_lower_limit_too(
    sandbox: Sandbox, clients: Clients, charged: PaidPayment
) -> None:
    assert clients.with_scopes(PROJECT).send_actions(charged.id, REFUND, key="r-1").status == 200
    office = limited(sandbox, 1).with_scopes(PROJECT)
    assert office.send_actions(charged.id, REFUND, key="r-1").status == 200
    assert len(charged.ledger()) == 1


# the line of the log


def refused(office: BackOfficeClient, paid: PaidPayment) -> dict[AuditOutcome, Callable[[], Answer]]:
    """Requests that are not done, by what the audit calls them."""
    too_much = REFUND | {"amount": EUR_10 | {"centAmount": 10**9}}
    other_store = BackOfficeClient(office.bridge, Tokens(paid.world.sandbox).oauth(f"{PROJECT}:de-store"))
    return {
        AuditOutcome.MALFORMED: lambda: office.send_actions(paid.id, {"action": "refundPayment"}, key="k"),
        AuditOutcome.FORBIDDEN: lambda: other_store.send_actions(paid.id, REFUND, key="k"),
        AuditOutcome.NOT_FOUND: lambda: office.send_actions(UNKNOWN_ID, REFUND, key="k"),
        AuditOutcome.NOT_ALLOWED: lambda: office.send_actions(paid.id, too_much, key="k"),
        AuditOutcome.KEY_REUSED: lambda: office.send_actions(paid.id, SMALL_REFUND, key="used"),
        AuditOutcome.APPROVED: lambda: office.send_actions(paid.id, REFUND, key="used"),
    }


STATUSES = {
    AuditOutcome.MALFORMED: 400,
    AuditOutcome.FORBIDDEN: 403,
    AuditOutcome.NOT_FOUND: 404,
    AuditOutcome.NOT_ALLOWED: 409,
    AuditOutcome.KEY_REUSED: 422,
    AuditOutcome.APPROVED: 200,
}


@pytest.mark.parametrize("outcome", STATUSES)
def test_one_line_tells_of_an_act_whatever_became_of_it(
    outcome: AuditOutcome, clients: Clients, charged: PaidPayment, lines: LogLines
) -> None:
    office = clients.with_scopes(PROJECT)
    assert office.send_actions(charged.id, REFUND, key="used").status == 200
    already = len(lines.of("payment_act"))
    assert refused(office, charged)[outcome]().status == STATUSES[outcome]
    (line,) = lines.of("payment_act")[already:]
    assert (line["outcome"], line["client_address"], line["login"]) == (outcome.value, "127.0.0.1", None)
    assert line["operation_key"] in ("k", "used")
    assert line["principal"] == client_id(
        f"{PROJECT}:de-store" if outcome is AuditOutcome.FORBIDDEN else PROJECT
    )


FAULTS: dict[AuditOutcome, dict[str, Any]] = {
    AuditOutcome.UNKNOWN: {"action": "drop_after", "method": "POST", "path": "/refunds$"},
    AuditOutcome.NOT_DONE: {
        "action": "status",
        "code": 503,
        "method": "GET",
        "path": "/transactions/",
        "times": 9,
    },
    AuditOutcome.RECEIVED: {},
    AuditOutcome.REJECTED: {},
}


@pytest.mark.parametrize("outcome", FAULTS)
def test_the_line_says_whether_monext_may_have_acted(
    outcome: AuditOutcome, clients: Clients, charged: PaidPayment, lines: LogLines
) -> None:
    if FAULTS[outcome]:
        charged.world.fault("monext", **FAULTS[outcome])
    else:
        how = {"pending": AuditOutcome.RECEIVED, "refused": AuditOutcome.REJECTED}
        (word,) = (word for word, each in how.items() if each is outcome)
        charged.world.script_operation(act="refunds", outcome=word, status=202 if word == "pending" else 400)
    answer = clients.with_scopes(PROJECT).send_actions(
        charged.id, REFUND | {"merchantReference": "note 7"}, key="k"
    )
    assert answer.status == (200 if not FAULTS[outcome] else 503)
    (line,) = lines.of("payment_act")
    assert (line["outcome"], line["amount"], line["currency"]) == (outcome.value, 1000, "EUR")
    assert (line["kind"], line["merchant_reference"], line["store"]) == ("refund", "note 7", "fr-store")


def test_a_client_without_the_scope_is_told_of_too(
    clients: Clients, charged: PaidPayment, lines: LogLines
) -> None:
    office = clients.with_scopes("view_payments")
    assert office.send_actions(charged.id, REFUND).status == 403
    assert office.call("GET", f"payment-intents/{charged.id}").status == 403
    (line,) = lines.of("payment_act")
    assert (line["principal"], line["outcome"]) == (client_id("view_payments"), "forbidden")


def test_an_order_that_is_known_stands_in_the_line(
    clients: Clients, charged: PaidPayment, lines: LogLines
) -> None:
    clients.with_scopes(PROJECT).send_actions(charged.id, REFUND)
    (line,) = lines.of("payment_act")
    assert line["order"] == charged.world.orders(charged.cart)[0]["orderNumber"]


def test_a_look_is_no_act(clients: Clients, charged: PaidPayment, lines: LogLines) -> None:
    clients.with_scopes(PROJECT).payment_intent(charged.id)
    assert lines.of("payment_act") == []
