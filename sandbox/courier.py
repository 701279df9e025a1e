"""Tells somebody that something happened, until it is taken: the queue, the repeats, what goes astray."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from threading import Condition, RLock, Thread
from typing import Generic, TypeVar

from sandbox.clock import Clock

Content = TypeVar("Content")

MODES = ("normal", "lost", "doubled", "late", "reversed")
# The clock may be moved by others, who wake nobody.
LONGEST_NAP = 0.5
DEFAULT_LATE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Terms:
    """Which answers count as taken, and how often it is tried until then.

    The first repeat comes `interval` seconds after the answer; each further pause is `growth` times as long,
    up to `longest`. After `horizon` nobody tries any more.
    """

    taken: frozenset[int]
    horizon: timedelta
    interval: float
    growth: float = 1.0
    longest: float = inf


@dataclass(slots=True)
class Errand(Generic[Content]):
    """One thing to tell. `state`: waiting, delivered, read (no longer needed), lost, or given_up."""

    content: Content
    about: str
    created: datetime
    due: datetime
    copies: int = 1
    state: str = "waiting"
    in_flight: bool = False
    tries: int = 0
    answers: list[str] = field(default_factory=list)


class Courier(Generic[Content]):
    """The queue and the thread that empties it.

    `send` answers a status, or raises OSError where nobody answers; it is never called with `lock` held,
    which may be shared with whoever orders errands. The mode says what becomes of new errands: `lost` ones
    are never sent, `doubled` ones twice at the same time, `late` ones after `late_seconds`, and `reversed`
    ones after so long a quiet, the newest first, one after the other.
    """

    def __init__(
        self, *, terms: Terms, send: Callable[[Content], int], clock: Clock, lock: "RLock | None" = None
    ) -> None:
        self._wake = Condition(lock or RLock())
        self._terms = terms
        self._send = send
        self._clock = clock
        self._thread: Thread | None = None
        self.reset()

    def reset(self) -> None:
        """Forget everything; what is under way is finished but no longer noted."""
        with self._wake:
            self.journal: list[Errand[Content]] = []
            self._open: list[Errand[Content]] = []
            self.mode = "normal"
            self.late_seconds = DEFAULT_LATE_SECONDS
            self.interval_seconds = self._terms.interval

    def start(self) -> None:
        """Send in the background from now on. Doing it twice changes nothing."""
        with self._wake:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="courier", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Send nothing more in the background; answers once the thread has ended."""
        with self._wake:
            thread, self._thread = self._thread, None
            self._wake.notify_all()
        if thread:
            thread.join(timeout=15)

    def order(self, content: Content, *, about: str = "") -> None:
        """Queue one errand, to be done at once unless the mode says otherwise."""
        with self._wake:
            now = self._clock()
            held = timedelta(seconds=self.late_seconds if self.mode in ("late", "reversed") else 0)
            errand = Errand(content, about, created=now, due=now + held)
            errand.copies = 2 if self.mode == "doubled" else 1
            errand.state = "lost" if self.mode == "lost" else "waiting"
            if self.mode == "reversed":
                self._hold_back(until=errand.due)
            self.journal.append(errand)
            self._open.append(errand)
            self._wake.notify_all()

    def repeat(self, number: int) -> bool:
        """Order once more the errand in that place of the journal, from 0; False where there is none."""
        with self._wake:
            if not 0 <= number < len(self.journal):
                return False
            earlier = self.journal[number]
            self.order(earlier.content, about=earlier.about)
            return True

    def forget(self, about: str) -> None:
        """What is not yet delivered about this is not needed any more."""
        with self._wake:
            for errand in self._open:
                if errand.about == about and errand.state == "waiting":
                    errand.state = "read"

    def wake(self) -> None:
        """Look again at what is due, as after a change of the clock."""
        with self._wake:
            self._wake.notify_all()

    def flush(self, *, everything: bool = False) -> int:
        """Do what is due now (or all that waits) and answer how many, once they are answered."""
        batch = self._take(everything=everything)
        for thread in self._dispatch(batch):
            thread.join()
        return len(batch)

    def _hold_back(self, *, until: datetime) -> None:
        for errand in self._open:
            if errand.state == "waiting" and not errand.tries:
                errand.due = until

    def _take(self, *, everything: bool = False) -> list[Errand[Content]]:
        with self._wake:
            self._open = [errand for errand in self._open if errand.state == "waiting"]
            batch = [errand for errand in self._open if self._is_due(errand, everything=everything)]
            for errand in batch:
                errand.in_flight = True
            return batch

    def _is_due(self, errand: Errand[Content], *, everything: bool) -> bool:
        return not errand.in_flight and (everything or errand.due <= self._clock())

    def _run(self) -> None:
        while True:
            with self._wake:
                if self._thread is None:
                    return
                batch = self._take()
                if not batch:
                    self._wake.wait(self._pause())
            self._dispatch(batch)

    def _pause(self) -> float:
        waits = [errand.due for errand in self._open if not errand.in_flight]
        seconds = (min(waits) - self._clock()).total_seconds() if waits else LONGEST_NAP
        return min(max(seconds, 0.01), LONGEST_NAP)

    def _dispatch(self, batch: list[Errand[Content]]) -> list[Thread]:
        """Each errand on a thread of its own; in the mode `reversed` all on one, the newest first."""
        rounds = [batch[::-1]] if self.mode == "reversed" else [[errand] for errand in batch]
        threads = [Thread(target=self._deliver, args=(each,), daemon=True) for each in rounds if each]
        for thread in threads:
            thread.start()
        return threads

    def _deliver(self, errands: list[Errand[Content]]) -> None:
        for errand in errands:
            answers: list[int | str] = []
            copies = [
                Thread(target=self._send_once, args=(errand, answers), daemon=True)
                for _ in range(errand.copies)
            ]
            for copy in copies:
                copy.start()
            for copy in copies:
                copy.join()
            self._note(errand, answers)

    def _send_once(self, errand: Errand[Content], answers: list[int | str]) -> None:
        try:
            answers.append(self._send(errand.content))
        except OSError as error:
            answers.append(type(error).__name__)

    def _note(self, errand: Errand[Content], answers: list[int | str]) -> None:
        with self._wake:
            errand.in_flight = False
            errand.answers += [str(answer) for answer in answers]
            if any(answer in self._terms.taken for answer in answers):
                errand.state = "delivered"
            elif errand.state == "waiting":
                errand.due = self._clock() + timedelta(seconds=self._next_pause(errand.tries))
                over = errand.due > errand.created + self._terms.horizon
                errand.state = "given_up" if over else "waiting"
            errand.tries += 1
            self._wake.notify_all()

    def _next_pause(self, tries: int) -> float:
        # Beyond some twenty doublings every pause is the longest one; the power must not overflow.
        return min(self.interval_seconds * self._terms.growth ** min(tries, 20), self._terms.longest)
