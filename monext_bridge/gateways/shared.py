"""The Redis that all processes of the bridge share, where there is one.

It only speeds up, protects and distributes work; what must not be lost stands in commercetools. So whoever uses it
goes on without it when it is away, and never waits for it long.
"""

from __future__ import annotations

import redis
from pydantic import SecretStr

TIMEOUT = 0.2
"""Seconds to connect, and for an answer: less than anybody notices."""

PREFIX = "monext-bridge:"
"""Of every key, so that a Redis may serve others as well."""


def connect(url: SecretStr, *, timeout: float = TIMEOUT) -> redis.Redis:
    """A client with a pool of connections. Thread-safe; opens nothing before its first command.

    Commands raise `redis.RedisError` where the server is away or late; nothing is tried twice. `timeout` is in
    seconds; a command that blocks on purpose needs a longer one than it blocks for.
    """
    return redis.Redis.from_url(
        url.get_secret_value(),
        socket_connect_timeout=min(timeout, TIMEOUT),
        socket_timeout=timeout,
        health_check_interval=30,
        decode_responses=False,
    )
