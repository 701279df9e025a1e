"""Counts the lines of the log that somebody is to see, by the names of their events."""

from __future__ import annotations

import logging
from collections.abc import Callable

from monext_bridge.alarms import alarm_of
from monext_bridge.observed.catalogue import OTHER

HANDLER = "monext_bridge.alarms"


class AlarmHandler(logging.Handler):
    """Calls `count` with the event of each line at WARNING or above, `other` where it is none of ours."""

    def __init__(self, count: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self.set_name(HANDLER)
        self._count = count

    def emit(self, record: logging.LogRecord) -> None:
        self._count(alarm_of(record.msg) or OTHER)


def watch_log(count: Callable[[str], None]) -> None:
    """Let all lines of this process be counted. May be repeated; the last one counts."""
    root = logging.getLogger()
    for handler in [each for each in root.handlers if each.get_name() == HANDLER]:
        root.removeHandler(handler)
    root.addHandler(AlarmHandler(count))
