"""Settling: whatever Monext says, however often, and by whichever way it is heard."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from monext_bridge.runtime import utc_now
from sandbox.runner import Sandbox
from tests.bridges import Answer, Buyer, Gunicorn, InProcess, Page, landing_parameters
from tests.world import World

WAYS: dict[str, Callable[[Buyer, Page], Answer]] = {
    "return": Buyer.comes_back,
    "notification": Buyer.notification_arrives,
    "result": Buyer.opens_result,
    "cancel": Buyer.cancels,
}


def total(world: World, cart: str) -> int:
    return int(world.payment(cart)["amountPlanned"]["centAmount"])


@pytest.mark.parametrize("way", WAYS)
def test_an_accepted_payment_becomes_a_paid_order_by_any_way(way: str, buyer: Buyer, world: World) -> None:
    cart = world.cart("customer")
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    WAYS[way](buyer, page)
    (order,) = world.orders(cart)
    assert order["paymentState"] == "Paid"
    assert world.transactions(cart) == [("Charge", "Success", total(world, cart))]
    assert world.payment(cart)["transactions"][0]["interfaceId"]
    assert world.payment(cart)["paymentMethodInfo"]["method"] == "CB"


def test_an_authorised_payment_becomes_a_pending_order(buyer: Buyer, world: World) -> None:
    cart = world.cart("german-store")
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    assert landing_parameters(buyer.comes_back(page).location)["status"] == "authorized"
    (order,) = world.orders(cart)
    assert order["paymentState"] == "Pending"
    assert world.transactions(cart) == [("Authorization", "Success", total(world, cart))]


def test_a_method_that_captures_at_once_is_a_charge_whatever_was_asked(buyer: Buyer, world: World) -> None:
    cart = world.cart("german-store")
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted", method="IDEAL_BE")
    buyer.comes_back(page)
    amount = total(world, cart)
    assert world.transactions(cart) == [("Authorization", "Failure", amount), ("Charge", "Success", amount)]
    assert world.orders(cart)[0]["paymentState"] == "Paid"


def test_the_shop_hears_the_payment_and_its_order(buyer: Buyer, world: World, sandbox: Sandbox) -> None:
    cart = world.cart()
    page = buyer.start(cart, returnUrl=quote(f"{sandbox.shop_url}/thanks?campaign=a%20b", safe=""))
    world.pay(page.token, outcome="accepted")
    location = buyer.comes_back(page).location
    (order,) = world.orders(cart)
    assert location.startswith(f"{sandbox.shop_url}/thanks?")
    assert landing_parameters(location) == {
        "campaign": "a b",
        "paymentReference": world.payment(cart)["id"],
        "status": "paid",
        "orderId": order["id"],
        "orderNumber": order["orderNumber"],
    }


@pytest.mark.parametrize("name", ["paylinetoken", "monext_session_id", "token"])
def test_the_token_is_taken_by_any_of_its_names(name: str, buyer: Buyer, world: World) -> None:
    page = buyer.start(world.cart())
    world.pay(page.token, outcome="accepted")
    assert landing_parameters(buyer.comes_back(page, parameter=name).location)["status"] == "paid"


@pytest.mark.parametrize(
    ("outcome", "status"), [("refused", "refused"), ("cancelled", "cancelled"), ("expired", "expired")]
)
def test_a_payment_that_failed_says_why_and_can_be_tried_again(
    outcome: str, status: str, buyer: Buyer, world: World, sandbox: Sandbox
) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token, outcome=outcome)
    location = buyer.comes_back(page).location
    assert location.startswith(f"{sandbox.shop_url}/cancelled?")
    assert landing_parameters(location)["status"] == status
    assert world.transactions(cart) == [("Charge", "Failure", total(world, cart))]
    assert world.payment(cart)["paymentStatus"]["interfaceCode"]
    assert world.orders(cart) == []
    assert buyer.start(cart).token != page.token


@pytest.mark.parametrize(("outcome", "words"), [("pending", "do not pay again"), ("risk", "review")])
def test_a_pending_payment_makes_no_order_and_no_second_session(
    outcome: str, words: str, buyer: Buyer, world: World
) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token, outcome=outcome)
    assert buyer.comes_back(page).location == f"/result/{page.ref}"
    assert words in buyer.opens_result(page, lang="en").visible_text.lower()
    assert world.transactions(cart) == [("Charge", "Pending", total(world, cart))]
    assert world.orders(cart) == []
    assert buyer.checkout(cart).location == f"/result/{page.ref}"


@pytest.mark.parametrize(("answer", "state"), [("accepted", "Success"), ("refused", "Failure")])
def test_a_pending_payment_ends_by_the_second_notification(
    answer: str, state: str, buyer: Buyer, world: World
) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token, outcome="pending")
    assert buyer.notification_arrives(page).status == 200
    world.resolve(page.token, answer)
    assert buyer.notification_arrives(page).status == 200
    assert world.transactions(cart)[0][1] == state
    assert len(world.orders(cart)) == (1 if answer == "accepted" else 0)


def test_a_session_that_was_not_begun_leads_back_to_the_payment(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    before = world.payment(cart)["version"]
    assert buyer.comes_back(page).location == f"/result/{page.ref}"
    assert any(page.token in str(a["href"]) for a in buyer.opens_result(page).page.find_all("a", href=True))
    assert world.payment(cart)["version"] == before


def test_a_refused_card_and_an_accepted_one_in_the_same_session_is_paid(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token, outcome="refused")
    assert buyer.notification_arrives(page).status == 200
    assert world.transactions(cart)[0][1] == "Failure"
    world.pay(page.token, outcome="accepted", force=True)
    assert buyer.notification_arrives(page).status == 200
    assert world.transactions(cart) == [("Charge", "Success", total(world, cart))]
    assert len(world.orders(cart)) == 1


@pytest.mark.parametrize("way", WAYS)
def test_the_same_news_again_writes_nothing(way: str, buyer: Buyer, world: World) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    buyer.notification_arrives(page)
    world.forget_calls()
    WAYS[way](buyer, page)
    assert [c for c in world.calls("commercetools") if c["method"] == "POST"] == []
    assert len(world.orders(cart)) == 1


SILENCES: list[dict[str, Any]] = [
    {"action": "status", "code": 500},
    {"action": "status", "code": 429},
    {"action": "status", "code": 401, "body": {"title": "ERROR", "code": "02101", "detail": "x"}},
    {"action": "status", "code": 200, "body": {"title": "Unauthorized"}},
    {"action": "html"},
    {"action": "half_body"},
    {"action": "drop_before"},
    {"action": "status", "code": 404, "body": {"title": "ERROR", "code": "02304", "detail": "x"}},
]


@pytest.mark.parametrize("fault", SILENCES, ids=lambda f: f"{f['action']} {f.get('code', '')}")
def test_an_answer_that_tells_nothing_writes_nothing_and_later_all_ends_well(
    fault: dict[str, Any], buyer: Buyer, world: World
) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    world.fault("monext", method="GET", times=0, **fault)
    assert buyer.comes_back(page).location == f"/result/{page.ref}"
    assert "do not pay again" in buyer.opens_result(page, lang="en").visible_text.lower()
    refused = buyer.notification_arrives(page)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "60")
    assert world.transactions(cart)[0][1] == "Initial"
    world.reset()
    assert buyer.notification_arrives(page).status == 200
    assert len(world.orders(cart)) == 1


@pytest.mark.parametrize("path", ["/carts/", "/payments/", "/orders$"])
@pytest.mark.parametrize("action", ["status", "drop_before", "drop_after", "status_after"])
def test_commercetools_failing_anywhere_is_completed_by_the_next_notification(
    path: str, action: str, buyer: Buyer, world: World
) -> None:
    cart = world.cart()
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    method = "GET" if path == "/carts/" else "POST"
    world.fault("commercetools", action=action, code=503, method=method, path=path, times=0)
    assert buyer.notification_arrives(page).status == 503
    world.reset()
    assert buyer.notification_arrives(page).status == 200
    assert world.transactions(cart) == [("Charge", "Success", total(world, cart))]
    assert len(world.orders(cart)) == 1


def test_a_buyer_whose_order_can_not_be_written_yet_is_not_sent_away(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    world.pay(page.token, outcome="accepted")
    world.fault("commercetools", action="status", code=503, method="POST", path="/orders$", times=0)
    assert buyer.comes_back(page).location == f"/result/{page.ref}"
    assert "do not pay again" in buyer.opens_result(page, lang="en").visible_text.lower()
    world.reset()
    moved_on = buyer.get(f"/result/{page.ref}?waiting=1")
    assert landing_parameters(moved_on.location)["orderId"] == world.orders(cart)[0]["id"]


def test_twenty_returns_and_notifications_at_once_make_one_order(gunicorn: Gunicorn, world: World) -> None:
    cart = world.cart("customer")
    page = Buyer(gunicorn).start(cart)
    world.pay(page.token, outcome="accepted")
    hear: list[Callable[[Buyer, Page], Answer]] = [Buyer.comes_back, Buyer.notification_arrives] * 10
    with ThreadPoolExecutor(20) as everybody:
        answers = list(everybody.map(lambda way: way(Buyer(gunicorn), page), hear))
    assert {a.status for a in answers} == {200, 303}
    assert world.transactions(cart) == [("Charge", "Success", total(world, cart))]
    assert len(world.orders(cart)) == 1
    assert len({landing_parameters(a.location)["orderId"] for a in answers if a.status == 303}) == 1


def test_another_payments_token_is_refused_and_changes_nothing(buyer: Buyer, world: World) -> None:
    cheap, dear = world.cart("guest"), world.cart("customer")
    cheap_page, dear_page = buyer.start(cheap), buyer.start(dear)
    world.pay(cheap_page.token, outcome="accepted")
    crossed = Page(cheap_page.token, dear_page.ref, dear_page.answer)
    assert buyer.comes_back(crossed).status == 403
    assert buyer.notification_arrives(crossed).status == 403
    assert world.transactions(dear)[0][1] == "Initial"
    assert world.orders(dear) == []


def test_a_notification_with_a_foreign_token_does_not_ask_monext(buyer: Buyer, world: World) -> None:
    page = buyer.start(world.cart())
    world.forget_calls()
    assert buyer.notification_arrives(page, token="madeUp123").status == 403
    assert world.calls("monext") == []


@pytest.mark.parametrize("token", ["%20", "a/b", "x" * 51, "<script>"])
def test_a_malformed_token_is_refused_without_a_call(token: str, buyer: Buyer, world: World) -> None:
    page = buyer.start(world.cart())
    world.forget_calls()
    assert buyer.get(f"/return/{page.ref}?paylinetoken={token}").status == 400
    assert buyer.get(f"/notification/{page.ref}?notificationType=WEBTRS&token={token}").status == 400
    assert world.calls("commercetools") == world.calls("monext") == []


def test_a_buyer_who_cancels_before_paying_goes_to_the_shop_and_may_come_back(
    buyer: Buyer, world: World, sandbox: Sandbox
) -> None:
    page = buyer.start(cart := world.cart())
    location = buyer.cancels(page).location
    assert location.startswith(f"{sandbox.shop_url}/cancelled?")
    assert landing_parameters(location)["status"] == "cancelled"
    assert world.transactions(cart)[0][1] == "Failure"
    assert buyer.start(cart).token != page.token


def test_a_payment_that_went_through_is_kept_by_a_cancel(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    world.pay(page.token, outcome="accepted")
    assert landing_parameters(buyer.cancels(page).location)["status"] == "paid"
    assert len(world.orders(cart)) == 1


@pytest.mark.parametrize("trouble", ["pending", "silent"])
def test_a_cancel_of_what_is_not_known_leads_to_the_result(trouble: str, buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    if trouble == "pending":
        world.pay(page.token, outcome="pending")
    else:
        world.fault("monext", action="status", code=503, times=0)
    assert buyer.cancels(page).location == f"/result/{page.ref}"
    assert world.transactions(cart)[0][1] == {"pending": "Pending", "silent": "Initial"}[trouble]


def test_a_payment_in_the_other_tab_after_a_cancel_still_counts(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    buyer.cancels(page)
    world.pay(page.token, outcome="accepted")
    assert buyer.notification_arrives(page).status == 200
    assert len(world.orders(cart)) == 1


def test_a_session_unknown_after_its_life_has_expired(sandbox: Sandbox, world: World) -> None:
    page = Buyer(InProcess(sandbox)).start(cart := world.cart())
    unknown = {"title": "ERROR", "code": "02304", "detail": "No transaction found for this token"}
    world.fault("monext", action="status", code=404, body=unknown, method="GET", times=0)
    later = Buyer(InProcess(sandbox, clock=lambda: utc_now() + timedelta(minutes=31)))
    # References are signed by each bridge with its own key: the later one makes its own.
    assert later.checkout(cart).status in (200, 303)
    assert world.transactions(cart)[0][1] == "Failure"
    assert page.token == world.payments(cart)[0]["interfaceId"]


def test_the_earlier_session_is_asked_before_a_new_one(buyer: Buyer, world: World) -> None:
    cart = world.cart("frozen")
    page = buyer.start(cart)
    world.pay(page.token, outcome="accepted")
    answer = buyer.checkout(cart, lang="de")
    assert (answer.status, answer.location.split("/")[1]) == (303, "result")
    assert len(world.orders(cart)) == 1
    assert len(world.payments(cart)) == 1


def test_an_earlier_session_that_can_not_be_asked_stops_the_start(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    buyer.start(cart)
    world.fault("monext", action="status", code=500, method="GET", times=0)
    answer = buyer.checkout(cart, lang="en")
    assert answer.status == 503
    assert "nothing" not in answer.visible_text.lower().replace("nothing else", "")
    assert len(world.payments(cart)) == 1


def test_a_paid_cart_shows_its_result_and_takes_no_second_payment(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    world.pay(page.token, outcome="accepted")
    buyer.comes_back(page)
    world.forget_calls()
    answer = buyer.checkout(cart)
    assert (answer.status, answer.location.split("/")[1]) == (303, "result")
    assert world.calls("monext") == []


def test_a_shop_without_landing_pages_gets_our_result_page(sandbox: Sandbox, world: World) -> None:
    buyer = Buyer(InProcess(sandbox, RETURN_URL="", CANCEL_URL=""))
    page = buyer.start(world.cart())
    world.pay(page.token, outcome="accepted")
    assert buyer.comes_back(page).location == f"/result/{page.ref}"
    assert buyer.opens_result(page).status == 200


def test_a_shop_that_orders_itself_gets_the_payment_and_no_order(sandbox: Sandbox, world: World) -> None:
    buyer = Buyer(InProcess(sandbox, ORDER_CREATION="off"))
    page = buyer.start(cart := world.cart())
    world.pay(page.token, outcome="accepted")
    assert landing_parameters(buyer.comes_back(page).location)["status"] == "paid"
    assert buyer.notification_arrives(page).status == 200
    assert world.orders(cart) == []
    assert world.transactions(cart)[0][1] == "Success"


def test_a_cart_that_the_shop_ordered_itself_is_kept(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    version = world.project.get(f"carts/{cart}")["version"]
    draft = {"cart": {"typeId": "cart", "id": cart}, "version": version, "orderNumber": f"own-{cart[:8]}"}
    world.project.create("orders", draft=draft | {"paymentState": "Pending"})
    world.pay(page.token, outcome="accepted")
    assert landing_parameters(buyer.comes_back(page).location)["orderNumber"] == f"own-{cart[:8]}"
    (order,) = world.orders(cart)
    assert order["paymentState"] == "Paid"
    assert world.transactions(cart) == [("Charge", "Success", total(world, cart))]
