"""Warns of a Redis whose traffic crosses a network without TLS."""

from __future__ import annotations

import logging

from monext_bridge.config import Settings
from monext_bridge.logs import event

log = logging.getLogger(__name__)


def tell_redis_in_clear(settings: Settings) -> None:
    if settings.redis_in_clear():
        then = "anybody on the network between reads and changes what it holds: use rediss:// or a tunnel"
        event(log, "redis_unencrypted", level=logging.WARNING, setting="REDIS_URL", then=then)
