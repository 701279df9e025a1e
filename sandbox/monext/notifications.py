"""Tells the merchant by HTTP GET that a result is there ("Notification par URL" of Monext).

Sent at the end of each payment attempt, repeated every minute for two hours until the answer is 200 (204
does not count), and no more once the merchant has read a final result of that session.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Condition, RLock, Thread

import requests

from sandbox.clock import Clock
from sandbox.monext.urls import with_query

Send = Callable[[str], int]
HORIZON = timedelta(hours=2)
# The clock may be moved by others, who wake nobody.
LONGEST_NAP = 0.5
MODES = ("normal", "lost", "doubled", "late")


@dataclass(slots=True)
class Notification:
    """One thing to tell. `state`: waiting, delivered, read (no longer needed), lost, or given_up."""

    url: str
    token: str
    created: datetime
    due: datetime
    copies: int = 1
    state: str = "waiting"
    in_flight: bool = False
    answers: list[str] = field(default_factory=list)


def send_get(url: str) -> int:
    """GETs `url` as Monext does and answers the status. Raises OSError when nobody answers."""
    with requests.Session() as http:
        http.trust_env = False
        with http.get(url, timeout=(3, 10), allow_redirects=False) as answer:
            return answer.status_code


class Notifier:
    """The queue and the thread that empties it. Shares the server's lock and never sends while holding it."""

    def __init__(self, *, lock: RLock, clock: Clock, send: Send = send_get) -> None:
        self._wake = Condition(lock)
        self._clock = clock
        self._send = send
        self._thread: Thread | None = None
        self.reset()

    def reset(self) -> None:
        """Forget everything; what is under way is finished but no longer noted."""
        with self._wake:
            self.journal: list[Notification] = []
            self._open: list[Notification] = []
            self.mode = "normal"
            self.late_seconds = 5.0
            self.interval_seconds = 60.0

    def start(self) -> None:
        """Send in the background from now on. Doing it twice changes nothing."""
        with self._wake:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="monext-notifier", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Send nothing more in the background; answers once the thread has ended."""
        with self._wake:
            thread, self._thread = self._thread, None
            self._wake.notify_all()
        if thread:
            thread.join(timeout=15)

    def schedule(self, url: str, *, query: Mapping[str, str], session_token: str = "") -> None:
        """Queue one notification, to be sent at once unless the mode says otherwise."""
        with self._wake:
            now = self._clock()
            late = timedelta(seconds=self.late_seconds if self.mode == "late" else 0)
            told = Notification(with_query(url, added=query), session_token, now, now + late)
            told.copies = 2 if self.mode == "doubled" else 1
            told.state = "lost" if self.mode == "lost" else "waiting"
            self.journal.append(told)
            self._open.append(told)
            self._wake.notify_all()

    def forget(self, token: str) -> None:
        """The merchant has read the result of `token`: what is not yet delivered is not needed."""
        with self._wake:
            for told in self._open:
                if told.token == token and told.state == "waiting":
                    told.state = "read"

    def wake(self) -> None:
        """Look again at what is due, as after a change of the clock."""
        with self._wake:
            self._wake.notify_all()

    def flush(self, *, everything: bool = False) -> int:
        """Send what is due now (or all that waits) and answer how many, once they are answered."""
        batch = self._take(everything=everything)
        threads = [Thread(target=self._deliver, args=(told,), daemon=True) for told in batch]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(batch)

    def _take(self, *, everything: bool = False) -> list[Notification]:
        with self._wake:
            self._open = [told for told in self._open if told.state == "waiting"]
            batch = [told for told in self._open if self._is_due(told, everything=everything)]
            for told in batch:
                told.in_flight = True
            return batch

    def _is_due(self, told: Notification, *, everything: bool) -> bool:
        return not told.in_flight and (everything or told.due <= self._clock())

    def _run(self) -> None:
        while True:
            with self._wake:
                if self._thread is None:
                    return
                batch = self._take()
                if not batch:
                    self._wake.wait(self._pause())
            for told in batch:
                Thread(target=self._deliver, args=(told,), daemon=True).start()

    def _pause(self) -> float:
        waits = [told.due for told in self._open if not told.in_flight]
        seconds = (min(waits) - self._clock()).total_seconds() if waits else LONGEST_NAP
        return min(max(seconds, 0.01), LONGEST_NAP)

    def _deliver(self, told: Notification) -> None:
        answers: list[str] = []
        copies = [
            Thread(target=self._send_once, args=(told, answers), daemon=True) for _ in range(told.copies)
        ]
        for copy in copies:
            copy.start()
        for copy in copies:
            copy.join()
        self._note(told, answers)

    def _send_once(self, told: Notification, answers: list[str]) -> None:
        try:
            answers.append(str(self._send(told.url)))
        except OSError as error:
            answers.append(type(error).__name__)

    def _note(self, told: Notification, answers: list[str]) -> None:
        with self._wake:
            now = self._clock()
            told.in_flight = False
            told.answers += answers
            if "200" in answers:
                told.state = "delivered"
            elif told.state == "waiting":
                told.due = now + timedelta(seconds=self.interval_seconds)
                told.state = "given_up" if told.due > told.created + HORIZON else "waiting"
            self._wake.notify_all()
