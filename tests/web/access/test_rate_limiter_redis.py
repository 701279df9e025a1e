"""Limits in Redis: one count for all processes, which goes on in each of them while Redis is away."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask, Response
from pydantic import SecretStr

from monext_bridge.gateways.redis import PREFIX
from monext_bridge.web.access.rate_limiter import init_rate_limits
from monext_bridge.web.endpoints import START as START_LIMIT
from monext_bridge.web.endpoints import RateLimitKey
from monext_bridge.web.endpoints.rate_limits import MINUTE
from monext_bridge.web.pages.error_pages import init_error_pages
from sandbox.runner import Sandbox
from tests.bridges import Buyer, Gunicorn, InProcess, free_port
from tests.log_lines import LogLines, captured_logs
from tests.redis_server import RedisServer
from tests.web.declared_endpoints import ENDPOINTS
from tests.web.limited_endpoints import (
    ADDRESS,
    PAYMENT_INTENT,
    Build,
    Request,
    made_up,
    one_request_per_window,
    proved,
    with_one_tight_limit,
)
from tests.world import World, wait_for

KEY = "one-key-for-all-processes-of-a-test"
AT_LAST = 60.0
"""Seconds. Without a time-out, a request would wait for ever for a Redis that says nothing."""


@pytest.fixture
def shared(empty_redis: RedisServer) -> Iterator[RedisServer]:
    """A Redis that a test may stop and start."""
    yield empty_redis
    empty_redis.stop()
    empty_redis.start()


@pytest.fixture
def away() -> str:
    """The URL of a Redis that refuses connections."""
    return f"redis://127.0.0.1:{free_port()}/0"


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a Redis that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"


@pytest.fixture
def limited(sandbox: Sandbox, world: World) -> Build:
    """A bridge with a Redis, of which one budget is tight."""

    def build(name: str, *, url: str, **tight: int) -> InProcess:
        table = with_one_tight_limit(name, **tight)
        return InProcess(sandbox, limits=table, TRUSTED_PROXIES="1", SECRET_KEY=KEY, REDIS_URL=url)

    return build


@pytest.fixture
def start(world: World) -> Request:
    """A start of a cart that is there."""
    return Request(f"/checkout/{world.cart()}")


def keys(server: RedisServer) -> list[str]:
    with redis.Redis.from_url(server.url) as client:
        return [key.decode() for key in client.scan_iter()]


def turns(lines: LogLines) -> list[str]:
    """What the log says of Redis and the limits, in its order."""
    told = [line for line in lines.all() if line["event"] in ("redis_away", "redis_back")]
    return [line["event"] for line in told if line["used_for"] == "limits"]


def test_two_processes_have_one_count(limited: Build, shared: RedisServer, start: Request) -> None:
    one, other = (limited("known_from", url=shared.url, amount=2) for _ in range(2))
    assert [start.send(bridge).status for bridge in (one, other, one, other)] == [200, 200, 429, 429]


def test_without_redis_each_has_its_own(sandbox: Sandbox, world: World, start: Request) -> None:
    one, other = (
        InProcess(sandbox, limits=with_one_tight_limit("known_from"), SECRET_KEY=KEY) for _ in range(2)
    )
    assert [start.send(bridge).status for bridge in (one, one, other, other)] == [200, 429, 200, 429]


def test_the_workers_of_one_gunicorn_have_one_count(
    sandbox: Sandbox, world: World, shared: RedisServer, tmp_path: Path
) -> None:
    bridge = Gunicorn(sandbox, log=tmp_path / "log.jsonl", workers=2, REDIS_URL=shared.url)
    bridge.start()
    try:
        buyer, cart, allowed = Buyer(bridge), world.cart(), START_LIMIT.amount
        statuses = [buyer.checkout(cart).status for _ in range(allowed + 5)]
    finally:
        bridge.stop()
    assert statuses == [200] * allowed + [429] * 5


def test_what_stands_in_redis_tells_nobody_s_name_and_ends(
    sandbox: Sandbox, world: World, shared: RedisServer
) -> None:
    bridge = InProcess(sandbox, TRUSTED_PROXIES="1", SECRET_KEY=KEY, REDIS_URL=shared.url)
    sent = [proved(name, bridge, world) for name, endpoint in ENDPOINTS.items() if endpoint.limits]
    sent += [proved("checkout.start", bridge, world, spends=RateLimitKey.CART)]
    sent += [made_up(name) for name, endpoint in ENDPOINTS.items() if endpoint.limits]
    for request in sent:
        request.send(bridge)
    limits = [key for key in keys(shared) if key.startswith(f"{PREFIX}limits:")]
    used = {limit.name for endpoint in ENDPOINTS.values() for limit in endpoint.limits}
    assert {key.split("/")[2] for key in limits} == used
    proofs = [value for request in sent for _, value in request.headers] + [request.path for request in sent]
    tell_tale = (ADDRESS, "made-up", *(proof.rsplit("/", 1)[-1].rsplit(" ", 1)[-1] for proof in proofs))
    assert [key for key in keys(shared) if any(name in key for name in tell_tale)] == []
    with redis.Redis.from_url(shared.url) as client:
        assert all(0 < client.ttl(key) <= MINUTE for key in limits)


def test_a_bridge_starts_and_limits_while_redis_is_away(limited: Build, away: str, start: Request) -> None:
    with captured_logs() as lines:
        bridge = limited("known_from", url=away)
        assert [start.send(bridge).status for _ in range(3)] == [200, 429, 429]
    assert turns(lines) == ["redis_away"]


def test_a_redis_that_says_nothing_keeps_nobody_waiting(limited: Build, silent: str, world: World) -> None:
    bridge, cart = limited("known_from", url=silent, amount=3), world.cart()
    began = time.monotonic()
    assert [Buyer(bridge).checkout(cart).status for _ in range(4)] == [200, 200, 200, 429]
    assert time.monotonic() - began < AT_LAST


def test_an_outage_is_two_lines_and_no_error_and_ends_by_itself(
    limited: Build, shared: RedisServer, start: Request
) -> None:
    bridge = limited("known_from", url=shared.url, amount=100_000)
    with captured_logs(logging.INFO) as lines:
        assert start.send(bridge).status == 200
        shared.stop()
        assert {start.send(bridge).status for _ in range(5)} == {200}
        shared.start()
        wait_for(lambda: start.send(bridge).status == 200 and bool(keys(shared)))
        start.send(bridge)
    assert turns(lines) == ["redis_away", "redis_back"]
    assert [line for line in lines.all() if line["level"] == "ERROR"] == []


def test_what_was_counted_before_an_outage_counts_after_it(
    limited: Build, shared: RedisServer, start: Request
) -> None:
    """Whoever was limited in the meantime by a process's own count is not any more."""
    bridge = limited("known_from", url=shared.url, amount=2)
    assert start.send(bridge).status == 200
    shared.stop()
    assert [start.send(bridge).status for _ in range(3)] == [200, 200, 429]
    shared.start()
    wait_for(lambda: start.send(bridge).status == 200)


@pytest.fixture
def refusing(in_process: InProcess, shared: RedisServer) -> Callable[[Callable[[], None]], Flask]:
    """An application that refuses everybody after something has happened."""

    def build(happens: Callable[[], None]) -> Flask:
        app = Flask("door")

        def view() -> Response:
            happens()
            return Response(status=401)

        app.add_url_rule(PAYMENT_INTENT, "operations.show", view)
        init_rate_limits(
            app,
            secret=in_process.settings.secret_keys[0],
            redis_url=SecretStr(shared.url),
            refuse=init_error_pages(app, is_json=lambda _: True, endpoints=ENDPOINTS),
            endpoints=ENDPOINTS,
            adjust=one_request_per_window,
        )
        return app

    return build


def test_a_redis_that_goes_before_the_answer_makes_no_error_of_it(
    refusing: Callable[[Callable[[], None]], Flask], shared: RedisServer
) -> None:
    """A refusal is counted when it is known, after everything else."""
    app = refusing(shared.stop)
    with captured_logs(logging.ERROR) as lines:
        assert app.test_client().get(PAYMENT_INTENT).status_code == 401
    assert lines.all() == []
