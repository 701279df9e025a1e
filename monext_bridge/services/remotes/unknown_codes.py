"""Logs return codes of Monext that our table lacks, each at most once an hour and process."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from enum import StrEnum
from threading import Lock

from monext_bridge.logs import event
from monext_bridge.mapping.monext import answers

log = logging.getLogger(__name__)

TOLD_EVERY = 3600.0
"""Seconds."""

MOST_CODES = 100
"""How many codes are remembered. Made-up codes can't fill the memory: the others are told together, as `OTHERS`."""

LONGEST_CODE = 20
OTHERS = "others"


class AnswerAbout(StrEnum):
    """Names what an answer of Monext is about."""

    SESSION = "session"
    OPERATION = "operation"


class UnknownCodes:
    """Remembers which codes were logged, and when. Safe for several threads.

    `clock` gives seconds that never run back.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._told: dict[tuple[AnswerAbout, str], float] = {}

    def note(self, status: int, body: object, *, about: AnswerAbout) -> None:
        """Log the answer's code where our table lacks it, unless that was done within the hour. Raises nothing."""
        found = answers.read_unlisted_code(status, body)
        if found is None:
            return
        code = self._to_tell(found.code[:LONGEST_CODE], about=about)
        if code:
            event(
                log,
                "monext_code_unknown",
                level=logging.WARNING,
                code=code,
                title=found.title,
                about=about.value,
                then="the title decides",
            )

    def _to_tell(self, code: str, *, about: AnswerAbout) -> str | None:
        """Return what to log for a code, None where it was logged within the hour."""
        now = self._clock()
        with self._lock:
            self._told = {known: at for known, at in self._told.items() if now - at < TOLD_EVERY}
            if (about, code) not in self._told and len(self._told) >= MOST_CODES:
                code = OTHERS
            if (about, code) in self._told:
                return None
            self._told[about, code] = now
            return code
