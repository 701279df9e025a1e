"""Decides whether a call is tried again, and after how long. Pure functions do it, so that a table can test them."""

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
    """Says why there is no answer.

    After BROKEN, TIMED_OUT and TOO_LARGE it is not known what the remote executed. After the others it executed
    nothing.
    """

    NOT_CONNECTED = "not_connected"
    BROKEN = "broken"
    TIMED_OUT = "timed_out"
    TOO_LARGE = "too_large"
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
    """Returns the seconds to wait before the next attempt, or None where there is to be none.

    Only reads are repeated: a write whose connection broke may have been executed, even where not a byte of
    the answer came. A time-out is not repeated, since its caller has waited long enough, and what is too large
    will be so again. Nor is a call repeated that was not even tried, because there was no slot, no time, or an
    open breaker.

    `attempt` counts from 1. `elapsed` is in seconds since the first attempt began. `jitter` is drawn from 0
    to 1. `left` is in seconds to the caller's deadline. `attempts` is a bound below that of the retry budget.
    """
    temporary = failure in (Failure.NOT_CONNECTED, Failure.BROKEN) or status in PASSING
    if (
        method not in REPEATABLE
        or not temporary
        or attempt >= min(attempts or retry_budget.attempts, retry_budget.attempts)
    ):
        return None
    wait = _wait(attempt=attempt, jitter=jitter, retry_after=retry_after, longest=retry_budget.longest_wait)
    return wait if elapsed + wait < retry_budget.budget and wait + LEAST <= left else None


def read_timeout(
    usual: float, *, attempt: int, elapsed: float, retry_budget: RetryBudget = FOREGROUND
) -> float:
    """Returns the seconds for an attempt's answer.

    A repeated call has what is left of the budget, not its whole time again.
    """
    return usual if attempt == 1 else min(usual, max(retry_budget.budget - elapsed, SHORTEST_READ))


def read_retry_after(value: str | None) -> float | None:
    """Returns the seconds of a `Retry-After` header (RFC 9110, section 10.2.3).

    A date tells nothing here and gives None.
    """
    return float(value) if value and SECONDS.fullmatch(value.strip()) else None


def _wait(*, attempt: int, jitter: float, retry_after: float | None, longest: float) -> float:
    if retry_after is not None:
        return min(retry_after, longest)
    return float(min(FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + jitter), longest))
