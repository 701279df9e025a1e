"""The calls of one hop are made at the same time, and none goes on behind the caller's back."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path

import pytest

from monext_bridge.errors import BridgeError, NotFound, RemoteTimeout
from monext_bridge.runtime.parallel import together, together_or_errors

place: ContextVar[str] = ContextVar("place", default="nowhere")


def failing(error: Exception) -> Callable[[], str]:
    def call() -> str:
        raise error

    return call


def test_results_come_in_the_order_of_the_calls() -> None:
    assert together(lambda: 1, lambda: "two", lambda: 3.0) == (1, "two", 3.0)


def test_no_calls_are_no_results() -> None:
    assert together() == ()
    assert together_or_errors() == ()


def test_the_calls_are_really_made_at_the_same_time() -> None:
    everybody = threading.Barrier(3)

    def meet() -> bool:
        everybody.wait(timeout=5)
        return True

    assert together(meet, meet, meet) == (True, True, True)


def test_the_first_call_is_made_in_the_calling_thread() -> None:
    first, _ = together(threading.get_ident, threading.get_ident)
    assert first == threading.get_ident()


def test_context_variables_are_carried_along() -> None:
    both = threading.Barrier(2)

    def look() -> str:
        both.wait(timeout=5)
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
        failed.wait(5)
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


def test_hops_inside_hops_are_made_as_well() -> None:
    def leaf() -> int:
        return 1

    def inner() -> int:
        return sum(together(*[leaf] * 3))

    def outer() -> int:
        return sum(together(*[inner] * 3))

    assert sum(together(*[outer] * 3)) == 27


def test_the_end_of_the_process_in_a_call_ends_its_caller_too() -> None:
    def end() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        together(lambda: "first", end)


WITHOUT_THREADS = """
import resource, threading
from monext_bridge.runtime.parallel import together

threading.stack_size(2**30)
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
print(together(lambda: "one", lambda: "two", lambda: "three"))
"""


def test_where_no_thread_can_be_had_the_caller_makes_all_calls() -> None:
    assert ran(WITHOUT_THREADS) == "('one', 'two', 'three')\n"


GREENLETS = """
from gevent import monkey
monkey.patch_all()
from pathlib import Path
from threading import Barrier
from monext_bridge.runtime.parallel import together

before = len(list(Path("/proc/self/task").iterdir()))
barrier = Barrier(3)
print(len(together(*[lambda: barrier.wait(5)] * 3)))
print(len(list(Path("/proc/self/task").iterdir())) - before)
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_under_the_server_the_calls_of_a_hop_are_greenlets() -> None:
    """All at the same time, and in no thread more than before."""
    assert ran(GREENLETS) == "3\n0\n"


def ran(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_errors_as_values_are_told_from_results_by_their_type() -> None:
    first, second = together_or_errors(failing(NotFound("no")), lambda: "yes")
    assert isinstance(first, BridgeError)
    assert second == "yes"
