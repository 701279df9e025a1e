"""The calls of one hop are made at the same time, and none goes on behind the caller's back."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from contextvars import ContextVar

import pytest

from monext_bridge.errors import BridgeError, NotFound, RemoteTimeout
from monext_bridge.runtime.parallel import (
    EXTRA_THREADS,
    running_pool,
    start_threads,
    together,
    together_or_errors,
)

place: ContextVar[str] = ContextVar("place", default="nowhere")


def failing(error: Exception) -> Callable[[], str]:
    def call() -> str:
        raise error

    return call


def test_results_come_in_the_order_of_the_calls() -> None:
    assert together(lambda: 1, lambda: "two", lambda: 3.0) == (1, "two", 3.0)


def test_all_threads_of_a_process_run_before_they_are_needed() -> None:
    start_threads()
    running = [thread for thread in threading.enumerate() if thread.name.startswith("hop")]
    assert len(running) == EXTRA_THREADS


INTERRUPTED = """
import signal
from contextlib import suppress
from monext_bridge.runtime.parallel import EXTRA_THREADS, running_pool

signal.signal(signal.SIGALRM, signal.default_int_handler)
for sixteenths in range(1, 121):
    with suppress(KeyboardInterrupt):
        signal.setitimer(signal.ITIMER_REAL, sixteenths / 16000)
        running_pool(EXTRA_THREADS, name="interrupted")
        signal.setitimer(signal.ITIMER_REAL, 0)
"""


def test_a_process_ends_that_ctrl_c_reaches_while_its_threads_are_begun() -> None:
    command = [sys.executable, "-c", INTERRUPTED]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_pool_that_can_not_be_begun_says_why() -> None:
    with pytest.raises(ValueError, match="max_workers"):
        running_pool(0, name="none")


def test_no_calls_are_no_results() -> None:
    assert together() == ()
    assert together_or_errors() == ()


def test_the_calls_are_really_made_at_the_same_time() -> None:
    everybody = threading.Barrier(3)

    def meet() -> bool:
        everybody.wait(timeout=60)
        return True

    assert together(meet, meet, meet) == (True, True, True)


def test_the_first_call_is_made_in_the_calling_thread() -> None:
    first, _ = together(threading.get_ident, threading.get_ident)
    assert first == threading.get_ident()


def test_context_variables_are_carried_along() -> None:
    both = threading.Barrier(2)

    def look() -> str:
        both.wait(timeout=60)
        return place.get()

    token = place.set("here")
    try:
        assert together(look, look) == ("here", "here")
    finally:
        place.reset(token)


def test_the_first_error_in_the_order_given_is_raised() -> None:
    with pytest.raises(NotFound):
        together(lambda: 1, failing(NotFound("second")), failing(ValueError("third")))


def test_an_error_is_raised_only_after_all_calls_have_ended() -> None:
    failed = threading.Event()
    ended: list[str] = []

    def fail() -> None:
        failed.set()
        raise NotFound("first")

    def go_on() -> None:
        failed.wait(60)
        ended.append("second")

    with pytest.raises(NotFound):
        together(fail, go_on)
    assert ended == ["second"]


def test_settled_gives_our_errors_as_values_beside_the_other_results() -> None:
    error = RemoteTimeout("slow", remote="monext")
    assert together_or_errors(lambda: 1, failing(error)) == (1, error)


def test_settled_gives_results_that_are_false_as_they_are() -> None:
    assert together_or_errors(lambda: None, lambda: 0, lambda: ()) == (None, 0, ())


def test_settled_raises_what_is_no_error_of_ours() -> None:
    with pytest.raises(ValueError, match="a bug"):
        together_or_errors(failing(NotFound("ours")), failing(ValueError("a bug")))


def test_hops_inside_hops_do_not_wait_for_each_other_s_threads() -> None:
    """More at once than there are threads: a call that nobody has taken up is made by who waits for it."""

    def leaf() -> int:
        return 1

    def inner() -> int:
        return sum(together(*[leaf] * 20))

    def outer() -> int:
        return sum(together(*[inner] * 20))

    assert sum(together(*[outer] * 10)) == 4000


FORKED = """
import os
from threading import Barrier
from monext_bridge.runtime.parallel import together

def both():
    barrier = Barrier(2)
    return sum(together(lambda: barrier.wait(60) and 0 or 20, lambda: barrier.wait(60) and 0 or 22))

both()
child = os.fork()
if child:
    os.waitpid(child, 0)
else:
    print(both(), flush=True)
"""


def test_a_forked_process_makes_threads_of_its_own() -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORKED]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.stdout, ran.stderr) == ("42\n", "")


def test_errors_as_values_are_told_from_results_by_their_type() -> None:
    first, second = together_or_errors(failing(NotFound("no")), lambda: "yes")
    assert isinstance(first, BridgeError)
    assert second == "yes"
