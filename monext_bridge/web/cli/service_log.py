"""Lets a command that is a service log as one."""

from __future__ import annotations

import logging

from monext_bridge.config import Settings
from monext_bridge.logs import log_from
from monext_bridge.web.http import tell_redis_in_clear


def log_as_service(settings: Settings) -> None:
    """Write lines as `LOG_LEVEL` says, for others who read them.

    A command starts with errors alone, so what a start warns of is said now.
    """
    was_quiet = not logging.getLogger().isEnabledFor(logging.WARNING)
    log_from(settings.log_level)
    if was_quiet:
        tell_redis_in_clear(settings)
