"""What Monext sends to a reference settles that payment, whatever the type, the method and the parameters."""

from __future__ import annotations

from typing import Any

import pytest

from monext_bridge.domain.ids import PaymentId
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations.rules import Refund
from monext_bridge.mapping.monext import PENDING_CODES
from tests.actors import BACK_OFFICE
from tests.bridges import Answer, Buyer, InProcess, Page, landing_parameters
from tests.log_lines import captured_logs
from tests.world import World

TYPES = ("WEBTRS", "TRS", "ALERT", "BILL", "WALLET", "RESET", "WEBWALLET", "TRSWALLET", "webtrs", "SOMETHING")
FORMS = ("query", "form", "json")
NAMES = ("token", "paylinetoken", "monext_session_id")
MALFORMED = ("a b", "a/b", "x" * 51, "<script>")


def notify(bridge: InProcess, page: Page, form: str = "query", **parameters: Any) -> Answer:
    """Send a notification on the page's reference: by GET, or by POST with a form or JSON."""
    path = f"/notification/{page.ref}"
    match form:
        case "query":
            return bridge.call("GET", path, query_string=parameters)
        case "form":
            return bridge.call("POST", path, data=parameters)
        case _:
            return bridge.call("POST", path, json=parameters)


@pytest.fixture
def paid(in_process: InProcess, world: World) -> tuple[str, Page]:
    """A cart that was paid, of which the bridge has not heard yet."""
    cart = world.cart()
    page = Buyer(in_process).start(cart)
    world.pay(page.token, outcome="accepted")
    return cart, page


def is_settled(world: World, cart: str) -> bool:
    return world.transactions(cart)[0][1] == "Success" and len(world.orders(cart)) == 1


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_of_notification_settles_its_payment_without_a_token(
    kind: str, paid: tuple[str, Page], in_process: InProcess, world: World
) -> None:
    cart, page = paid
    answer = notify(in_process, page, notificationType=kind, transactionId="1")
    assert (answer.status, answer.text) == (200, "")
    assert is_settled(world, cart)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_a_token_is_taken_from_query_form_and_json(
    name: str, form: str, paid: tuple[str, Page], in_process: InProcess, world: World
) -> None:
    cart, page = paid
    sent = {"notificationType": "WEBTRS", name: page.token}
    assert notify(in_process, page, form, **sent).status == 200
    assert is_settled(world, cart)


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_token_is_none(
    form: str, paid: tuple[str, Page], in_process: InProcess, world: World
) -> None:
    cart, page = paid
    assert notify(in_process, page, form, token="").status == 200
    assert is_settled(world, cart)


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"x"', b"null"])
def test_a_body_that_is_no_object_says_nothing(
    body: bytes, paid: tuple[str, Page], in_process: InProcess, world: World
) -> None:
    cart, page = paid
    path = f"/notification/{page.ref}"
    assert in_process.call("POST", path, data=body, content_type="application/json").status == 200
    assert is_settled(world, cart)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("token", MALFORMED)
def test_a_malformed_token_is_refused_without_a_call(
    token: str, name: str, form: str, paid: tuple[str, Page], in_process: InProcess, world: World
) -> None:
    _, page = paid
    world.forget_calls()
    assert notify(in_process, page, form, **{name: token}).status == 400
    assert world.calls("commercetools") == world.calls("monext") == []


@pytest.mark.parametrize("token", [7, True, ["x"], {"a": 1}])
def test_a_token_that_is_no_text_is_malformed(
    token: object, paid: tuple[str, Page], in_process: InProcess
) -> None:
    assert notify(in_process, paid[1], "json", token=token).status == 400


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["WEBTRS", "TRS"])
def test_another_payments_token_is_refused_and_writes_nothing(
    kind: str, form: str, paid: tuple[str, Page], in_process: InProcess, world: World
) -> None:
    cart, page = paid
    version = world.payment(cart)["version"]
    world.forget_calls()
    assert notify(in_process, page, form, notificationType=kind, token="madeUp123").status == 403
    assert world.calls("monext") == []
    assert world.payment(cart)["version"] == version


@pytest.mark.parametrize("outcome", ["risk", "pending"])
@pytest.mark.parametrize("heard", ["return", "notification"])
def test_a_late_decision_is_settled_at_once_by_its_own_notification(
    heard: str, outcome: str, in_process: InProcess, world: World
) -> None:
    buyer, cart = Buyer(in_process), world.cart()
    page = buyer.start(cart)
    (transaction,) = world.pay(page.token, outcome=outcome)["transactions"]
    assert (buyer.comes_back(page) if heard == "return" else buyer.notification_arrives(page)).status < 400
    assert world.transactions(cart)[0][1] == "Pending"
    world.resolve(page.token, "accepted")
    answer = notify(in_process, page, notificationType="TRS", transactionId=transaction)
    assert answer.status == 200
    assert is_settled(world, cart)


