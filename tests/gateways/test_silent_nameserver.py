"""Where the nameserver says nothing, calls end in time: at commercetools, Monext and Redis alike."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
import redis
from pydantic import SecretStr

from monext_bridge.errors import RemoteUnreachable
from monext_bridge.gateways.http import HttpClient, Timeouts
from monext_bridge.gateways.redis import connect_redis
from monext_bridge.runtime import within
from tests.gateways.remotes import AMPLE_TIMEOUTS, FOREVER, SOON

HOST = "nowhere.example"
UNCONNECTED = Timeouts(connect=0.2, read=30.0)


@pytest.fixture(autouse=True)
def _silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    ended, system = Event(), socket.getaddrinfo

    def ask(host: Any, *args: Any, **options: Any) -> Any:
        if host == HOST:
            ended.wait(FOREVER)
            raise socket.gaierror("nobody said anything")
        return system(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    yield
    ended.set()


@pytest.mark.parametrize("timeouts", [UNCONNECTED, AMPLE_TIMEOUTS], ids=["time-out", "deadline"])
def test_a_call_was_certainly_not_sent(timeouts: Timeouts) -> None:
    client = HttpClient(remote="monext", base_url=f"https://{HOST}", timeouts=timeouts)
    with within(SOON), pytest.raises(RemoteUnreachable):
        client.send("POST", "/a", route="/a")


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_redis_is_away(scheme: str) -> None:
    client = connect_redis(SecretStr(f"{scheme}://{HOST}:6379"))
    with pytest.raises(redis.RedisError):
        client.get("anything")
