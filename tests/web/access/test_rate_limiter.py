"""Limits: who exceeds a budget is told when to come again, and costs nobody anything; the others never notice."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest

from monext_bridge.web.access.rate_limiter import as_declared
from monext_bridge.web.endpoints import (
    NOTIFICATION,
    NOTIFICATIONS,
    Counted,
    Principal,
    RateLimit,
    RateLimitKey,
)
from monext_bridge.web.endpoints.rate_limits import MINUTE
from sandbox.runner import Sandbox
from tests.bridges import Buyer, InProcess
from tests.log_lines import captured_logs
from tests.web.back_office import error_detail
from tests.web.declared_endpoints import DESCRIPTIONS, ENDPOINTS
from tests.web.limited_endpoints import (
    ADDRESS,
    OTHER_ADDRESS,
    PAYMENT_INTENT,
    Build,
    genuine_reference,
    limited_by,
    one_request_per_window,
    proved,
    with_one_tight_limit,
)
from tests.world import World, wait_for

PROVED = limited_by(Counted.PROVED)
ALL_LIMITS = {limit for endpoint in ENDPOINTS.values() for limit in endpoint.limits}
NEVER = ["/health", "/ready", "/static/bridge.css", "/openapi.json", "/docs"]


def named(value: object) -> str:
    return value.name if isinstance(value, RateLimit) else str(value)


@pytest.fixture
def limited(sandbox: Sandbox, world: World) -> Build:
    """A bridge behind a proxy, of which one budget is tight; without a name, all are as declared."""

    def build(name: str | None = None, **tight: int) -> InProcess:
        limits = with_one_tight_limit(name, **tight) if name else as_declared
        return InProcess(sandbox, limits=limits, TRUSTED_PROXIES="1")

    return build


# the declarations


def test_the_description_tells_who_may_be_limited() -> None:
    told = {name for name, description in DESCRIPTIONS.items() if 429 in description.refusals}
    assert told == {name for name in DESCRIPTIONS if ENDPOINTS[name].limits}


def test_a_name_means_one_budget_and_lets_something_through() -> None:
    assert len({limit.name for limit in ALL_LIMITS}) == len(ALL_LIMITS)
    assert all(limit.amount > 0 and limit.seconds == MINUTE for limit in ALL_LIMITS)


def test_buyers_and_notifications_share_no_budget_of_what_is_proved() -> None:
    buyers = {limit for name, limit in PROVED if ENDPOINTS[name].buyer}
    assert buyers
    assert buyers.isdisjoint({NOTIFICATION, NOTIFICATIONS})


def test_what_is_not_proved_counts_by_address_alone() -> None:
    assert {limit.key for limit in ALL_LIMITS if limit.counts is not Counted.PROVED} == {RateLimitKey.ADDRESS}


def test_whoever_can_be_refused_for_a_proof_spends_the_address_for_it() -> None:
    proving = {name for name, endpoint in ENDPOINTS.items() if endpoint.caller is not Principal.ANYBODY}
    own = {name for name in proving if ENDPOINTS[name].caller is Principal.SUBSCRIPTION}
    assert {name for name, _ in limited_by(Counted.REFUSED)} == proving - own


# every row of what is proved


@pytest.mark.parametrize(("endpoint", "budget"), PROVED, ids=named)
def test_what_exceeds_its_budget_comes_again_and_costs_no_call(
    endpoint: str, budget: RateLimit, limited: Build, world: World
) -> None:
    bridge = limited(budget.name)
    request = proved(endpoint, bridge, world, spends=budget.key)
    first = request.send(bridge)
    world.forget_calls()
    for _ in range(3):
        again = request.send(bridge)
        assert again.status == (503 if endpoint == "notifications.notify" else 429)
        assert 1 <= int(again.headers["Retry-After"]) <= MINUTE
    assert first.status not in (401, 403, 429)
    assert world.calls("commercetools") == world.calls("monext") == []


@pytest.mark.parametrize(("endpoint", "budget"), PROVED, ids=named)
def test_who_else_asks_has_a_budget_of_their_own(
    endpoint: str, budget: RateLimit, limited: Build, world: World
) -> None:
    bridge = limited(budget.name)
    request, of_somebody_else = (proved(endpoint, bridge, world, spends=budget.key) for _ in range(2))
    served, limited_ = (request.send(bridge).status for _ in range(2))
    assert served != limited_
    by_address = budget.key is RateLimitKey.ADDRESS
    elsewhere = served if by_address or budget.key is RateLimitKey.KNOWN_CART_FROM else limited_
    assert request.send(bridge, address=OTHER_ADDRESS).status == elsewhere
    assert of_somebody_else.send(bridge).status == (limited_ if by_address else served)


@pytest.mark.parametrize("path", NEVER)
def test_these_are_never_limited(path: str, sandbox: Sandbox, world: World) -> None:
    bridge = InProcess(sandbox, limits=one_request_per_window)
    statuses = set()
    for _ in range(5):
        with bridge.app.test_client().get(path) as answer:
            statuses.add(answer.status_code)
    assert len(statuses) == 1


# buyers


def test_at_the_start_the_page_says_that_nothing_was_taken(limited: Build, world: World) -> None:
    bridge = limited("known_from")
    request = proved("checkout.start", bridge, world)
    answers = [request.send(bridge) for _ in range(2)]
    assert "Too many attempts" in answers[1].visible_text
    assert "nothing was taken this time" in answers[1].visible_text
    assert answers[1].page.find(id="retry")


def test_after_the_payment_the_page_says_not_to_pay_again(limited: Build, world: World) -> None:
    bridge = limited("polls")
    request = proved("buyer.result", bridge, world)
    answers = [request.send(bridge) for _ in range(2)]
    assert "Do not pay again" in answers[1].visible_text


@pytest.mark.parametrize(
    ("method", "headers"),
    [("HEAD", {}), ("GET", {"Sec-Purpose": "prefetch"}), ("GET", {"Sec-Purpose": "prefetch;prerender"})],
    ids=["HEAD", "prefetch", "prerender"],
)
def test_what_starts_nothing_spends_nothing(
    method: str, headers: dict[str, str], limited: Build, world: World
) -> None:
    bridge, cart = limited("known_from"), world.cart()
    for _ in range(3):
        assert bridge.call(method, f"/checkout/{cart}", headers=headers).status in (200, 503)
    assert Buyer(bridge).checkout(cart).status == 200


def test_a_double_click_a_reload_and_a_second_tab_are_served(limited: Build, world: World) -> None:
    buyer, cart = Buyer(limited()), world.cart()
    assert {buyer.checkout(cart).status for _ in range(10)} == {200}


def test_who_reloads_in_a_loop_does_not_spend_what_the_neighbours_share(world: World) -> None:
    amounts = {"known_from": 1, "starts": 2}
    bridge = InProcess(
        world.sandbox, limits=lambda limit: replace(limit, amount=amounts.get(limit.name, limit.amount))
    )
    buyer, cart = Buyer(bridge), world.cart()
    assert [buyer.checkout(cart).status for _ in range(5)] == [200, 429, 429, 429, 429]
    assert buyer.checkout(world.cart()).status == 200
    assert buyer.checkout(world.cart()).status == 429


def test_many_who_wait_behind_one_address_are_never_limited(limited: Build) -> None:
    """Each looks as often as the page does in a minute, in two tabs."""
    bridge = limited()
    for _ in range(10):
        path = f"/result/{genuine_reference(bridge)}"
        assert {bridge.call("GET", path).status for _ in range(14)} == {404}


def test_all_references_of_a_payment_share_its_budget(limited: Build, world: World) -> None:
    bridge, cart = limited("polls"), world.cart()
    one, other = (Buyer(bridge).start(cart, lang=language) for language in ("de", "de"))
    assert Buyer(bridge).opens_result(one).status == 200
    assert Buyer(bridge).opens_result(other).status == 429


def test_the_window_ends(limited: Build, world: World) -> None:
    bridge = limited("known_from", seconds=1)
    request = proved("checkout.start", bridge, world)
    wait_for(lambda: request.send(bridge).status == 429)
    wait_for(lambda: request.send(bridge).status == 200)


# Monext


def test_a_limited_notification_comes_again(limited: Build, world: World) -> None:
    bridge, cart = limited("notification"), world.cart()
    buyer = Buyer(bridge)
    page = buyer.start(cart)
    assert buyer.notification_arrives(page).status == 200
    world.pay(page.token, outcome="accepted")
    later = buyer.notification_arrives(page)
    assert (later.status, later.text) == (503, "")
    assert world.orders(cart) == []
    assert buyer.comes_back(page).status == 303
    assert len(world.orders(cart)) == 1


def test_buyers_leave_the_notifications_alone(limited: Build, world: World) -> None:
    bridge = limited("polls")
    buyer = Buyer(bridge)
    page = buyer.start(world.cart())
    assert [buyer.opens_result(page).status for _ in range(2)] == [200, 429]
    assert buyer.notification_arrives(page).status == 200


# programs


def test_a_program_is_told_as_json(limited: Build, world: World) -> None:
    bridge = limited("session")
    request = proved("payment.create", bridge, world)
    answers = [request.send(bridge) for _ in range(2)]
    assert error_detail(answers[1])["code"] == "General"
    assert json.loads(answers[1].text)["statusCode"] == 429


def test_without_a_session_everybody_is_told_so(limited: Build) -> None:
    bridge = limited("session")
    with captured_logs(logging.ERROR) as lines:
        assert [bridge.call("POST", "/payment").status for _ in range(3)] == [401, 401, 401]
    assert lines.all() == []


def test_what_a_back_office_asks_for_is_not_limited(limited: Build, world: World) -> None:
    bridge, office = limited("refusals"), {"Authorization": f"Bearer {world.back_office_token()}"}
    assert {bridge.call("GET", PAYMENT_INTENT, headers=office).status for _ in range(20)} == {404}


# addresses


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("6.6.6.6, 203.0.113.7", "7.7.7.7, 203.0.113.7", True),
        ("203.0.113.7", "203.0.113.7:51234", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
def test_clients_are_told_apart_by_what_the_nearest_proxy_saw(
    first: str, second: str, same: bool, limited: Build, world: World
) -> None:
    bridge = limited("starts")
    request = proved("checkout.start", bridge, world)
    request.send(bridge, address=first)
    assert (request.send(bridge, address=second).status == 429) is same


# the log


def test_a_flood_is_one_line_without_an_address(limited: Build, world: World) -> None:
    bridge = limited("known_from")
    request = proved("checkout.start", bridge, world)
    request.send(bridge)
    with captured_logs() as lines:
        for _ in range(5):
            request.send(bridge)
    (line,) = lines.of("rate_limited")
    assert (line["level"], line["endpoint"], line["limit"]) == ("WARNING", "checkout.start", "known_from")
    assert ADDRESS not in lines.text
    assert lines.of("request_failed") == []


def test_everybody_who_is_limited_is_told_of(limited: Build, world: World) -> None:
    bridge = limited("known_from")
    requests = [proved("checkout.start", bridge, world) for _ in range(2)]
    with captured_logs() as lines:
        for request in requests:
            for _ in range(3):
                request.send(bridge)
    assert len(lines.of("rate_limited")) == 2


def test_a_limited_notification_is_no_error(limited: Build, world: World) -> None:
    bridge = limited("notification")
    request = proved("notifications.notify", bridge, world)
    request.send(bridge)
    with captured_logs(logging.ERROR) as lines:
        assert [request.send(bridge).status for _ in range(2)] == [503, 503]
    assert lines.all() == []
