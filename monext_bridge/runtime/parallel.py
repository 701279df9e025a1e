"""Makes the calls of one hop really at the same time. A hop is a group of calls that are made together.

Threads are begun for a hop and end with it. Under the server they are greenlets, thousands of which cost little; a
command of the terminal and a worker of the queue make few hops at a time.
"""

from __future__ import annotations

from _thread import allocate_lock, start_new_thread
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

from monext_bridge.errors import BridgeError

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Done(Generic[T]):
    """Holds how a call ended: with its result, or with the exception it raised."""

    result: T | None = None
    error: Exception | None = None


@overload
def together(first: Callable[[], A], second: Callable[[], B], /) -> tuple[A, B]: ...
@overload
def together(
    first: Callable[[], A], second: Callable[[], B], third: Callable[[], C], /
) -> tuple[A, B, C]: ...
@overload
def together(*calls: Callable[[], T]) -> tuple[T, ...]: ...
def together(*calls: Callable[[], object]) -> tuple[object, ...]:
    """Returns the results of the calls, in their order, once all have ended.

    Where calls raised, the error of the first of them in that order is raised, and only after all have ended:
    nothing goes on behind the caller's back. Context variables are carried along.
    """
    done = _run(calls)
    for each in done:
        if each.error is not None:
            raise each.error
    return tuple(each.result for each in done)


@overload
def together_or_errors(
    first: Callable[[], A], second: Callable[[], B], /
) -> tuple[A | BridgeError, B | BridgeError]: ...
@overload
def together_or_errors(
    first: Callable[[], A], second: Callable[[], B], third: Callable[[], C], /
) -> tuple[A | BridgeError, B | BridgeError, C | BridgeError]: ...
@overload
def together_or_errors(*calls: Callable[[], T]) -> tuple[T | BridgeError, ...]: ...
def together_or_errors(*calls: Callable[[], object]) -> tuple[object, ...]:
    """Does as `together`, but puts each BridgeError in the place of its call's result.

    So a call that fails does not hide what another one learnt. Other exceptions are raised.
    """
    done = _run(calls)
    for each in done:
        if each.error is not None and not isinstance(each.error, BridgeError):
            raise each.error
    return tuple(each.error or each.result for each in done)


def _run(calls: tuple[Callable[[], object], ...]) -> list[_Done[object]]:
    """Make the first call here, and each of the others in a thread that lives as long as its call."""
    if not calls:
        return []
    first, *others = calls
    begun = [(call, _begin(call)) for call in others]
    return [
        _attempt(first),
        *(under_way.result() if under_way else _attempt(call) for call, under_way in begun),
    ]


class _UnderWay:
    """Is a call in a thread of its own. `threading` waits for each to begin, which costs more than the thread."""

    def __init__(self, call: Callable[[], object]) -> None:
        """Raises RuntimeError where no thread can be had."""
        self._call, self._context = call, copy_context()
        self._done: _Done[object] | BaseException = _Done()
        self._running = allocate_lock()
        self._running.acquire()
        start_new_thread(self._make, ())

    def result(self) -> _Done[object]:
        """Waits for the call. Raises what ends a process, where that came up in it."""
        with self._running:
            if isinstance(self._done, BaseException):
                raise self._done
            return self._done

    def _make(self) -> None:
        try:
            self._done = self._context.run(_attempt, self._call)
        except BaseException as error:
            self._done = error
        finally:
            self._running.release()


def _begin(call: Callable[[], object]) -> _UnderWay | None:
    """Begin a call in a thread. Return None where none can be had, so that the caller makes the call itself."""
    try:
        return _UnderWay(call)
    except RuntimeError:
        return None


def _attempt(call: Callable[[], object]) -> _Done[object]:
    try:
        return _Done(result=call())
    except Exception as error:
        return _Done(error=error)