def test_a_notification_without_a_token_asks_to_be_sent_again_while_monext_is_silent(
    paid: tuple[str, Page], in_process: InProcess, world: World
) -> None:
    cart, page = paid
    world.fault("monext", action="status", code=503, method="GET", times=0)
    answer = notify(in_process, page, notificationType="TRS", transactionId="1")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
    world.reset()
    assert notify(in_process, page, notificationType="TRS", transactionId="1").status == 200
    assert is_settled(world, cart)


@pytest.mark.parametrize("query", ["?session_id={token}", "?a={token}&b=1", "", "?paylinetoken=", "?token="])
def test_a_return_without_a_token_that_we_know_by_name_is_settled_by_its_reference(
    query: str, paid: tuple[str, Page], in_process: InProcess, world: World
) -> None:
    cart, page = paid
    answer = in_process.call("GET", f"/return/{page.ref}{query.format(token=page.token)}")
    assert landing_parameters(answer.location)["status"] == "paid"
    assert is_settled(world, cart)


def test_a_known_name_beside_an_unknown_one_is_checked(
    paid: tuple[str, Page], in_process: InProcess, world: World
) -> None:
    cart, page = paid
    assert in_process.call("GET", f"/return/{page.ref}?session_id={page.token}&token=other").status == 403
    assert not is_settled(world, cart)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("beside", NAMES)
def test_a_return_with_any_malformed_token_is_refused_without_a_call(
    beside: str, name: str, paid: tuple[str, Page], in_process: InProcess, world: World
) -> None:
    _, page = paid
    world.forget_calls()
    sent = {beside: page.token, name: "a/b"}
    assert in_process.call("GET", f"/return/{page.ref}", query_string=sent).status == 400
    assert world.calls("commercetools") == world.calls("monext") == []


@pytest.mark.parametrize("code", sorted(PENDING_CODES))
def test_a_session_under_way_without_a_transaction_is_never_closed_as_cancelled(
    code: str, in_process: InProcess, world: World
) -> None:
    buyer, cart = Buyer(in_process), world.cart()
    page = buyer.start(cart)
    body = {"result": {"title": "INPROGRESS", "code": code, "detail": "in progress"}}
    world.fault("monext", action="status", code=200, body=body, method="GET", path="/sessions/", times=0)
    assert buyer.cancels(page).location == f"/result/{page.ref}"
    assert world.transactions(cart)[0][1] == "Pending"
    assert "do not pay again" in buyer.opens_result(page, lang="en").visible_text.lower()
    world.reset()
    world.pay(page.token, outcome="accepted")
    assert buyer.notification_arrives(page).status == 200
    assert is_settled(world, cart)


def test_an_amount_in_another_spelling_of_its_currency_is_the_amount(
    in_process: InProcess, world: World
) -> None:
    page = Buyer(in_process).start(cart := world.cart())
    world.pay(page.token, outcome="accepted", currency="eur")
    assert notify(in_process, page, notificationType="WEBTRS", token=page.token).status == 200
    assert is_settled(world, cart)
    assert world.payment(cart)["transactions"][0]["amount"]["currencyCode"] == "EUR"


def test_what_monext_sends_by_itself_settles_whatever_it_is_made_to_say(
    in_process: InProcess, world: World
) -> None:
    """The sandbox's Monext writes the notification; its journal has it, and the bridge gets it as it stands there."""
    world.odd_answers(notificationType="ALERT", notificationMethod="POST JSON", notificationNames="nothing")
    page = Buyer(in_process).start(cart := world.cart())
    world.pay(page.token, outcome="accepted", notify=True)
    told = next(each for each in reversed(world.notifications()) if page.ref in each["url"])
    assert (told["method"], told["body"]) == ("POST", '{"notificationType": "ALERT"}')
    path = told["url"].partition("/notification/")[2]
    answer = in_process.call(
        "POST", f"/notification/{path}", data=told["body"], content_type="application/json"
    )
    assert answer.status == 200
    assert is_settled(world, cart)


def test_a_code_that_nobody_knows_is_logged_by_name_for_sessions_and_operations(
    in_process: InProcess, world: World
) -> None:
    page = Buyer(in_process).start(cart := world.cart())
    world.pay(page.token, outcome="accepted")
    with captured_logs() as lines:
        world.odd_answers(sessionTitle="SOMETHING_NEW", sessionCode="02997")
        notify(in_process, page)
        notify(in_process, page)
        assert world.transactions(cart)[0][1] == "Pending"
        world.reset()
        notify(in_process, page)
        world.script_operation(act="refunds", says="02998", title="ERROR")
        operations = in_process.services.operations
        operations.perform(
            PaymentId(world.payment(cart)["id"]), Refund(Money(100, "EUR")), key="k1", by=BACK_OFFICE
        )
    told = [(line["code"], line["title"], line["about"]) for line in lines.of("monext_code_unknown")]
    assert told == [("02997", "SOMETHING_NEW", "session"), ("02998", "ERROR", "operation")]
