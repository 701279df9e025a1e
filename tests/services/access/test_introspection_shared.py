"""What one process has learnt of a token, all know: for as long as it would itself, and from nobody else."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis

from monext_bridge.errors import Unauthenticated
from monext_bridge.gateways.redis import PREFIX
from monext_bridge.services.access.api_client import ScopeMissing
from monext_bridge.services.access.principals import Principals
from monext_bridge.services.access.token_verdicts import VERDICTS_PURPOSE
from sandbox.runner import Sandbox
from tests.bridges import InProcess, free_port
from tests.manual_clock import ManualClock
from tests.redis_server import RedisServer
from tests.services.api_clients import Tokens, client_id, principals_of
from tests.world import World

KEY = "one-key-for-all-processes-of-a-test"


class Process:
    """What a process of the bridge knows, with clocks that stand still until they are moved."""

    def __init__(self, sandbox: Sandbox, *, url: str, **changes: str) -> None:
        self.now, self.monotonic = datetime.now(UTC), ManualClock()
        settings: dict[str, Any] = {"REDIS_URL": url, "SECRET_KEY": KEY, **changes}
        bridge = InProcess(sandbox, **settings)
        self.principals: Principals = principals_of(bridge, monotonic=self.monotonic, clock=lambda: self.now)

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.monotonic.advance(seconds)

    def lets_in(self, token: str) -> bool:
        try:
            self.principals.back_office(token)
        except Unauthenticated:
            return False
        return True


@pytest.fixture
def server(empty_redis: RedisServer) -> Iterator[RedisServer]:
    """A Redis that a test may stop and start."""
    yield empty_redis
    empty_redis.stop()
    empty_redis.start()


@pytest.fixture
def token(sandbox: Sandbox) -> str:
    return Tokens(sandbox).oauth("manage_project")


@pytest.fixture
def one(sandbox: Sandbox, server: RedisServer, world: World) -> Process:
    return Process(sandbox, url=server.url)


@pytest.fixture
def other(sandbox: Sandbox, server: RedisServer, one: Process) -> Process:
    """Its clocks show the same as those of the first one."""
    process = Process(sandbox, url=server.url)
    process.now = one.now
    return process


def sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def introspections(world: World) -> int:
    return len([call for call in world.calls("commercetools") if call["path"] == "/oauth/introspect"])


def held(server: RedisServer) -> dict[str, bytes]:
    with redis.Redis.from_url(server.url) as client:
        return {key.decode(): bytes(client.get(key) or b"") for key in client.scan_iter()}


def put(server: RedisServer, key: str, value: bytes) -> None:
    with redis.Redis.from_url(server.url) as client:
        client.set(key, value)


@pytest.mark.parametrize("good", [True, False])
def test_a_token_is_asked_about_by_one_process_only(
    good: bool, one: Process, other: Process, token: str, world: World
) -> None:
    sent = token if good else "made-up"
    assert one.lets_in(sent) is other.lets_in(sent) is good
    assert introspections(world) == 1


@pytest.mark.parametrize(("good", "seconds"), [(True, 60), (False, 5)])
def test_none_relies_on_it_longer_than_who_has_asked(
    good: bool, seconds: int, one: Process, other: Process, token: str, world: World
) -> None:
    sent = token if good else "made-up"
    one.lets_in(sent)
    other.advance(seconds - 1)
    other.lets_in(sent)
    assert introspections(world) == 1
    other.advance(1)
    other.lets_in(sent)
    assert introspections(world) == 2


def test_a_revoked_token_is_refused_by_all_within_a_minute(
    one: Process, other: Process, token: str, sandbox: Sandbox
) -> None:
    one.lets_in(token)
    Tokens(sandbox).revoke()
    other.advance(59)
    assert other.lets_in(token)
    other.advance(1)
    assert not other.lets_in(token)


def test_a_clock_that_is_far_behind_adds_no_more_than_a_minute(
    one: Process, other: Process, token: str, server: RedisServer, world: World
) -> None:
    one.lets_in(token)
    other.now -= timedelta(hours=1)
    other.lets_in(token)
    server.clear()  # as it does by itself, by its own clock
    other.advance(60)
    other.lets_in(token)
    assert introspections(world) == 2


def test_redis_holds_the_token_s_sha_256_and_no_token(one: Process, token: str, server: RedisServer) -> None:
    one.lets_in(token)
    (name,) = held(server)
    assert name == f"{PREFIX}introspection:sandbox:{sha256(token)}"
    assert token not in str(held(server))
    with redis.Redis.from_url(server.url) as client:
        assert 0 < client.ttl(name) <= 60


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: b"",
        lambda _: b"GRANTED",
        lambda _: b"GRANTED 99999999999999 " + b"0" * 64,
        lambda value: value.replace(b"ENDED", b"GRANTED"),
        lambda value: value[:-1] + (b"0" if value[-1:] != b"0" else b"1"),
        lambda value: b" ".join([value.split(b" ")[0], b"99999999999999", *value.split(b" ")[2:]]),
        lambda value: b" ".join([*value.split(b" ")[:2], b"another-client", *value.split(b" ")[3:]]),
        lambda value: b" ".join([*value.split(b" ")[:3], b"*", *value.split(b" ")[4:]]),
        lambda value: value + b" more",
        lambda _: b"\xff\x00 \xfe \xfd",
    ],
    ids=range(10),
)
def test_what_the_bridge_has_not_written_opens_nothing(
    spoil: Callable[[bytes], bytes], one: Process, other: Process, server: RedisServer, world: World
) -> None:
    assert not one.lets_in("made-up")
    ((name, value),) = held(server).items()
    put(server, name, spoil(value))
    assert not other.lets_in("made-up")
    assert introspections(world) == 2


@pytest.mark.parametrize(
    ("scopes", "stores"),
    [
        (("manage_project",), None),
        (("manage_project:fr-store",), {"fr-store"}),
        (("manage_project:fr-store", "manage_checkout_payment_intents:de-store"), {"fr-store", "de-store"}),
    ],
)
def test_whose_token_it_is_and_for_which_stores_all_know(
    scopes: tuple[str, ...],
    stores: set[str] | None,
    one: Process,
    other: Process,
    sandbox: Sandbox,
    world: World,
) -> None:
    token = Tokens(sandbox).oauth(*scopes)
    client = one.principals.back_office(token)
    assert (client.id, client.stores) == (client_id(*scopes), stores)
    assert other.principals.back_office(token) == client
    assert introspections(world) == 1


def test_a_token_of_another_scope_is_refused_by_all_with_its_client_named(
    one: Process, other: Process, sandbox: Sandbox, world: World
) -> None:
    token = Tokens(sandbox).oauth("view_orders")
    for process in (one, other):
        with pytest.raises(ScopeMissing) as refused:
            process.principals.back_office(token)
        assert refused.value.client.id == client_id("view_orders")
    assert introspections(world) == 1


@pytest.mark.parametrize("word", [b"GRANTED", b"OTHER_SCOPE", b"ENDED"])
def test_a_verdict_of_an_earlier_release_is_asked_for_once_more(
    word: bytes, one: Process, token: str, server: RedisServer, world: World
) -> None:
    """It was signed by the same key, and names no client."""
    name = f"sandbox:{sha256(token)}"
    end = str(int((one.now + timedelta(seconds=50)).timestamp() * 1000)).encode()
    secret = hmac.digest(KEY.encode(), VERDICTS_PURPOSE, "sha256")
    signature = hmac.digest(secret, b" ".join([name.encode(), word, end]), "sha256").hex().encode()
    put(server, f"{PREFIX}introspection:{name}", b" ".join([word, end, signature]))
    assert one.principals.asks_about(token)
    assert one.principals.back_office(token).id == client_id("manage_project")
    assert introspections(world) == 1


def test_what_was_said_of_one_token_says_nothing_of_another(
    one: Process, other: Process, token: str, server: RedisServer
) -> None:
    assert one.lets_in(token)
    ((name, value),) = held(server).items()
    put(server, name.replace(sha256(token), sha256("made-up")), value)
    assert not other.lets_in("made-up")


def test_what_has_ended_is_not_believed_though_it_is_there(
    one: Process, other: Process, token: str, server: RedisServer, world: World
) -> None:
    one.lets_in(token)
    ((name, value),) = held(server).items()
    put(server, name, value)
    other.advance(60)
    other.lets_in(token)
    assert introspections(world) == 2


@pytest.mark.parametrize(
    "changes", [{"SECRET_KEY": "another-key-of-another-bridge"}, {"CTP_PROJECT_KEY": "another-project"}]
)
def test_bridges_that_only_share_the_redis_do_not_believe_each_other(
    changes: dict[str, str], one: Process, token: str, sandbox: Sandbox, server: RedisServer, world: World
) -> None:
    one.lets_in(token)
    stranger = Process(sandbox, url=server.url, **changes)
    assert stranger.principals.asks_about(token)


def test_keys_that_rotate_are_believed(
    one: Process, token: str, sandbox: Sandbox, server: RedisServer
) -> None:
    one.lets_in(token)
    rotated = Process(sandbox, url=server.url, SECRET_KEY=f"a-new-key-for-all-processes,{KEY}")
    assert not rotated.principals.asks_about(token)


def test_nobody_asks_about_a_token_once_it_was_let_in_by_any(
    one: Process, other: Process, token: str, world: World
) -> None:
    assert one.principals.asks_about(token)
    assert introspections(world) == 0
    one.lets_in(token)
    assert not one.principals.asks_about(token)
    assert not other.principals.asks_about(token)
    other.advance(60)
    assert other.principals.asks_about(token)


def test_nobody_asks_about_a_token_that_was_refused_seconds_ago(one: Process, other: Process) -> None:
    assert one.principals.asks_about("made-up")
    one.lets_in("made-up")
    assert not one.principals.asks_about("made-up")
    assert not other.principals.asks_about("made-up")
    other.advance(5)
    assert other.principals.asks_about("made-up")


def test_nobody_asks_about_what_is_no_token(one: Process) -> None:
    assert not one.principals.asks_about("no token at all")


@pytest.mark.parametrize("when", ["from the start", "later"])
def test_without_redis_each_process_asks_for_itself(
    when: str, sandbox: Sandbox, server: RedisServer, token: str, world: World
) -> None:
    url = server.url if when == "later" else f"redis://127.0.0.1:{free_port()}/0"
    one, other = Process(sandbox, url=url), Process(sandbox, url=url)
    if when == "later":
        server.stop()
    assert [one.lets_in(token), one.lets_in(token), other.lets_in(token)] == [True, True, True]
    assert introspections(world) == 2


def test_redis_alone_opens_nothing_while_commercetools_is_away(
    one: Process, other: Process, token: str, world: World
) -> None:
    """What is known stays known, by all."""
    one.lets_in(token)
    world.fault("commercetools", action="status", times=0)
    assert other.lets_in(token)
