"""What a buyer who wants goods for nothing, a race or a lying remote would try: found once, mended, kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monext_bridge.runtime import utc_now
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.signed_links import signed
from tests.world import World

KEY = "one-key-for-both-machines-of-the-test"


def states(world: World, cart: str) -> list[list[tuple[str, str]]]:
    return [[(t["type"], t["state"]) for t in p["transactions"]] for p in world.payments(cart)]


def grown(world: World, buyer: Buyer) -> tuple[str, Any, Any]:
    """A cart whose cheap session was opened before it grew, and whose dear one after."""
    cart = world.cart()
    cheap = buyer.start(cart)
    world.add_one_item(cart)
    return cart, cheap, buyer.start(cart)


@pytest.mark.parametrize("behind", [0.3, 3600])
def test_a_machine_whose_clock_is_behind_does_not_sell_dear_goods_cheap(
    behind: float, sandbox: Sandbox, world: World
) -> None:
    on_time = Buyer(InProcess(sandbox, SECRET_KEY=KEY))
    late = InProcess(sandbox, SECRET_KEY=KEY, clock=lambda: utc_now() - timedelta(seconds=behind))
    cart, cheap, dear = grown(world, on_time)
    for page in (cheap, dear):
        world.pay(page.token, outcome="accepted")
    on_time.notification_arrives(dear)
    Buyer(late).notification_arrives(cheap)
    on_time.opens_result(dear)
    assert states(world, cart) == [
        [("Charge", "Success"), ("Refund", "Success")],
        [("Charge", "Success")],
    ]
    (order,) = world.orders(cart)
    assert order["paymentState"] == "Paid"


def test_an_order_by_the_shop_is_not_paid_by_an_older_cheaper_session(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    version = world.add_one_item(cart)["version"]
    draft = {"cart": {"typeId": "cart", "id": cart}, "version": version, "orderNumber": f"own-{cart[:8]}"}
    world.project.create("orders", draft=draft | {"paymentState": "Pending"})
    world.pay(page.token, outcome="accepted")
    buyer.notification_arrives(page)
    assert states(world, cart) == [[("Charge", "Success"), ("Refund", "Success")]]
    assert world.orders(cart)[0]["paymentState"] == "Pending"


def test_every_earlier_session_that_was_read_is_settled(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    pages = [buyer.start(cart), buyer.start(cart, lang="de")]
    for page in pages:
        world.pay(page.token, outcome="accepted")
    assert buyer.checkout(cart, lang="es").status == 303
    assert states(world, cart) == [
        [("Charge", "Success")],
        [("Charge", "Success"), ("Refund", "Success")],
    ]
    assert len(world.orders(cart)) == 1


@pytest.mark.parametrize("before", ["refused", "cancelled by the buyer"])
def test_a_closed_attempt_that_was_paid_after_all_is_asked_before_a_new_one(
    before: str, buyer: Buyer, world: World
) -> None:
    page = buyer.start(cart := world.cart())
    if before == "refused":
        world.pay(page.token, outcome="refused")
        buyer.notification_arrives(page)
    else:
        buyer.cancels(page)
    world.pay(page.token, outcome="accepted", force=True)
    assert buyer.checkout(cart).status == 303
    assert states(world, cart) == [[("Charge", "Success")]]
    assert len(world.orders(cart)) == 1


STRANGERS: list[dict[str, Any]] = [
    {"code": 404, "body": {"message": "no Route matched"}},
    {"code": 404, "body": {}},
]


@pytest.mark.parametrize("stranger", STRANGERS, ids=["a gateway's", "empty"])
@pytest.mark.parametrize("outcome", ["accepted", "pending"])
def test_a_404_that_is_not_monexts_books_nothing_at_any_age(
    outcome: str, stranger: dict[str, Any], sandbox: Sandbox, world: World
) -> None:
    page = Buyer(InProcess(sandbox, SECRET_KEY=KEY)).start(cart := world.cart())
    world.pay(page.token, outcome=outcome)
    later = Buyer(InProcess(sandbox, SECRET_KEY=KEY, clock=lambda: utc_now() + timedelta(minutes=40)))
    world.fault("monext", action="status", method="GET", times=0, **stranger)
    assert "do not pay again" in later.opens_result(page, lang="en").visible_text.lower()
    assert states(world, cart)[0][0][1] == "Initial"


def test_a_pending_payment_outlives_its_session(sandbox: Sandbox, world: World) -> None:
    page = Buyer(InProcess(sandbox, SECRET_KEY=KEY)).start(cart := world.cart())
    world.pay(page.token, outcome="pending")
    later = Buyer(InProcess(sandbox, SECRET_KEY=KEY, clock=lambda: utc_now() + timedelta(minutes=40)))
    later.notification_arrives(page)
    forgotten = {"title": "ERROR", "code": "02304", "detail": "No transaction found for this token"}
    world.fault("monext", action="status", code=404, body=forgotten, method="GET", times=0)
    later.opens_result(page)
    assert states(world, cart) == [[("Charge", "Pending")]]


def test_a_give_back_whose_cancel_came_too_late_refunds(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart("german-store"))
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    origin = next(t for t in world.monext()["transactions"] if t["token"] == page.token)
    world.operate_at_monext(origin["id"], "captures", amount=origin["amount"])
    world.send_daily_batch()
    buyer.notification_arrives(page)
    assert states(world, cart) == [
        [("Authorization", "Success"), ("CancelAuthorization", "Failure"), ("Refund", "Success")]
    ]


def test_a_refused_give_back_is_not_told_as_done(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    world.script_operation(act="refunds", outcome="refused", code="01100")
    assert (
        buyer.notification_arrives(page).status == 200
    )  # another notification would change nothing: somebody has to look
    words = buyer.opens_result(page, lang="en").visible_text.lower()
    assert "could not be returned" in words
    assert "contact the shop" in words


def test_an_order_that_was_made_after_all_keeps_its_payment(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart())
    world.pay(page.token, outcome="accepted")
    body = {"statusCode": 400, "message": "gone", "errors": [{"code": "OutOfStock", "message": "gone"}]}
    world.fault("commercetools", action="status_after", code=400, body=body, method="POST", path="/orders$")
    buyer.notification_arrives(page)
    assert states(world, cart) == [[("Charge", "Success")]]
    assert len(world.orders(cart)) == 1


def test_a_second_payment_of_a_cart_that_is_gone_goes_back(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    pages = [buyer.start(cart), buyer.start(cart, lang="de")]
    world.pay(pages[0].token, outcome="accepted")
    buyer.notification_arrives(pages[0])
    world.pay(pages[1].token, outcome="accepted")
    second = world.payments(cart)[1]["id"]
    world.fault("commercetools", action="status", code=404, method="GET", path="/carts/", times=0, body=GONE)
    assert buyer.notification_arrives(pages[1]).status == 200
    record = world.project.get(f"payments/{second}")
    assert record["paymentStatus"]["interfaceCode"] == "SECOND_PAYMENT"


GONE = {"statusCode": 404, "message": "gone", "errors": [{"code": "ResourceNotFound", "message": "gone"}]}


def test_a_cart_that_can_not_be_found_keeps_its_money_for_some_minutes(
    sandbox: Sandbox, world: World
) -> None:
    bridge = Buyer(InProcess(sandbox, SECRET_KEY=KEY))
    page = bridge.start(cart := world.cart())
    payment = world.payment(cart)["id"]
    world.pay(page.token, outcome="accepted")
    world.fault("commercetools", action="status", code=404, method="GET", path="/carts/", times=0, body=GONE)
    assert bridge.notification_arrives(page).status == 503
    assert [t["type"] for t in world.project.get(f"payments/{payment}")["transactions"]] == ["Charge"]
    later = Buyer(InProcess(sandbox, SECRET_KEY=KEY, clock=lambda: utc_now() + timedelta(minutes=6)))
    assert later.notification_arrives(page).status == 200
    kinds = [t["type"] for t in world.project.get(f"payments/{payment}")["transactions"]]
    assert kinds == ["Charge", "Refund"]


def test_a_sessions_restriction_of_methods_can_not_be_passed_by(sandbox: Sandbox, world: World) -> None:
    buyer = Buyer(InProcess(sandbox, CHECKOUT_ACCESS="session"))
    cart = world.cart()
    session = world.session(cart, metadata={"allowedPaymentMethods": ["CB"]})
    assert buyer.checkout(cart, session=session, method="PAYPAL").status == 400


def test_an_earlier_attempt_is_ordered_under_its_own_number(sandbox: Sandbox, world: World) -> None:
    buyer = Buyer(InProcess(sandbox))
    cart = world.cart()
    number = f"SHOP-{cart[:8]}"
    session = world.session(cart, metadata={"futureOrderNumber": number})
    page = buyer.start(cart, session=session)
    world.pay(page.token, outcome="accepted")
    assert buyer.checkout(cart).status == 303
    assert world.orders(cart)[0]["orderNumber"] == number


def test_a_cart_can_not_be_made_to_ask_without_bound(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    tags = [f"{a}{b}" for a in "abc" for b in "defghi"]
    answers = [buyer.checkout(cart, lang=tag).status for tag in tags[:13]]
    assert answers[-1] == 429
    assert len(world.payments(cart)) <= 11


def test_an_old_reference_leads_to_no_new_payment(sandbox: Sandbox, world: World) -> None:
    variables = {"CHECKOUT_ACCESS": "signed", "SECRET_KEY": KEY}
    cart = world.cart()
    page = Buyer(InProcess(sandbox, variables=variables)).start(cart, **signed(cart))
    world.pay(page.token, outcome="refused")
    later = Buyer(InProcess(sandbox, clock=lambda: utc_now() + timedelta(days=2), variables=variables))
    links = [str(a["href"]) for a in later.opens_result(page).page.find_all("a", href=True)]
    assert not any("/checkout/" in link for link in links)
    assert later.checkout(cart, ref=page.ref).status == 403


@pytest.mark.parametrize(
    "rule",
    [
        {
            "action": "status",
            "code": 403,
            "body": {"statusCode": 403, "errors": [{"code": "insufficient_scope"}]},
        },
        {"action": "status", "code": 200, "body": {"id": "x"}},
    ],
    ids=["no scope", "unreadable cart"],
)
def test_a_notification_that_fails_is_always_asked_for_again(
    rule: dict[str, Any], buyer: Buyer, world: World
) -> None:
    page = buyer.start(world.cart())
    world.fault("commercetools", method="GET", path="/carts/", times=0, **rule)
    answer = buyer.notification_arrives(page)
    assert (answer.status, answer.headers.get("Retry-After")) == (503, "60")


def test_deeply_nested_json_is_malformed(in_process: InProcess, world: World) -> None:
    session = world.session(world.cart())
    body = "[" * 60_000
    answer = in_process.call("POST", "/payment", data=body, headers={"X-Session-Id": session})
    assert answer.status == 400


def test_an_unknown_address_says_nothing_of_payments(buyer: Buyer) -> None:
    assert "pay again" not in buyer.get("/").visible_text.lower()


def test_a_give_back_that_died_between_cancel_and_refund_goes_on(buyer: Buyer, world: World) -> None:
    page = buyer.start(cart := world.cart("german-store"))
    world.add_one_item(cart)
    world.pay(page.token, outcome="accepted")
    origin = next(t for t in world.monext()["transactions"] if t["token"] == page.token)
    world.operate_at_monext(origin["id"], "captures", amount=origin["amount"])
    world.send_daily_batch()
    world.fault("commercetools", action="status", code=503, method="POST", path="/payments/", skip=2)
    assert buyer.notification_arrives(page).status == 503
    assert buyer.notification_arrives(page).status == 200
    assert states(world, cart)[0][-1] == ("Refund", "Success")
