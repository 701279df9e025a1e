"""The sandbox's time: a callable that answers an aware UTC moment, so that tests can let time pass."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


class ShiftedClock:
    """A clock that runs like another one, ahead of it by what `advance` has added up.

    Safe to use from several threads.
    """

    def __init__(self, base: Clock = utc_now) -> None:
        self._base = base
        self._ahead = timedelta()
        self._lock = Lock()

    def __call__(self) -> datetime:
        with self._lock:
            return self._base() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once; a negative number goes back."""
        with self._lock:
            self._ahead += timedelta(seconds=seconds)

    def reset(self) -> None:
        """Back to the time of the base clock."""
        with self._lock:
            self._ahead = timedelta()
