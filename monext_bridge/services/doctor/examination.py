"""Makes all checks at the same time, and gives back what they found, in the order of the checks.

Each check has an end of its own, and all of them have one together, whatever the remotes do. A check that has not
ended by then is a finding itself; its thread is left behind, and ends with the process.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from threading import Thread

from monext_bridge.runtime import within
from monext_bridge.services.doctor.findings import Diagnosis, fault

log = logging.getLogger(__name__)

CHECK_SECONDS = 12.0
"""Seconds that a check has. It makes several calls at most, each with a time-out of some seconds."""

ALL_SECONDS = 20.0
"""Seconds after which nothing is waited for any more. With the start of the command, all ends within 30."""


@dataclass(frozen=True, slots=True)
class Examination:
    """Holds a check: what it looks at, in words, the setting to look at where it does not end, and the function."""

    subject: str
    examine: Callable[[], Iterable[Diagnosis]]
    setting: str | None = None
    seconds: float = CHECK_SECONDS


def examine_all(checks: Sequence[Examination], *, seconds: float = ALL_SECONDS) -> tuple[Diagnosis, ...]:
    """Make the checks, each in a thread, and return what they found. Never raises, and may be repeated."""
    begun = [(check, _begin(check)) for check in checks]
    began = time.monotonic()
    for check, under_way in begun:
        wait([under_way], timeout=max(began + min(check.seconds, seconds) - time.monotonic(), 0))
    return tuple(finding for check, under_way in begun for finding in _found(check, under_way))


def _begin(check: Examination) -> Future[tuple[Diagnosis, ...]]:
    under_way: Future[tuple[Diagnosis, ...]] = Future()

    def make() -> None:
        try:
            with within(check.seconds):
                under_way.set_result(tuple(check.examine()))
        except Exception as error:
            under_way.set_exception(error)

    Thread(target=make, name="doctor", daemon=True).start()
    return under_way


def _found(check: Examination, under_way: Future[tuple[Diagnosis, ...]]) -> tuple[Diagnosis, ...]:
    if not under_way.done():
        return (_not_ended(check),)
    error = under_way.exception()
    return (_broken(check, error),) if error else under_way.result()


def _not_ended(check: Examination) -> Diagnosis:
    return fault(
        "check_not_ended",
        f"{check.subject}: nothing was heard in time, and the check was given up",
        setting=check.setting,
        advice="See whether the network lets the bridge out, and run the command again.",
        outside=True,
    )


def _broken(check: Examination, error: BaseException) -> Diagnosis:
    """Name the kind of error alone: its text may hold what nobody should see."""
    log.error("doctor_check_failed", exc_info=error)
    return fault(
        "check_failed",
        f"{check.subject}: the check itself failed ({type(error).__name__})",
        setting=check.setting,
        advice="Tell the developers; the log has the stack. LOG_LEVEL=DEBUG shows it here.",
    )
