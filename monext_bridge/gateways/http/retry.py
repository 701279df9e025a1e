"""Whether a call is tried again, and after how long: a pure function, so that a table can test it."""

from __future__ import annotations

import math
import re
from enum import StrEnum

from monext_bridge.runtime import FOREGROUND, LEAST, RetryBudget

FIRST_WAIT = 0.1
SHORTEST_READ = 1.0
SECONDS = re.compile("[0-9]{1,6}")
PASSING = frozenset({429, 502, 503, 504})
REPEATABLE = frozenset({"GET", "HEAD"})


class Failure(StrEnum):
    """Why there is no answer. After BROKEN and TIMED_OUT it is not known what was executed, else nothing was."""

    NOT_CONNECTED = "not_connected"
    BROKEN = "broken"
    TIMED_OUT = "timed_out"
    GIVEN_UP = "given_up"
    NO_SLOT = "no_place"
    NO_TIME = "no_time"


def retry_wait(
    *,
    method: str,
    attempt: int,
    elapsed: float,
    jitter: float,
    status: int | None = None,
    failure: Failure | None = None,
    retry_after: float | None = None,
    attempts: int | None = None,
    left: float = math.inf,
    retry_budget: RetryBudget = FOREGROUND,
) -> float | None:
    """Seconds to wait before the next attempt, None where there is to be none.

    Only reads are repeated: a write whose connection broke, even before a byte of the answer came, may have
    been executed. A time-out is not repeated, since its caller has waited long enough; nor is what was not
    even tried, for want of a place, of time or of hope.

    `attempt` counts from 1; `elapsed` is in seconds since the first began; `jitter` is drawn from 0 to 1;
    `left` is in seconds to the caller's deadline; `attempts` is a bound below that of the patience.
    """
    passing = failure in (Failure.NOT_CONNECTED, Failure.BROKEN) or status in PASSING
    if (
        method not in REPEATABLE
        or not passing
        or attempt >= min(attempts or retry_budget.attempts, retry_budget.attempts)
    ):
        return None
    wait = _wait(attempt=attempt, jitter=jitter, retry_after=retry_after, longest=retry_budget.longest_wait)
    return wait if elapsed + wait < retry_budget.budget and wait + LEAST <= left else None


def read_timeout(
    usual: float, *, attempt: int, elapsed: float, retry_budget: RetryBudget = FOREGROUND
) -> float:
    """Seconds for an attempt's answer: a repeated call has what is left of the budget, not all again."""
    return usual if attempt == 1 else min(usual, max(retry_budget.budget - elapsed, SHORTEST_READ))


def read_retry_after(value: str | None) -> float | None:
    """Seconds of a `Retry-After` header (RFC 9110, section 10.2.3); a date tells nothing here: None."""
    return float(value) if value and SECONDS.fullmatch(value.strip()) else None


def _wait(*, attempt: int, jitter: float, retry_after: float | None, longest: float) -> float:
    if retry_after is not None:
        return min(retry_after, longest)
    return float(min(FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + jitter), longest))
