"""What is not proved spends nobody's budget but that of its address, and asks no remote twice.

Each kind of proof is flooded with made-up ones, and then brings its genuine one from the same address.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import time
from urllib.parse import urlencode

import pytest

from monext_bridge.web.access import as_declared
from monext_bridge.web.endpoints import KNOWN_FROM, LOOK_UPS, REFUSALS, START, Counted, Principal, RateLimit
from monext_bridge.web.endpoints.rate_limits import MINUTE
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.log_lines import captured_logs
from tests.signed_links import signed as link_parameters
from tests.web.declared_endpoints import ENDPOINTS
from tests.web.limited_endpoints import (
    OTHER_ADDRESS,
    PAYMENT_INTENT,
    Request,
    genuine_reference,
    limited_by,
    made_up,
    proved,
    with_one_tight_limit,
)
from tests.world import World

REFUSED = [name for name, _ in limited_by(Counted.REFUSED)]
LOOKED_UP = [
    name for name, _ in limited_by(Counted.LOOKED_UP) if ENDPOINTS[name].caller is not Principal.SUBSCRIPTION
]
LET_IN = {200, 201, 303, 400, 404, 503}
"""How those are answered who are let in: what they ask for may not be there, or not be complete."""


def bridge_with(sandbox: Sandbox, limits: Callable[[RateLimit], RateLimit], **changes: str) -> InProcess:
    return InProcess(sandbox, limits=limits, variables={"TRUSTED_PROXIES": "1", **changes})


# the figures as they are declared: a flood, and then the right one


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of proof: how many made-up ones come before the genuine one, and both."""

    flood: int
    forged: Callable[[str, int], Request]
    genuine: Callable[[InProcess, World, str], Request]
    access: str = "signed"


def wrong_signature(cart: str, number: int) -> Request:
    return Request(f"/checkout/{cart}?expires={int(time()) + 600}&signature={number:064x}")


def signed(bridge: InProcess, _: World, cart: str) -> Request:
    key = bridge.settings.link_secrets[0].get_secret_value()
    return Request(f"/checkout/{cart}?{urlencode(link_parameters(cart, key=key))}")


def with_reference(path: str) -> Kind:
    def forged(_: str, number: int) -> Request:
        return Request(path.replace("<ref>", f"e30.{number:043d}"))

    def genuine(bridge: InProcess, _: World, __: str) -> Request:
        return Request(path.replace("<ref>", genuine_reference(bridge)))

    return Kind(300, forged, genuine)


def with_header(method: str, path: str, name: str, genuine: Callable[[World, str], str]) -> Kind:
    value = "Bearer {}" if name == "Authorization" else "{}"
    return Kind(
        300,
        lambda _, number: Request(path, method, ((name, value.format(f"made-up-{number}")),)),
        lambda _, world, cart: Request(path, method, ((name, value.format(genuine(world, cart))),)),
    )


