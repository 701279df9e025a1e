"""Reads and writes durations as people type them: `90s`, `15m`, `36h`, `30d`."""

from __future__ import annotations

import re
from datetime import timedelta

import click

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
FORM = re.compile(rf"([0-9]{{1,6}})([{''.join(UNITS)}])")


class Duration(click.ParamType[timedelta]):
    """Reads a whole number with its unit, from `least` to `most`."""

    name = "duration"

    def __init__(self, *, least: timedelta, most: timedelta) -> None:
        self._least, self._most = least, most

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = FORM.fullmatch(str(value))
        if not found:
            self.fail("a whole number and a unit, as in 90s, 15m, 36h or 30d", param, ctx)
        duration = timedelta(**{UNITS[found[2]]: int(found[1])})
        if not self._least <= duration <= self._most:
            self.fail(f"from {written(self._least)} to {written(self._most)}", param, ctx)
        return duration


def written(duration: timedelta) -> str:
    """Write a duration in the largest unit in which it is a whole number."""
    seconds = int(duration.total_seconds())
    sizes = (("d", 86_400), ("h", 3_600), ("m", 60))
    unit, size = next(((u, s) for u, s in sizes if seconds and seconds % s == 0), ("s", 1))
    return f"{seconds // size}{unit}"
