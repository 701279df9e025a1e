"""Runs work in a process, whatever it is about: parallel calls, deadlines, slots, addresses, retry budgets, clocks.

Nothing here knows payments.
"""

from monext_bridge.runtime.addresses import connect
from monext_bridge.runtime.bulkhead import (
    LONGEST_QUEUE,
    LONGEST_WAIT_IN_ALL,
    SLOTS_IN_ALL,
    SLOTS_PER_REMOTE,
    Bulkhead,
)
from monext_bridge.runtime.clocks import MachineClock, RecordClock, seconds_with_suspend, utc_now
from monext_bridge.runtime.deadlines import LEAST, leaving, limit, seconds_left, time_out, within
from monext_bridge.runtime.parallel import together, together_or_errors
from monext_bridge.runtime.retry_budget import (
    FOREGROUND,
    RetryAfterPause,
    RetryBudget,
    background_retries,
    retry_budget,
)
from monext_bridge.runtime.rounds import ROUNDS

__all__ = [
    "FOREGROUND",
    "LEAST",
    "LONGEST_QUEUE",
    "LONGEST_WAIT_IN_ALL",
    "ROUNDS",
    "SLOTS_IN_ALL",
    "SLOTS_PER_REMOTE",
    "Bulkhead",
    "MachineClock",
    "RecordClock",
    "RetryAfterPause",
    "RetryBudget",
    "background_retries",
    "connect",
    "leaving",
    "limit",
    "retry_budget",
    "seconds_left",
    "seconds_with_suspend",
    "time_out",
    "together",
    "together_or_errors",
    "utc_now",
    "within",
]