KINDS: dict[str, Kind] = {
    "31 signatures of a cart": Kind(31, wrong_signature, signed),
    "hundreds of signatures of a cart": Kind(301, wrong_signature, signed),
    "sessions of a cart": Kind(
        301,
        lambda cart, number: Request(f"/checkout/{cart}?session=made-up-{number}"),
        lambda _, world, cart: Request(f"/checkout/{cart}?session={world.session(cart)}"),
    ),
    "carts": Kind(
        301,
        lambda _, __: Request(f"/checkout/{uuid.uuid4()}"),
        lambda _, __, cart: Request(f"/checkout/{cart}"),
        "open",
    ),
    "references to return": with_reference("/return/<ref>"),
    "references to cancel": with_reference("/cancel/<ref>"),
    "references to result": with_reference("/result/<ref>"),
    "references to notification": with_reference("/notification/<ref>?notificationType=WEBTRS"),
    "sessions at /payment": with_header("POST", "/payment", "X-Session-Id", lambda w, cart: w.session(cart)),
    "sessions at /operations/config": with_header(
        "GET", "/operations/config", "X-Session-Id", lambda world, cart: world.session(cart)
    ),
    "bearer tokens": with_header("GET", PAYMENT_INTENT, "Authorization", lambda w, _: w.back_office_token()),
    "JWTs": with_header("GET", "/operations/status", "Authorization", lambda w, _: w.merchant_center_token()),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_after_a_flood_the_genuine_one_passes(kind: Kind, sandbox: Sandbox, world: World) -> None:
    bridge = bridge_with(sandbox, as_declared, CHECKOUT_ACCESS=kind.access)
    cart = world.cart()
    statuses = {kind.forged(cart, number).send(bridge).status for number in range(kind.flood)}
    assert statuses <= {401, 403, 404, 429, 503}
    assert kind.genuine(bridge, world, cart).send(bridge).status in LET_IN


def test_sixty_forged_references_of_one_payment_leave_it_alone(sandbox: Sandbox, world: World) -> None:
    """A forged one names the payment as well as the right one does."""
    bridge = bridge_with(sandbox, as_declared)
    ref = genuine_reference(bridge)
    forged = [
        f"{ref[:-2]}{first}{second}"
        for first in "ABCDEFGH"
        for second in "AQgw"
        if f"{first}{second}" != ref[-2:]
    ]
    for path in ("return", "cancel", "result", "notification"):
        statuses = {Request(f"/{path}/{each}").send(bridge).status for each in forged * 2}
        assert statuses <= {403, 429, 503}
        assert Request(f"/{path}/{ref}").send(bridge).status in (404, 503)
    assert len(forged * 2) > 60


def test_a_forged_reference_is_told_to_slow_down_and_a_genuine_one_never(
    sandbox: Sandbox, world: World
) -> None:
    bridge = bridge_with(sandbox, with_one_tight_limit("refusals", amount=2))
    statuses = [made_up("buyer.result", number).send(bridge).status for number in range(4)]
    assert statuses == [403, 403, 429, 429]
    assert {proved("buyer.result", bridge, world).send(bridge).status for _ in range(4)} == {404}


def test_what_is_not_proved_is_no_start_of_the_cart(sandbox: Sandbox, world: World) -> None:
    """The cart has its whole budget after all that others have tried."""
    bridge, cart = bridge_with(sandbox, as_declared, CHECKOUT_ACCESS="signed"), world.cart()
    for number in range(2 * START.amount):
        wrong_signature(cart, number).send(bridge)
        Request(f"/checkout/{cart}?session=made-up-{number}").send(bridge)
    link = signed(bridge, world, cart)
    assert [link.send(bridge).status for _ in range(START.amount + 1)] == [200] * START.amount + [429]


# every endpoint


@pytest.mark.parametrize("endpoint", REFUSED)
def test_who_is_refused_too_often_is_told_when_to_come_again(
    endpoint: str, sandbox: Sandbox, world: World
) -> None:
    bridge = bridge_with(sandbox, with_one_tight_limit("refusals", amount=2))
    answers = [made_up(endpoint, number).send(bridge) for number in range(4)]
    limited = 503 if ENDPOINTS[endpoint].bare_503_when_limited else 429
    assert {answer.status for answer in answers[:2]} <= {401, 403}
    assert {answer.status for answer in answers[2:]} == {limited}
    assert all(1 <= int(answer.headers["Retry-After"]) <= MINUTE for answer in answers[2:])
    assert made_up(endpoint, 9).send(bridge, address=OTHER_ADDRESS).status in (401, 403)
    assert proved(endpoint, bridge, world).send(bridge).status in LET_IN


@pytest.mark.parametrize("endpoint", LOOKED_UP)
def test_made_up_ones_are_looked_up_until_the_budget_is_spent(
    endpoint: str, sandbox: Sandbox, world: World
) -> None:
    bridge = bridge_with(sandbox, with_one_tight_limit("look_ups", amount=3))
    known = proved(endpoint, bridge, world)
    assert known.send(bridge).status in LET_IN
    world.forget_calls()
    statuses = [made_up(endpoint, number).send(bridge).status for number in range(6)]
    assert [status == 429 for status in statuses] == [False] * 3 + [True] * 3
    assert len(asked(world)) == 3
    assert known.send(bridge).status in LET_IN, "a known one always passes"
    elsewhere = proved(endpoint, bridge, world).send(bridge, address=OTHER_ADDRESS)
    assert elsewhere.status in LET_IN


@pytest.mark.parametrize("endpoint", LOOKED_UP)
def test_the_same_made_up_one_is_asked_about_once(endpoint: str, sandbox: Sandbox, world: World) -> None:
    bridge, request = bridge_with(sandbox, as_declared), made_up(endpoint)
    world.forget_calls()
    statuses = {request.send(bridge).status for _ in range(5)}
    assert len(statuses) == 1
    assert statuses <= {401, 403}
    assert len(asked(world)) == 1


@pytest.mark.parametrize("endpoint", LOOKED_UP)
def test_a_remote_that_is_down_makes_nothing_made_up(endpoint: str, sandbox: Sandbox, world: World) -> None:
    """Neither is it remembered, nor does it count against the address."""
    bridge = bridge_with(sandbox, with_one_tight_limit("look_ups"))
    request = proved(endpoint, bridge, world)
    for path in ("/oauth/introspect", "/sessions/"):
        world.fault("commercetools", action="status", code=503, path=path, times=0)
    if ENDPOINTS[endpoint].caller is Principal.LINK:
        cart = world.cart()
        request = Request(f"/checkout/{cart}?session={world.session(cart)}")
    assert [request.send(bridge).status for _ in range(3)] == [503, 503, 503]


def test_an_unknown_cart_is_asked_about_once(sandbox: Sandbox, world: World) -> None:
    bridge, request = bridge_with(sandbox, as_declared), Request(f"/checkout/{uuid.uuid4()}")
    world.forget_calls()
    assert [request.send(bridge).status for _ in range(3)] == [404, 404, 404]
    assert len(asked(world)) == 1


def test_a_stranger_who_knows_a_cart_does_not_keep_its_buyer_out(sandbox: Sandbox, world: World) -> None:
    bridge, request = bridge_with(sandbox, as_declared), Request(f"/checkout/{world.cart()}")
    stranger = [request.send(bridge, address="203.0.113.7").status for _ in range(KNOWN_FROM.amount + 5)]
    assert stranger == [200] * KNOWN_FROM.amount + [429] * 5
    assert request.send(bridge, address="198.51.100.9").status == 200


def test_many_addresses_together_do_not_ask_about_a_cart_without_end(sandbox: Sandbox, world: World) -> None:
    bridge, request = (
        bridge_with(sandbox, with_one_tight_limit("known", amount=3)),
        Request(f"/checkout/{world.cart()}"),
    )
    statuses = [request.send(bridge, address=f"203.0.113.{number}").status for number in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


def test_what_a_session_proves_is_not_kept_out_by_who_knows_the_cart(sandbox: Sandbox, world: World) -> None:
    bridge, cart = bridge_with(sandbox, with_one_tight_limit("known", amount=1)), world.cart()
    assert [Request(f"/checkout/{cart}").send(bridge).status for _ in range(2)] == [200, 429]
    assert Request(f"/checkout/{cart}?session={world.session(cart)}").send(bridge).status == 200


def test_a_cart_that_can_not_be_paid_is_there_all_the_same(sandbox: Sandbox, world: World) -> None:
    bridge = bridge_with(sandbox, with_one_tight_limit("known_from", amount=2))
    cart = world.cart_with("no_shipping_address")
    assert [Request(f"/checkout/{cart}").send(bridge).status for _ in range(3)] == [409, 409, 429]


def test_a_session_of_another_cart_proves_nothing_about_this_one(sandbox: Sandbox, world: World) -> None:
    bridge = bridge_with(sandbox, with_one_tight_limit("start"), CHECKOUT_ACCESS="session")
    cart, own = world.cart(), world.cart()
    session = world.session(own)
    assert [Request(f"/checkout/{cart}?session={session}").send(bridge).status for _ in range(3)] == [403] * 3
    assert Request(f"/checkout/{cart}?session={world.session(cart)}").send(bridge).status == 200
    assert Request(f"/checkout/{own}?session={session}").send(bridge).status == 200


def test_a_session_that_names_a_foreign_page_counts_as_the_session_that_it_is(
    sandbox: Sandbox, world: World
) -> None:
    bridge = bridge_with(sandbox, with_one_tight_limit("session", amount=2))
    session = world.session(world.cart(), metadata={"merchantReturnUrl": "https://evil.example.com"})
    request = Request("/payment", "POST", (("X-Session-Id", session),))
    assert [request.send(bridge).status for _ in range(3)] == [400, 400, 429]


def test_a_session_that_has_ended_is_made_up_from_then_on(sandbox: Sandbox, world: World) -> None:
    bridge, session = (
        bridge_with(sandbox, with_one_tight_limit("session")),
        world.session(world.cart(), state="Expired"),
    )
    request = Request("/payment", "POST", (("X-Session-Id", session),))
    world.forget_calls()
    assert [request.send(bridge).status for _ in range(3)] == [401, 401, 401]
    assert len(asked(world)) == 1


def test_refusals_and_look_ups_leave_the_flood_room_for_a_genuine_one() -> None:
    """The address has long been told to slow down where the last look-up is spent."""
    assert LOOK_UPS.amount >= 10 * REFUSALS.amount


def test_a_flood_of_made_up_ones_is_a_line_for_each_limit(sandbox: Sandbox, world: World) -> None:
    bridge = bridge_with(
        sandbox, lambda limit: replace(limit, amount=1) if limit.counts is not Counted.PROVED else limit
    )
    with captured_logs() as lines:
        for number in range(5):
            made_up("payment.create", number).send(bridge)
    assert [line["limit"] for line in lines.of("rate_limited")] == ["look_ups"]


def asked(world: World) -> list[str]:
    """List what the bridge asked commercetools, but for its own token."""
    return [str(call["path"]) for call in world.calls("commercetools") if call["path"] != "/oauth/token"]
