"""The journal of the calls that came in: what a test asks afterwards, with nothing personal in it."""

from collections import OrderedDict
from dataclasses import asdict, dataclass, replace
from threading import Lock
from time import monotonic
from typing import Any

_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `start` and `end` are seconds of the monotonic clock; `end` is None while it is under way.

    `status` is None where nothing was answered. Only the names of the query are kept: a value may be secret.
    """

    sequence: int
    start: float
    method: str
    path: str
    query: tuple[str, ...]
    correlation_id: str | None = None
    end: float | None = None
    status: int | None = None
    fault: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The call as the control endpoint tells it."""
        return asdict(self)


class Journal:
    """Calls in the order in which they came; thread-safe; the oldest go once there are very many."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sequence = 0
        self._calls: OrderedDict[int, Call] = OrderedDict()

    def begin(self, method: str, *, path: str, query: tuple[str, ...], correlation_id: str | None) -> int:
        """Note a call that comes in; answers its sequence number."""
        with self._lock:
            self._sequence += 1
            self._calls[self._sequence] = Call(
                sequence=self._sequence,
                start=monotonic(),
                method=method,
                path=path,
                query=query,
                correlation_id=correlation_id,
            )
            if len(self._calls) > _KEPT:
                self._calls.popitem(last=False)
            return self._sequence

    def end(self, sequence: int, *, status: int | None, fault: str | None) -> None:
        """Note how a call ended; one that was cleared away meanwhile stays away."""
        with self._lock:
            call = self._calls.get(sequence)
            if call is not None:
                self._calls[sequence] = replace(call, end=monotonic(), status=status, fault=fault)

    def calls(self) -> tuple[Call, ...]:
        """All calls, the oldest first."""
        with self._lock:
            return tuple(self._calls.values())

    def clear(self) -> None:
        """Forget all calls; numbers go on from where they were."""
        with self._lock:
            self._calls.clear()
