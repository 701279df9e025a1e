"""Plans one pass after the other, and how far each looks back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from monext_bridge.services.reconciliation.report import Scope

RECENT = timedelta(days=1)
"""How far back most passes look. Older payments seldom change, and are looked at once an hour."""

WHOLE_EVERY = 3600.0


@dataclass(slots=True)
class Schedule:
    """Gives the scopes of one pass after the other. Without `every` there is one pass, with the scope as given.

    With `every`, `LedgerWalk` compares the ledgers between the passes, and no pass does.
    """

    scope: Scope
    every: timedelta | None
    clock: Callable[[], float] = time.monotonic
    is_whole: bool = field(default=True, init=False)
    _whole_at: float | None = field(default=None, init=False)
    _began: float = field(default=0.0, init=False)

    def next(self) -> Scope:
        """Return the scope of the next pass. The first pass covers everything."""
        self._began = now = self.clock()
        self.is_whole = self._whole_at is None or now - self._whole_at >= WHOLE_EVERY
        if self.is_whole:
            after = self.scope.after if self._whole_at is None else None
            self._whole_at = now
            return replace(self.scope, after=after)
        return replace(self.scope, after=None, since=min(self.scope.since, RECENT))

    def pause(self) -> float:
        """Return the seconds until the next pass begins.

        They are 0 where there is no next pass, or where the last one took longer.
        """
        if self.every is None:
            return 0.0
        return max(self._began + self.every.total_seconds() - self.clock(), 0.0)
