"""Chooses among several keys of one account, while an old one is replaced by a new one.

The first key is used, and the next where the remote answers HTTP 401 to it. The key that worked is remembered for
this process. A 401 says that nothing was executed, so whatever may be sent again with another key is. What must
never be sent twice goes out only with a key that a read has proved.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from monext_bridge.errors import RemoteName
from monext_bridge.gateways.http import HttpAnswer
from monext_bridge.logs import event

log = logging.getLogger(__name__)

K = TypeVar("K")
REFUSED = 401


@dataclass(frozen=True, slots=True)
class Chosen(Generic[K]):
    """Holds a key and its place in the list, counted from 0."""

    place: int
    key: K


class Rotation(Generic[K]):
    """Remembers which key of a list the remote takes. Thread-safe. `setting` is what the log names.

    The log never holds a key, only its place in the list.
    """

    def __init__(self, keys: Sequence[K], *, remote: RemoteName, setting: str) -> None:
        self._keys = tuple(keys)
        self._remote, self._setting = remote, setting
        self._lock = Lock()
        self._current = 0
        self._proved = False

    def send(self, call: Callable[[K], HttpAnswer], *, proves: Callable[[HttpAnswer], bool]) -> HttpAnswer:
        """Returns the first answer that is not 401, or the last 401 where every key is refused.

        `call` is called once for each key that is tried, so it must do nothing where it is answered 401. `proves`
        tells whether an answer shows that its key is good for whatever is sent next.
        """
        refused: list[int] = []
        while True:
            chosen = self._next(refused)
            answer = call(chosen.key)
            if answer.status != REFUSED:
                self._worked(chosen, answer, proved=proves(answer), refused=refused)
                return answer
            self.doubt(chosen)
            refused.append(chosen.place)
            if len(refused) == len(self._keys):
                return answer

    def proved(self) -> Chosen[K] | None:
        """Returns the key that is in use, where a read has proved it and nothing has spoken against it since.

        A single key needs no proof: there is no other one with which anything could be sent again.
        """
        with self._lock:
            known = self._proved or len(self._keys) == 1
            return Chosen(self._current, self._keys[self._current]) if known else None

    def doubt(self, chosen: Chosen[K]) -> None:
        """Notes that this key was answered 401: it is not proved any more."""
        with self._lock:
            if chosen.place == self._current:
                self._proved = False

    def _next(self, refused: Sequence[int]) -> Chosen[K]:
        """Returns the key in use, or the first one after it in the list, in a circle, that was not refused."""
        with self._lock:
            around = ((self._current + step) % len(self._keys) for step in range(len(self._keys)))
            place = next(place for place in around if place not in refused)
            return Chosen(place, self._keys[place])

    def _worked(self, chosen: Chosen[K], answer: HttpAnswer, *, proved: bool, refused: Sequence[int]) -> None:
        """Notes that a key was taken.

        It becomes the one in use where this call saw that one refused. A late answer to an older key changes nothing.
        """
        with self._lock:
            earlier, was_proved = self._current, self._proved
            if chosen.place != earlier and (earlier not in refused or not 200 <= answer.status < 300):
                return
            self._current = chosen.place
            self._proved = proved or (was_proved and chosen.place == earlier)
            news = self._proved and not was_proved
        if chosen.place != earlier:
            self._tell_of_change(chosen.place, refused=earlier)
        if news and len(self._keys) > 1:
            self._tell_of_proof(chosen.place)

    def _tell_of_change(self, place: int, *, refused: int) -> None:
        event(
            log,
            "next_key_in_use",
            level=logging.WARNING,
            remote=self._remote,
            setting=self._setting,
            place=place + 1,
            refused=refused + 1,
            then="take the refused one out of the setting, unless it is the new one and not active yet",
        )

    def _tell_of_proof(self, place: int) -> None:
        event(log, "key_proved", remote=self._remote, setting=self._setting, place=place + 1)
