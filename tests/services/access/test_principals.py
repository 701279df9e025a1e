"""Back offices prove themselves by introspection: asked briefly, and never open."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from monext_bridge.errors import Forbidden, RemoteUnreachable, Unauthenticated
from monext_bridge.services.access.principals import Principals
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.gateways.remotes import free_port
from tests.manual_clock import ManualClock
from tests.services.api_clients import Tokens, principals_of
from tests.world import World

NOT_TOKENS = ["", " ", "two words", "tab\t", "line\nbreak", "é", "\x00", "\ud800", "a" * 4097]


@pytest.fixture
def tokens(sandbox: Sandbox) -> Tokens:
    return Tokens(sandbox)


@pytest.fixture
def manual_clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def principals(in_process: InProcess, manual_clock: ManualClock, world: World) -> Principals:
    return principals_of(in_process, monotonic=manual_clock)


def introspections(world: World) -> int:
    return len([call for call in world.calls("commercetools") if call["path"] == "/oauth/introspect"])


@pytest.mark.parametrize("scope", ["manage_project", "manage_checkout_payment_intents"])
def test_a_token_with_the_right_scope_opens(scope: str, principals: Principals, tokens: Tokens) -> None:
    principals.back_office(tokens.oauth("view_orders", scope))


@pytest.mark.parametrize("scope", ["manage_payments", "manage_orders", "view_payments"])
def test_a_token_with_another_scope_is_forbidden(scope: str, principals: Principals, tokens: Tokens) -> None:
    with pytest.raises(Forbidden):
        principals.back_office(tokens.oauth(scope))


def test_another_project_s_token_is_forbidden(sandbox: Sandbox, tokens: Tokens) -> None:
    foreign = principals_of(InProcess(sandbox, CTP_PROJECT_KEY="sandbo"))
    with pytest.raises(Forbidden):
        foreign.back_office(tokens.oauth("manage_project"))


@pytest.mark.parametrize("token", NOT_TOKENS, ids=range(len(NOT_TOKENS)))
def test_what_is_no_token_is_refused_without_asking(token: str, principals: Principals, world: World) -> None:
    with pytest.raises(Unauthenticated):
        principals.back_office(token)
    assert introspections(world) == 0


def test_an_unknown_token_is_refused(principals: Principals) -> None:
    with pytest.raises(Unauthenticated):
        principals.back_office("made-up")


def test_a_merchant_center_token_is_none_of_a_back_office(principals: Principals, tokens: Tokens) -> None:
    with pytest.raises(Unauthenticated):
        principals.back_office(tokens.jwt())


def test_a_token_that_opens_is_asked_about_once_a_minute(
    principals: Principals, tokens: Tokens, manual_clock: ManualClock, world: World
) -> None:
    token = tokens.oauth("manage_project")
    principals.back_office(token)
    manual_clock.advance(59)
    principals.back_office(token)
    assert introspections(world) == 1
    manual_clock.advance(1)
    principals.back_office(token)
    assert introspections(world) == 2


def test_a_revoked_token_is_refused_within_a_minute(
    principals: Principals, tokens: Tokens, manual_clock: ManualClock
) -> None:
    token = tokens.oauth("manage_project")
    principals.back_office(token)
    tokens.revoke()
    manual_clock.advance(60)
    with pytest.raises(Unauthenticated):
        principals.back_office(token)


def test_a_token_is_not_kept_past_its_end(
    in_process: InProcess, tokens: Tokens, manual_clock: ManualClock, world: World
) -> None:
    token = tokens.oauth("manage_project")  # for 48 hours by the sandbox's clock
    almost_over = datetime.now(UTC) + timedelta(hours=48, seconds=-20)
    principals = principals_of(in_process, monotonic=manual_clock, clock=lambda: almost_over)
    principals.back_office(token)
    manual_clock.advance(25)
    principals.back_office(token)
    assert introspections(world) == 2


def test_a_token_that_is_over_by_our_clock_is_refused(in_process: InProcess, tokens: Tokens) -> None:
    token = tokens.oauth("manage_project")
    principals = principals_of(in_process, clock=lambda: datetime.now(UTC) + timedelta(hours=49))
    with pytest.raises(Unauthenticated):
        principals.back_office(token)


def test_a_refusal_is_kept_for_five_seconds(
    principals: Principals, manual_clock: ManualClock, world: World
) -> None:
    for seconds in (0, 4.9, 0.1):
        manual_clock.advance(seconds)
        with pytest.raises(Unauthenticated):
            principals.back_office("made-up")
    assert introspections(world) == 2


def test_fifty_at_once_ask_once(principals: Principals, tokens: Tokens, world: World) -> None:
    token, start = tokens.oauth("manage_project"), Barrier(50)

    def call(_: int) -> None:
        start.wait()
        principals.back_office(token)

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(call, range(50)))
    assert introspections(world) == 1


@pytest.mark.parametrize(
    "rule",
    [
        {"action": "status", "code": 503},
        {"action": "status", "code": 401, "body": {"error": "invalid_client"}},
        {"action": "status", "code": 200, "body": {"scope": "manage_project:sandbox"}},
        {"action": "html"},
        {"action": "drop_before"},
        {"action": "half_body"},
    ],
    ids=lambda rule: f"{rule['action']} {rule.get('code', '')}".strip(),
)
def test_where_nobody_can_say_the_caller_is_neither_let_in_nor_accused(
    rule: dict[str, object], principals: Principals, tokens: Tokens, world: World
) -> None:
    token = tokens.oauth("manage_project")
    world.fault("commercetools", path="/oauth/introspect", **rule)
    with pytest.raises(RemoteUnreachable):
        principals.back_office(token)
    principals.back_office(token)


def test_a_token_that_is_kept_opens_while_commercetools_is_away(
    principals: Principals, tokens: Tokens, world: World
) -> None:
    token = tokens.oauth("manage_project")
    principals.back_office(token)
    world.fault("commercetools", action="status", times=0)
    principals.back_office(token)


def test_an_authorisation_server_that_is_away_opens_nothing(sandbox: Sandbox, tokens: Tokens) -> None:
    away = InProcess(sandbox, CTP_AUTH_URL=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(RemoteUnreachable):
        principals_of(away).back_office(tokens.oauth("manage_project"))
