"""Tells whether any worker is there to take tasks.

Each worker says so again and again, in one key of Redis that expires by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread

import redis

from monext_bridge.gateways.redis import PREFIX

PRESENCE_KEY = f"{PREFIX}reconcile:workers"

SAID_EVERY = 10.0
LASTS = 30
"""Seconds after which a worker that has said nothing more counts as gone."""


@dataclass(frozen=True, slots=True)
class Presence:
    client: redis.Redis

    def anybody(self) -> bool:
        """Whether a worker has said within the last `LASTS` seconds that it is there. Raises `redis.RedisError`."""
        return bool(self.client.exists(PRESENCE_KEY))

    @contextmanager
    def announced(self) -> Iterator[None]:
        """Inside, this process says that it is there. Where Redis is away, it is told once it is back."""
        stop = Event()
        Thread(target=self._announce, args=(stop,), name="presence", daemon=True).start()
        try:
            yield
        finally:
            stop.set()

    def _announce(self, stop: Event) -> None:
        while not stop.is_set():
            with suppress(redis.RedisError):
                self.client.set(PRESENCE_KEY, b"1", ex=LASTS)
            stop.wait(SAID_EVERY)
