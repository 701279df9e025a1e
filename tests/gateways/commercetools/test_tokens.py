"""One token for all threads: fetched once, refreshed early by one of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from monext_bridge.errors import RemoteUnavailable
from monext_bridge.gateways.commercetools.tokens import EARLY, MARGIN, RETRY, Grant, Tokens

LIFE = 172_800.0


@dataclass(slots=True)
class Server:
    """Grants `t1`, `t2` …; `block` is waited for before each answer, `failure` raised instead of it."""

    now: float = 1000.0
    granted: int = 0
    life: float = LIFE
    failure: Exception | None = None
    asked: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    block: threading.Event | None = None
    tried: int = 0

    def fetch(self) -> Grant:
        self.tried += 1
        self.asked.release()
        if self.block:
            self.block.wait(60)
        if self.failure:
            raise self.failure
        self.granted += 1
        return Grant(f"t{self.granted}", expires_in=self.life)

    def tokens(self) -> Tokens:
        return Tokens(self.fetch, clock=lambda: self.now)


def unavailable() -> RemoteUnavailable:
    return RemoteUnavailable("down", remote="commercetools")


def many(call: Callable[[], str], *, threads: int = 32) -> list[str]:
    start = threading.Barrier(threads)

    def one(_: int) -> str:
        start.wait(60)
        return call()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


def test_a_token_is_used_until_it_is_near_its_end() -> None:
    server = Server()
    tokens = server.tokens()
    tokens.current()
    server.now += LIFE - EARLY - 1
    assert tokens.current() == "t1"


def test_near_its_end_a_token_is_replaced() -> None:
    server = Server()
    tokens = server.tokens()
    tokens.current()
    server.now += LIFE - EARLY
    assert tokens.current() == "t2"


@pytest.mark.parametrize("life", [1.0, 10.0, 60.0, LIFE])
def test_a_token_of_any_life_serves_for_a_while(life: float) -> None:
    server = Server(life=life)
    tokens = server.tokens()
    tokens.current()
    server.now += life / 2
    assert tokens.current() == "t1"


def test_all_threads_wait_for_one_first_fetch() -> None:
    server = Server()
    assert set(many(server.tokens().current)) == {"t1"}
    assert server.tried == 1


def test_all_threads_share_the_error_of_one_first_fetch() -> None:
    server = Server(failure=unavailable(), block=threading.Event())
    tokens = server.tokens()
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(tokens.current) for _ in range(8)]
        assert server.asked.acquire(timeout=60)
        server.block.set()  # type: ignore[union-attr]
        errors = [each.exception(5) for each in waiting]
    assert all(isinstance(error, RemoteUnavailable) for error in errors)


def test_after_a_first_fetch_that_failed_the_next_call_tries_again() -> None:
    server = Server(failure=unavailable())
    tokens = server.tokens()
    with pytest.raises(RemoteUnavailable):
        tokens.current()
    server.failure = None
    assert tokens.current() == "t1"


def test_while_one_thread_refreshes_the_others_go_on_with_the_old_token() -> None:
    server = Server()
    tokens = server.tokens()
    tokens.current()
    server.asked.acquire()
    server.now += LIFE - EARLY
    server.block = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        refreshing = pool.submit(tokens.current)
        assert server.asked.acquire(timeout=60)
        assert set(many(tokens.current)) == {"t1"}
        server.block.set()
        assert refreshing.result(5) == "t2"
    assert tokens.current() == "t2"
    assert server.tried == 2


def test_a_refresh_that_fails_leaves_the_old_token_and_is_not_tried_by_every_call() -> None:
    server = Server()
    tokens = server.tokens()
    tokens.current()
    server.now += LIFE - EARLY
    server.failure = unavailable()
    assert [tokens.current(), tokens.current()] == ["t1", "t1"]
    assert server.tried == 2
    server.now += RETRY
    server.failure = None
    assert tokens.current() == "t2"


def test_a_token_that_has_ended_is_not_used_even_if_no_other_can_be_had() -> None:
    server = Server()
    tokens = server.tokens()
    tokens.current()
    server.now += LIFE - MARGIN
    server.failure = unavailable()
    with pytest.raises(RemoteUnavailable):
        tokens.current()


def test_a_refused_token_is_replaced() -> None:
    server = Server()
    tokens = server.tokens()
    tokens.invalidate(tokens.current())
    assert tokens.current() == "t2"


def test_a_token_that_has_been_replaced_already_is_not_replaced_again() -> None:
    server = Server()
    tokens = server.tokens()
    tokens.invalidate(tokens.current())
    assert tokens.current() == "t2"
    tokens.invalidate("t1")
    assert tokens.current() == "t2"
    assert server.tried == 2


def test_a_bug_while_fetching_is_raised_and_does_not_block_the_next_call() -> None:
    server = Server(failure=ValueError("a bug"))
    tokens = server.tokens()
    with pytest.raises(ValueError, match="a bug"):
        tokens.current()
    server.failure = None
    assert tokens.current() == "t1"


def test_a_token_does_not_show_in_repr() -> None:
    assert "abc" not in repr(Grant("abc", expires_in=1.0))
