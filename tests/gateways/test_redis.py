"""The cache that processes share in Redis: it tells, forgets, and is never in the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from pydantic import SecretStr

from monext_bridge.gateways.redis import LARGEST_VALUE, PAUSE, PREFIX, SharedCache, connect_redis
from tests.bridges import free_port
from tests.log_lines import LogLines, captured_logs
from tests.manual_clock import ManualClock
from tests.redis_server import RedisServer
from tests.world import wait_for


@pytest.fixture
def server(empty_redis: RedisServer) -> Iterator[RedisServer]:
    """A Redis that a test may stop and start."""
    yield empty_redis
    empty_redis.stop()
    empty_redis.start()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def cache_of(server: RedisServer, *, monotonic: ManualClock, name: str = "tests") -> SharedCache:
    return SharedCache(connect_redis(SecretStr(server.url)), name=name, monotonic=monotonic)


def turns(lines: LogLines) -> list[str]:
    return [line["event"] for line in lines.all() if line["event"] in ("redis_away", "redis_back")]


def test_what_one_tells_the_other_finds(server: RedisServer, clock: ManualClock) -> None:
    one, other = (cache_of(server, monotonic=clock) for _ in range(2))
    one.tell("key", b"\x00value", seconds=60)
    assert (other.find("key"), other.find("another")) == (b"\x00value", None)


def test_caches_of_other_names_know_nothing_of_it(server: RedisServer, clock: ManualClock) -> None:
    cache_of(server, monotonic=clock).tell("key", b"value", seconds=60)
    assert cache_of(server, monotonic=clock, name="others").find("key") is None
    with redis.Redis.from_url(server.url) as client:
        assert list(client.scan_iter()) == [f"{PREFIX}tests:key".encode()]


def test_it_is_forgotten_in_time(server: RedisServer, clock: ManualClock) -> None:
    cache = cache_of(server, monotonic=clock)
    cache.tell("key", b"value", seconds=0.05)
    wait_for(lambda: cache.find("key") is None)


@pytest.mark.parametrize("seconds", [0.0, -1.0, 0.0009])
def test_what_has_ended_is_not_told(seconds: float, server: RedisServer, clock: ManualClock) -> None:
    cache = cache_of(server, monotonic=clock)
    with captured_logs() as lines:
        cache.tell("key", b"value", seconds=seconds)
    assert cache.find("key") is None
    assert turns(lines) == []


def test_what_is_no_text_is_not_found(server: RedisServer, clock: ManualClock) -> None:
    with redis.Redis.from_url(server.url) as client:
        client.lpush(f"{PREFIX}tests:key", "a list")
    assert cache_of(server, monotonic=clock).find("key") is None


def test_what_is_larger_than_any_of_ours_is_not_found(server: RedisServer, clock: ManualClock) -> None:
    cache = cache_of(server, monotonic=clock)
    cache.tell("key", b"x" * LARGEST_VALUE, seconds=60)
    cache.tell("larger", b"x" * (LARGEST_VALUE + 1), seconds=60)
    assert len(cache.find("key") or b"") == LARGEST_VALUE
    assert cache.find("larger") is None


def test_an_outage_is_two_lines_in_the_log(server: RedisServer, clock: ManualClock) -> None:
    cache = cache_of(server, monotonic=clock)
    with captured_logs() as lines:
        cache.tell("key", b"value", seconds=60)
        server.stop()
        for _ in range(3):
            assert cache.find("key") is None
            clock.advance(PAUSE)
        server.start()
        cache.tell("key", b"value again", seconds=60)
        assert cache.find("key") == b"value again"
    assert turns(lines) == ["redis_away", "redis_back"]


def test_after_a_failure_it_is_left_alone_for_a_moment(server: RedisServer, clock: ManualClock) -> None:
    cache = cache_of(server, monotonic=clock)
    server.stop()
    cache.find("key")
    server.start()
    cache.tell("key", b"value", seconds=60)
    assert cache_of(server, monotonic=clock).find("key") is None
    clock.advance(PAUSE)
    cache.tell("key", b"value", seconds=60)
    assert cache_of(server, monotonic=clock).find("key") == b"value"


def test_a_redis_that_was_never_there_is_told_once(clock: ManualClock) -> None:
    client = connect_redis(SecretStr(f"redis://127.0.0.1:{free_port()}/0"))
    cache = SharedCache(client, name="tests", monotonic=clock)
    with captured_logs() as lines:
        for _ in range(3):
            cache.tell("key", b"value", seconds=60)
            assert cache.find("key") is None
            clock.advance(PAUSE)
    assert turns(lines) == ["redis_away"]


def test_the_client_waits_no_longer_than_it_says_and_tries_once() -> None:
    settings = connect_redis(
        SecretStr("rediss://:secret@redis.example.com:6380/1")
    ).connection_pool.connection_kwargs
    assert (settings["socket_timeout"], settings["socket_connect_timeout"]) == (0.2, 0.2)
    assert "maint_notifications_pool_handler" not in settings
    assert "retry" not in settings
