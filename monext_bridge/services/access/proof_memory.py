"""Remembers for a moment which sessions and carts a remote knew, and which it did not."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from enum import Enum
from threading import Lock

KNOWN_FOR = 60.0
"""Seconds for which a proof that was genuine is not limited by what others at its address make up."""

MADE_UP_FOR = 5.0
"""Seconds for which a proof that a remote did not know is refused without asking again."""

MOST_REMEMBERED = 4096
"""Of each kind; the oldest are forgotten first. Made-up ones never push out genuine ones."""


class Seen(Enum):
    """What a remote said of a proof a moment ago."""

    GENUINE = "genuine"
    MADE_UP = "made up"


class ProofMemory:
    """Remembers verdicts by a SHA-256, never the proofs themselves. Thread-safe; each process has its own.

    It grants nothing: a genuine proof is still looked up each time it is used. A look-up that failed because a remote
    is down says nothing of the proof, and is not to be remembered. `monotonic` is in seconds.
    """

    def __init__(
        self, *, most: int = MOST_REMEMBERED, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._monotonic, self._lock = most, monotonic, Lock()
        self._until: dict[Seen, dict[bytes, float]] = {seen: {} for seen in Seen}

    def find(self, proof: str) -> Seen | None:
        """Return what is remembered of a proof; None where it was never looked up, or too long ago."""
        key, now = _digest(proof), self._monotonic()
        with self._lock:
            return next((seen for seen, until in self._until.items() if until.get(key, now) > now), None)

    def remember(self, proof: str, seen: Seen) -> None:
        """Remember what a remote has just said, in place of what it said before."""
        key = _digest(proof)
        seconds = KNOWN_FOR if seen is Seen.GENUINE else MADE_UP_FOR
        with self._lock:
            for until in self._until.values():
                until.pop(key, None)
            kept = self._until[seen]
            if len(kept) >= self._most:
                del kept[next(iter(kept))]
            kept[key] = self._monotonic() + seconds


def _digest(proof: str) -> bytes:
    return hashlib.sha256(proof.encode("utf-8", "surrogatepass")).digest()
