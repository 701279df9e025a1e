"""Starting and resuming: from a cart id to a payment page, and everything that must not start one."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from monext_bridge.runtime import utc_now
from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn, InProcess, Page
from tests.signed_links import signed as link
from tests.world import World, wait_for

NOT_PAYABLE = ["empty", "free", "merged", "locked", "no-billing-address"]


def test_the_widget_page_holds_the_session(buyer: Buyer, world: World) -> None:
    page = buyer.start(world.cart("guest"))
    widget = page.answer.page.find(id="PaylineWidget")
    assert widget["data-template"] == "column"  # type: ignore[index]
    assert widget["data-embeddedredirectionallowed"] == "false"  # type: ignore[index]
    assert page.token in world.monext()["sessions"]


def test_the_widget_page_loads_monexts_script_and_style_and_nothing_else(
    buyer: Buyer, world: World, sandbox: Sandbox
) -> None:
    page = buyer.start(world.cart()).answer.page
    scripts = [str(tag["src"]) for tag in page.find_all("script") if tag.get("src")]
    styles = [str(tag["href"]) for tag in page.find_all("link", rel="stylesheet")]
    foreign = [url for url in (*scripts, *styles) if not url.startswith("/static/")]
    assert sorted(foreign) == sorted(
        [f"{sandbox.monext_url}/cdn/scripts/widget-min.js", f"{sandbox.monext_url}/cdn/styles/widget-min.css"]
    )


def test_the_redirect_page_leads_on_without_a_script(buyer: Buyer, world: World) -> None:
    answer = buyer.checkout(world.cart(), mode="redirect")
    link = answer.page.find("a", id="continue")
    forward = answer.page.find("meta", attrs={"http-equiv": "refresh"})
    assert "/v2/?token=" in str(link["href"])  # type: ignore[index]
    assert str(forward["content"]) == f"0; url={link['href']}"  # type: ignore[index]


def test_direct_mode_sends_the_buyer_straight_to_monext(buyer: Buyer, world: World) -> None:
    answer = buyer.checkout(world.cart(), mode="direct")
    assert answer.status == 303
    assert "/v2/?token=" in answer.location


def test_the_record_stands_before_the_buyer_sees_a_session(buyer: Buyer, world: World) -> None:
    cart = world.cart("guest")
    page = buyer.start(cart)
    payment = world.payment(cart)
    (planned,) = payment["transactions"]
    assert payment["interfaceId"] == planned["interactionId"] == page.token
    assert (planned["type"], planned["state"]) == ("Charge", "Initial")
    assert payment["amountPlanned"]["centAmount"] == planned["amount"]["centAmount"]
    assert payment["key"].startswith(f"{cart}-1-")
    assert payment["key"].endswith("-fr-store")


def test_a_store_with_capture_on_shipment_plans_an_authorisation(buyer: Buyer, world: World) -> None:
    cart = world.cart("german-store")
    page = buyer.start(cart)
    assert world.payment(cart)["transactions"][0]["type"] == "Authorization"
    request = world.session_request(page.token)
    assert request["payment"]["capture"] == "MANUAL"
    assert request["pointOfSaleReference"] == "POS_BE"


def test_a_reload_shows_the_same_session_in_whatever_mode(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    first, again = buyer.start(cart), buyer.start(cart)
    assert (again.token, again.ref) == (first.token, first.ref)
    assert first.token in buyer.checkout(cart, mode="redirect").text
    assert first.token in buyer.checkout(cart, mode="direct").location
    assert len(world.monext()["sessions"]) >= 1
    assert len(world.payments(cart)) == 1


def test_a_changed_cart_gets_a_new_session(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    first = buyer.start(cart)
    world.add_one_item(cart)
    second = buyer.start(cart)
    assert second.token != first.token
    assert len(world.payments(cart)) == 2
    assert world.session_request(second.token)["order"]["reference"].endswith("-2")


def test_a_session_near_its_end_is_not_shown_again(sandbox: Sandbox, world: World) -> None:
    cart = world.cart()
    first = Buyer(InProcess(sandbox)).start(cart)
    later = InProcess(sandbox, clock=lambda: utc_now() + timedelta(minutes=21))
    assert Buyer(later).start(cart).token != first.token


def test_another_language_or_method_is_another_session(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    tokens = {buyer.start(cart, **q).token for q in ({}, {"lang": "de"}, {"method": "PAYPAL"})}
    assert len(tokens) == 3


def test_a_preselected_method_goes_out_alone(buyer: Buyer, world: World) -> None:
    page = buyer.start(world.cart(), method="IDEAL")
    assert world.session_request(page.token)["paymentMethod"]["paymentMethodIDs"] == ["IDEAL_FR"]


@pytest.mark.parametrize("situation", NOT_PAYABLE)
def test_a_cart_that_is_not_payable_opens_nothing(situation: str, buyer: Buyer, world: World) -> None:
    cart = world.cart(situation)
    answer = buyer.checkout(cart)
    assert answer.status == 409
    assert world.calls("monext") == []
    assert world.payments(cart) == []


def test_a_currency_that_is_not_allowed_opens_nothing(sandbox: Sandbox, world: World) -> None:
    cart = world.cart("yen")
    answer = Buyer(InProcess(sandbox, CURRENCIES="EUR")).checkout(cart)
    assert (answer.status, world.calls("monext")) == (409, [])


def test_a_frozen_cart_is_paid_like_an_active_one(buyer: Buyer, world: World) -> None:
    assert buyer.start(world.cart("frozen")).token


@pytest.mark.parametrize("situation", ["no-store", "other-store"])
def test_a_store_that_no_setting_names_is_said_and_not_guessed(
    situation: str, buyer: Buyer, world: World
) -> None:
    answer = buyer.checkout(world.cart(situation))
    assert (answer.status, world.calls("monext")) == (503, [])


@pytest.mark.parametrize(
    "path",
    [
        "/checkout/1",
        "/checkout/11111111-2222-3333-4444-55555555555G",
        "/checkout/%2e%2e",
        "/checkout/{cart}?mode=popup",
        "/checkout/{cart}?lang=%3Cscript%3E",
        "/checkout/{cart}?method=CASH",
        "/checkout/{cart}?returnUrl=https://evil.example/",
        "/checkout/{cart}?returnUrl=javascript:alert(1)",
        "/checkout/{cart}?returnUrl=//evil.example/",
        "/checkout/{cart}?cancelUrl=https://shop.example@evil.example/",
    ],
)
def test_what_is_malformed_is_refused_before_any_call(path: str, buyer: Buyer, world: World) -> None:
    cart = world.cart()
    world.forget_calls()
    assert buyer.get(path.format(cart=cart)).status == 400
    assert world.calls("commercetools") == world.calls("monext") == []


def test_an_unknown_cart_is_not_found(buyer: Buyer, world: World) -> None:
    assert buyer.checkout("11111111-2222-4333-8444-555555555555").status == 404


@pytest.mark.parametrize("header", ["prefetch", "prefetch;prerender"])
def test_fetching_ahead_starts_nothing(header: str, buyer: Buyer, world: World) -> None:
    cart = world.cart()
    world.forget_calls()
    assert buyer.get(f"/checkout/{cart}", headers={"Sec-Purpose": header}).status == 503
    assert world.calls("commercetools") == []


def test_a_head_request_starts_nothing(in_process: InProcess, world: World) -> None:
    cart = world.cart()
    world.forget_calls()
    assert in_process.call("HEAD", f"/checkout/{cart}").status == 200
    assert world.calls("commercetools") == []


def test_two_tabs_at_the_same_instant_make_one_attempt(gunicorn: Gunicorn, world: World) -> None:
    cart = world.cart("customer")
    with ThreadPoolExecutor(8) as tabs:
        pages = list(tabs.map(lambda _: Buyer(gunicorn).start(cart), range(8)))
    assert len({page.token for page in pages}) == 1
    assert len(world.payments(cart)) == 1
    assert len(world.payment(cart)["transactions"]) == 1


def test_a_cart_that_moves_before_it_has_the_payment_is_never_shown_with_the_old_total(
    gunicorn: Gunicorn, world: World
) -> None:
    page, cart = start_while_the_cart_moves(gunicorn, world, remote="commercetools", path="/payments$")
    assert world.session_request(page.token)["order"]["amount"] == total(world, cart)
    sessions = [s for s in world.monext()["sessions"].values() if cart in str(s["request"]["privateData"])]
    assert len(sessions) == 2
    assert len(world.payments(cart)) == 1


def test_a_cart_that_moves_behind_the_last_look_is_not_ordered_at_the_old_total(
    gunicorn: Gunicorn, world: World
) -> None:
    page, cart = start_while_the_cart_moves(gunicorn, world, remote="monext", path="/sessions$")
    assert world.session_request(page.token)["order"]["amount"] != total(world, cart)
    world.pay(page.token, outcome="accepted")
    Buyer(gunicorn).comes_back(page)
    assert world.transactions(cart)[-1][:2] == ("Refund", "Success")
    assert world.orders(cart) == []


def start_while_the_cart_moves(bridge: Gunicorn, world: World, *, remote: str, path: str) -> tuple[Page, str]:
    """The buyer adds something in another tab while one call of the start takes its time."""
    cart = world.cart()
    Buyer(bridge).start(world.cart())
    world.forget_calls()
    world.fault(remote, action="delay", seconds=0.5, method="POST", path=path)
    with ThreadPoolExecutor(1) as browser:
        waiting = browser.submit(lambda: Buyer(bridge).start(cart))
        on_the_cart = [f"POST /sandbox/carts/{cart}"] if remote == "monext" else ["POST /sandbox/payments"]
        wait_for(lambda: done(world, on_the_cart, under_way=remote == "commercetools"))
        world.add_one_item(cart)
        return waiting.result(), cart


def done(world: World, calls: list[str], *, under_way: bool) -> bool:
    """Whether these calls have come in and, unless `under_way` is enough, been answered."""
    seen = [f"{c['method']} {c['path']}" for c in world.calls("commercetools") if under_way or c["end"]]
    return set(calls) <= set(seen)


def total(world: World, cart: str) -> int:
    return int(world.project.get(f"carts/{cart}")["taxedPrice"]["totalGross"]["centAmount"])


def test_a_conflict_on_the_cart_is_read_again(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    version = world.project.get(f"carts/{cart}")["version"]
    conflict = {
        "statusCode": 409,
        "message": "Version mismatch.",
        "errors": [
            {"code": "ConcurrentModification", "message": "Version mismatch.", "currentVersion": version}
        ],
    }
    world.fault(
        "commercetools", action="status", code=409, body=conflict, method="POST", path=f"carts/{cart}$"
    )
    page = buyer.start(cart)
    assert world.payment(cart)["interfaceId"] == page.token


def test_monext_refusing_is_said_and_trying_again_works(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    refusal = {"title": "ERROR", "code": "02303", "detail": "Invalid contract number"}
    world.fault("monext", action="status", code=400, body=refusal, method="POST")
    answer = buyer.checkout(cart)
    assert answer.status == 502
    assert answer.headers["X-Correlation-ID"] in answer.text
    buyer.start(cart)
    assert len(world.payments(cart)) == 1


@pytest.mark.parametrize("remote", ["commercetools", "monext"])
def test_a_remote_that_fails_is_said_and_trying_again_works(remote: str, buyer: Buyer, world: World) -> None:
    cart = world.cart()
    world.fault(remote, action="status", code=500, method="POST", path="payments")
    assert buyer.checkout(cart).status == 503
    buyer.start(cart)
    assert len(world.payments(cart)) == 1


def test_a_start_that_crashed_before_its_session_is_filled_with_the_new_amount(
    buyer: Buyer, world: World
) -> None:
    cart = world.cart()
    world.fault("monext", action="drop_before", method="POST")
    assert buyer.checkout(cart).status in (502, 503)
    world.add_one_item(cart)
    page = buyer.start(cart)
    payment = world.payment(cart)
    assert payment["amountPlanned"]["centAmount"] == world.session_request(page.token)["order"]["amount"]
    assert "-1-" in payment["key"]


def test_a_payment_that_lost_its_place_on_the_cart_is_found_by_its_key(buyer: Buyer, world: World) -> None:
    cart = world.cart()
    world.fault("commercetools", action="status", code=500, method="POST", path=f"carts/{cart}$")
    assert buyer.checkout(cart).status == 503
    assert world.payments(cart) == []
    page = buyer.start(cart)
    assert world.payment(cart)["interfaceId"] == page.token


def test_a_shop_that_takes_the_payment_off_the_cart_does_not_block_the_next(
    buyer: Buyer, world: World
) -> None:
    cart = world.cart()
    first = buyer.start(cart)
    payment = world.payment(cart)["id"]
    world.change(cart, action="removePayment", payment={"typeId": "payment", "id": payment})
    assert buyer.start(cart).token == first.token
    assert world.payment(cart)["id"] == payment


def test_a_customer_that_can_not_be_read_does_not_stop_the_payment(buyer: Buyer, world: World) -> None:
    world.fault("commercetools", action="status", code=500, method="GET", path="/customers/", times=0)
    assert buyer.start(world.cart("customer")).token


@pytest.fixture(scope="module")
def signed(sandbox: Sandbox) -> Buyer:
    return Buyer(InProcess(sandbox, CHECKOUT_ACCESS="signed"))


def test_a_signed_link_opens_its_cart(signed: Buyer, world: World) -> None:
    cart = world.cart()
    assert signed.start(cart, **link(cart, expires=int(time.time()) + 60)).token


@pytest.mark.parametrize("fault", ["none", "expired", "foreign", "forged", "far ahead", "not ASCII"])
def test_a_link_that_is_not_good_opens_nothing(fault: str, signed: Buyer, world: World) -> None:
    cart, now = world.cart(), int(time.time())
    query = {
        "none": {},
        "expired": link(cart, expires=now - 1),
        "foreign": link(world.cart(), expires=now + 60),
        "forged": link(cart, expires=now + 60) | {"signature": "0" * 64},
        "not ASCII": link(cart, expires=now + 60) | {"signature": "%C3%A9"},
        "far ahead": link(cart, expires=now + 10**9),
    }[fault]
    world.forget_calls()
    assert signed.checkout(cart, **query).status == 403
    assert world.calls("commercetools") == []


@pytest.fixture(scope="module")
def by_session(sandbox: Sandbox) -> Buyer:
    return Buyer(InProcess(sandbox, CHECKOUT_ACCESS="session"))


def test_an_active_session_opens_its_cart(by_session: Buyer, world: World) -> None:
    cart = world.cart()
    assert by_session.start(cart, session=world.session(cart)).token


def test_the_sessions_metadata_is_followed(by_session: Buyer, world: World, sandbox: Sandbox) -> None:
    cart = world.cart()
    metadata = {
        "futureOrderNumber": f"SHOP-{cart[:8]}",
        "allowedPaymentMethods": ["CB", "PAYPAL"],
        "merchantReturnUrl": f"{sandbox.shop_url}/thanks?from=session",
    }
    page = by_session.start(cart, session=world.session(cart, metadata=metadata))
    request = world.session_request(page.token)
    assert request["order"]["reference"] == f"SHOP-{cart[:8]}"
    assert request["paymentMethod"]["paymentMethodIDs"] == ["CB_FR", "PAYPAL_FR"]


@pytest.mark.parametrize("fault", ["none", "unknown", "malformed", "inactive", "foreign", "expired"])
def test_a_session_that_is_not_good_opens_nothing(fault: str, by_session: Buyer, world: World) -> None:
    cart = world.cart()
    query = {
        "none": {},
        "unknown": {"session": "11111111-2222-4333-8444-555555555555"},
        "malformed": {"session": "../project"},
        "inactive": {"session": world.session(cart, state="Completed")},
        "foreign": {"session": world.session(world.cart())},
        "expired": {"session": world.session(cart, expiresIn=-1)},
    }[fault]
    assert by_session.checkout(cart, **query).status == 403
    assert world.payments(cart) == []


def test_a_session_that_can_not_be_asked_is_not_open(by_session: Buyer, world: World) -> None:
    cart = world.cart()
    session = world.session(cart)
    world.fault("commercetools", action="status", code=500, path="/sessions/", times=0)
    assert by_session.checkout(cart, session=session).status == 503
