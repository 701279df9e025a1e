"""Connects to the Redis that all processes of the bridge share, where there is one.

Redis only speeds up, protects and distributes work; what must not be lost is in commercetools. So whoever
uses Redis goes on without it when it is away, and never waits for it long.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from threading import Lock

import redis
from pydantic import SecretStr
from redis.maint_notifications import MaintNotificationsConfig

from monext_bridge.logs import event
from monext_bridge.runtime import connect, limit

log = logging.getLogger(__name__)

TIMEOUT = 0.2
"""Seconds to connect, and seconds to wait for an answer: too few for anybody to notice."""

PREFIX = "monext-bridge:"
"""Begins every key, so that the same Redis may serve others as well."""

LARGEST_VALUE = 64 * 1024
"""Bytes of a value that is taken out of Redis. What is kept there has some hundred."""

PAUSE = 1.0
"""Seconds for which a cache leaves Redis alone after a failure, so that not every request waits for it."""


def connect_redis(url: SecretStr, *, timeout: float = TIMEOUT) -> redis.Redis:
    """Returns a client with a pool of connections. It is thread-safe and opens nothing before its first command.

    Commands raise `redis.RedisError` where the server is away or late; no command is tried twice. `timeout`
    is in seconds. A command that blocks on purpose needs a longer timeout than it blocks for.
    """
    client = redis.Redis.from_url(
        url.get_secret_value(),
        socket_connect_timeout=min(timeout, TIMEOUT),
        socket_timeout=timeout,
        health_check_interval=30,
        decode_responses=False,
        # Otherwise a server that announces maintenance makes the client wait for 10 s, whatever the time-outs say.
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
    pool = client.connection_pool
    pool.connection_class = _IN_TIME.get(pool.connection_class, pool.connection_class)
    return client


class _InTime(redis.Connection):
    """Looks up the host's name within the time to connect as well, for which redis would wait as long as it takes."""

    def _connect(self) -> socket.socket:
        sock = connect(self.host, self.port, seconds=limit(self.socket_connect_timeout))
        sock.settimeout(self.socket_timeout)
        return sock


class _TlsInTime(redis.SSLConnection, _InTime):
    """Does as `_InTime` before the TLS handshake."""


_IN_TIME = {redis.Connection: _InTime, redis.SSLConnection: _TlsInTime}


class SharedCache:
    """Keeps what processes tell each other for some seconds, under `PREFIX<name>:<key>`. Thread-safe.

    No method raises: where Redis is away, nothing is found and nothing is told. The log says when Redis goes
    away and when it is back.
    """

    def __init__(
        self, client: redis.Redis, *, name: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client, self._name, self._monotonic = client, name, monotonic
        self._lock = Lock()
        self._away, self._paused_until = False, float("-inf")

    def find(self, key: str) -> bytes | None:
        """Returns the value, or None where there is none, or one that is larger than any of ours.

        Anybody who can write to Redis may have put it there.
        """
        found = self._try(lambda: self._client.getrange(self._key(key), 0, LARGEST_VALUE))
        return found if isinstance(found, bytes) and 0 < len(found) <= LARGEST_VALUE else None

    def tell(self, key: str, value: bytes, *, seconds: float) -> None:
        """Stores the value in place of an earlier one.

        It is forgotten after `seconds`; for less than a millisecond nothing is stored.
        """
        milliseconds = int(seconds * 1000)
        if milliseconds > 0:
            self._try(lambda: self._client.set(self._key(key), value, px=milliseconds))

    def _key(self, key: str) -> str:
        return f"{PREFIX}{self._name}:{key}"

    def _try(self, command: Callable[[], object]) -> object:
        if self._monotonic() < self._paused_until:
            return None
        try:
            answer = command()
        except redis.RedisError as error:
            self._paused_until = self._monotonic() + PAUSE
            self._note_state(away=True, why=type(error).__name__)
            return None
        self._note_state(away=False)
        return answer

    def _note_state(self, *, away: bool, why: str | None = None) -> None:
        with self._lock:
            if away is self._away:
                return
            self._away = away
        if away:
            then = "each process knows only what it asked itself, until it is back"
            event(log, "redis_away", level=logging.WARNING, used_for=self._name, why=why, then=then)
        else:
            event(log, "redis_back", used_for=self._name)
