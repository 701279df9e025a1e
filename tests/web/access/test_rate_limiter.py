"""Limits: who exceeds a budget is told when to come again, and costs nobody anything; the others never notice."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest

from monext_bridge.web.access.rate_limiter import as_declared
from monext_bridge.web.endpoints import NOTIFICATION, NOTIFICATIONS, RateLimit, RateLimitKey
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
    REQUESTS,
    Build,
    Request,
    one_request_per_window,
    with_one_tight_limit,
)
from tests.world import World, wait_for

LIMITED = [(name, budget) for name, endpoint in ENDPOINTS.items() for budget in endpoint.limits]
NEVER = [
    "/health",
    "/ready",
    "/static/bridge.css",
    "/openapi.json",
    "/docs",
    "/operations/status",
    "/operations/payment-components",
]


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


def test_every_limited_endpoint_has_a_request_here() -> None:
    assert {name for name, endpoint in ENDPOINTS.items() if endpoint.limits} == set(REQUESTS)


def test_the_description_tells_who_may_be_limited() -> None:
    told = {name for name, description in DESCRIPTIONS.items() if 429 in description.refusals}
    assert told == {name for name in DESCRIPTIONS if ENDPOINTS[name].limits}


def test_a_name_means_one_budget_and_lets_something_through() -> None:
    budgets = {budget for _, budget in LIMITED}
    assert len({budget.name for budget in budgets}) == len(budgets)
    assert all(budget.amount > 0 and budget.seconds == MINUTE for budget in budgets)


def test_buyers_and_notifications_share_no_budget() -> None:
    buyers = {limit for endpoint in ENDPOINTS.values() if endpoint.buyer for limit in endpoint.limits}
    assert buyers
    assert buyers.isdisjoint({NOTIFICATION, NOTIFICATIONS})


# every row of it


@pytest.mark.parametrize(("endpoint", "budget"), LIMITED, ids=named)
def test_what_exceeds_its_budget_comes_again_and_costs_no_call(
    endpoint: str, budget: RateLimit, limited: Build, world: World
) -> None:
    bridge, request = limited(budget.name), REQUESTS[endpoint]
    first = request.send(bridge)
    world.forget_calls()
    for _ in range(3):
        again = request.send(bridge)
        assert again.status == (503 if endpoint == "notifications.notify" else 429)
        assert 1 <= int(again.headers["Retry-After"]) <= MINUTE
    assert first.status not in (429, 503)
    assert world.calls("commercetools") == world.calls("monext") == []


@pytest.mark.parametrize(("endpoint", "budget"), LIMITED, ids=named)
def test_who_else_asks_has_a_budget_of_their_own(endpoint: str, budget: RateLimit, limited: Build) -> None:
    bridge, request = limited(budget.name), REQUESTS[endpoint]
    served, limited_ = (request.send(bridge).status for _ in range(2))
    assert served != limited_
    by_address = budget.key is RateLimitKey.ADDRESS
    assert request.send(bridge, address=OTHER_ADDRESS).status == (served if by_address else limited_)
    assert request.from_somebody_else.send(bridge).status == (limited_ if by_address else served)


@pytest.mark.parametrize("path", NEVER)
def test_these_are_never_limited(path: str, sandbox: Sandbox, world: World) -> None:
    bridge = InProcess(sandbox, limits=one_request_per_window)
    statuses = set()
    for _ in range(5):
        with bridge.app.test_client().get(path) as answer:
            statuses.add(answer.status_code)
    assert len(statuses) == 1


# buyers


def test_at_the_start_the_page_says_that_nothing_was_taken(limited: Build) -> None:
    bridge = limited("start")
    answers = [REQUESTS["checkout.start"].send(bridge) for _ in range(2)]
    assert "Too many attempts" in answers[1].visible_text
    assert "nothing was taken this time" in answers[1].visible_text
    assert answers[1].page.find(id="retry")


def test_after_the_payment_the_page_says_not_to_pay_again(limited: Build) -> None:
    bridge = limited("polls")
    answers = [REQUESTS["buyer.result"].send(bridge) for _ in range(2)]
    assert "Do not pay again" in answers[1].visible_text


@pytest.mark.parametrize(
    ("method", "headers"),
    [("HEAD", {}), ("GET", {"Sec-Purpose": "prefetch"}), ("GET", {"Sec-Purpose": "prefetch;prerender"})],
    ids=["HEAD", "prefetch", "prerender"],
)
def test_what_starts_nothing_spends_nothing(
    method: str, headers: dict[str, str], limited: Build, world: World
) -> None:
    bridge, cart = limited("start"), world.cart()
    for _ in range(3):
        assert bridge.call(method, f"/checkout/{cart}", headers=headers).status in (200, 503)
    assert Buyer(bridge).checkout(cart).status == 200


def test_a_double_click_a_reload_and_a_second_tab_are_served(limited: Build, world: World) -> None:
    buyer, cart = Buyer(limited()), world.cart()
    assert {buyer.checkout(cart).status for _ in range(10)} == {200}


def test_who_reloads_in_a_loop_does_not_spend_what_the_neighbours_share(world: World) -> None:
    amounts = {"start": 1, "starts": 2}
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
    for number in range(10):
        request = Request(f"/result/e30.{chr(ord('a') + number) * 43}")
        assert {request.send(bridge).status for _ in range(14)} == {403}


def test_the_window_ends(limited: Build) -> None:
    bridge, request = limited("start", seconds=1), REQUESTS["checkout.start"]
    wait_for(lambda: request.send(bridge).status == 429)
    wait_for(lambda: request.send(bridge).status == 404)


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


def test_a_program_is_told_as_json(limited: Build) -> None:
    bridge = limited("session")
    answers = [REQUESTS["payment.create"].send(bridge) for _ in range(2)]
    assert error_detail(answers[1])["code"] == "General"
    assert json.loads(answers[1].text)["statusCode"] == 429


def test_without_a_session_everybody_is_told_so(limited: Build) -> None:
    bridge = limited("session")
    with captured_logs(logging.ERROR) as lines:
        assert [bridge.call("POST", "/payment").status for _ in range(3)] == [401, 401, 401]
    assert lines.all() == []


def introspections(world: World) -> int:
    return len([call for call in world.calls("commercetools") if call["path"] == "/oauth/introspect"])


def test_made_up_tokens_are_asked_about_until_the_budget_is_spent(limited: Build, world: World) -> None:
    bridge = limited("refusals", amount=3)
    tokens = [{"Authorization": f"Bearer made-up-{number}"} for number in range(6)]
    statuses = [bridge.call("GET", PAYMENT_INTENT, headers=headers).status for headers in tokens]
    assert statuses == [401, 401, 401, 429, 429, 429]
    assert introspections(world) == 3


def test_a_back_office_that_is_let_in_does_not_notice_who_else_is_at_its_address(
    limited: Build, world: World
) -> None:
    bridge, office = limited("refusals"), {"Authorization": f"Bearer {world.back_office_token()}"}
    assert bridge.call("GET", PAYMENT_INTENT, headers=office).status == 404
    assert [REQUESTS["operations.show"].send(bridge, address="127.0.0.1").status for _ in range(2)] == [
        401,
        429,
    ]
    assert [bridge.call("GET", PAYMENT_INTENT, headers=office).status for _ in range(5)] == [404] * 5


def test_what_a_back_office_asks_for_is_not_limited(limited: Build, world: World) -> None:
    bridge, office = limited("refusals"), {"Authorization": f"Bearer {world.back_office_token()}"}
    assert {bridge.call("GET", PAYMENT_INTENT, headers=office).status for _ in range(20)} == {404}


# addresses


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("203.0.113.7", "203.0.113.8", False),
        ("6.6.6.6, 203.0.113.7", "7.7.7.7, 203.0.113.7", True),
        ("203.0.113.7", "203.0.113.7:51234", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ],
)
def test_clients_are_told_apart_by_what_the_nearest_proxy_saw(
    first: str, second: str, same: bool, limited: Build
) -> None:
    bridge, request = limited("starts"), REQUESTS["checkout.start"]
    request.send(bridge, address=first)
    assert (request.send(bridge, address=second).status == 429) is same


# the log


def test_a_flood_is_one_line_without_an_address(limited: Build) -> None:
    bridge, request = limited("start"), REQUESTS["checkout.start"]
    request.send(bridge)
    with captured_logs() as lines:
        for _ in range(5):
            request.send(bridge)
    (line,) = lines.of("rate_limited")
    assert (line["level"], line["endpoint"], line["limit"]) == ("WARNING", "checkout.start", "start")
    assert ADDRESS not in lines.text
    assert lines.of("request_failed") == []
    assert [line for line in lines.all() if line["logger"] == "flask-limiter"] == []


def test_everybody_who_is_limited_is_told_of(limited: Build) -> None:
    bridge, request = limited("start"), REQUESTS["checkout.start"]
    with captured_logs() as lines:
        for sent in (request, request.from_somebody_else):
            for _ in range(3):
                sent.send(bridge)
    assert len(lines.of("rate_limited")) == 2


def test_a_limited_notification_is_no_error(limited: Build) -> None:
    bridge = limited("notification")
    with captured_logs(logging.ERROR) as lines:
        answers = [REQUESTS["notifications.notify"].send(bridge) for _ in range(3)]
    assert [answer.status for answer in answers] == [403, 503, 503]
    assert lines.all() == []
