"""Makes the calls of one hop really at the same time. A hop is a group of calls that are made together."""

from __future__ import annotations

import os
from _thread import start_new_thread
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Lock
from typing import Generic, TypeVar, overload

from monext_bridge.errors import BridgeError

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
T = TypeVar("T")

EXTRA_THREADS = 48
"""A request thread makes one call of a hop itself, and a hop has at most three calls. Where no other thread
is free, it makes all of them. There are more threads than slots at a remote, so a remote that hangs leaves
some to the others."""


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
    if not calls:
        return []
    first, *others = calls
    under_way = [(call, _pool().submit(copy_context().run, _attempt, call)) for call in others]
    return [_attempt(first), *(_join(call, future) for call, future in under_way)]


def _attempt(call: Callable[[], object]) -> _Done[object]:
    try:
        return _Done(result=call())
    except Exception as error:
        return _Done(error=error)


def _join(call: Callable[[], object], future: Future[_Done[object]]) -> _Done[object]:
    """Returns how the call ended. One that no thread has taken up yet is made here, so a full pool stops nobody."""
    return _attempt(call) if future.cancel() else future.result()


def start_threads() -> None:
    """Starts the threads of this process now, and not with its first hop. May be repeated."""
    _pool()


_lock = Lock()
_pools: dict[int, ThreadPoolExecutor] = {}


def _pool() -> ThreadPoolExecutor:
    """Returns the pool of this process. Threads do not survive a fork, so each process makes its own when needed."""
    pid = os.getpid()
    with _lock:
        if pid not in _pools:
            _pools.clear()
            _pools[pid] = running_pool(EXTRA_THREADS, name="hop")
        return _pools[pid]


def running_pool(threads: int, *, name: str) -> ThreadPoolExecutor:
    """Returns a pool whose threads run already. May be repeated. Raises what kept them from being begun.

    Starting a thread takes milliseconds where many are busy, under a lock that all pools of a process share. Ctrl-C
    may come in between. Raised inside the locks of `threading`, it would leave one locked, and threads that wait
    for it keep a process from ending. Python raises it in the main thread alone, so another one begins the threads,
    and here is nothing but a wait that may be broken off anywhere.
    """
    begun = SimpleQueue[ThreadPoolExecutor | BaseException]()
    start_new_thread(_begin_pool, (threads, name, begun))
    pool = begun.get()
    if isinstance(pool, BaseException):
        raise pool
    return pool


def _begin_pool(threads: int, name: str, begun: SimpleQueue[ThreadPoolExecutor | BaseException]) -> None:
    """Begins a pool and puts it, or why there is none, into the queue. Its threads wait until all of them run."""
    go = Event()
    try:
        pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        for _ in range(threads):
            pool.submit(go.wait)
    except BaseException as error:
        begun.put(error)
    else:
        begun.put(pool)
    finally:
        go.set()
