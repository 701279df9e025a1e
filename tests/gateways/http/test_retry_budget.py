"""Calls for which nobody waits: tried for longer, and held back as long as the remote wants."""

from __future__ import annotations

import pytest

from monext_bridge.gateways.http.client import HttpClient
from monext_bridge.gateways.http.retry import retry_wait
from monext_bridge.runtime.retry_budget import (
    BACKGROUND,
    FOREGROUND,
    RetryAfterPause,
    background_retries,
    retry_budget,
)
from tests.gateways.remotes import Remote
from tests.manual_clock import ManualClock


class Sleeps:
    """Sleeping moves the clock and is remembered."""

    def __init__(self) -> None:
        self.clock, self.slept = ManualClock(), []  # type: ignore[var-annotated]

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(seconds)


@pytest.fixture
def sleeps() -> Sleeps:
    return Sleeps()


def client(url: str, sleeps: Sleeps) -> HttpClient:
    return HttpClient(
        remote="commercetools", base_url=url, sleep=sleeps, clock=sleeps.clock, jitter=lambda: 0.5
    )


def get(which: HttpClient) -> int:
    return which.send("GET", "/thing", route="/thing").status


def test_somebody_waits_unless_it_is_said_otherwise() -> None:
    assert retry_budget() is FOREGROUND
    with background_retries():
        assert retry_budget() is BACKGROUND
    assert retry_budget() is FOREGROUND


def test_a_patient_read_is_tried_for_minutes() -> None:
    def wait(attempt: int, elapsed: float, asked: float | None) -> float | None:
        return retry_wait(
            method="GET",
            attempt=attempt,
            elapsed=elapsed,
            jitter=0.5,
            status=429,
            retry_after=asked,
            retry_budget=BACKGROUND,
        )

    assert wait(4, 50.0, 30.0) == 30.0
    assert wait(1, 0.0, 21600.0) == BACKGROUND.longest_wait
    assert wait(BACKGROUND.attempts, 1.0, None) is None
    assert wait(1, BACKGROUND.budget, None) is None


def test_a_patient_write_is_not_tried_again_either() -> None:
    for status in (429, 503):
        assert (
            retry_wait(
                method="POST", attempt=1, elapsed=0.0, jitter=0.5, status=status, retry_budget=BACKGROUND
            )
            is None
        )


def test_after_a_retry_after_all_patient_calls_wait(remote: Remote, sleeps: Sleeps) -> None:
    remote.add_fault("status", code=429, retry_after=20, method="POST")
    one = client(remote.url, sleeps)
    with background_retries():
        assert one.send("POST", "/thing", route="/thing", json={}).status == 429
        assert get(one) == 200
    assert sleeps.slept == [20.0]


def test_nobody_who_is_waited_for_keeps_to_it(remote: Remote, sleeps: Sleeps) -> None:
    remote.add_fault("status", code=503, retry_after=20, method="POST")
    one = client(remote.url, sleeps)
    assert one.send("POST", "/thing", route="/thing", json={}).status == 503
    assert get(one) == 200
    assert sleeps.slept == []


def test_a_patient_read_waits_once_for_what_it_was_told(remote: Remote, sleeps: Sleeps) -> None:
    remote.add_fault("status", code=429, retry_after=30)
    with background_retries():
        assert get(client(remote.url, sleeps)) == 200
    assert sleeps.slept == [30.0]


def test_no_remote_is_waited_for_longer_than_a_minute_at_a_time() -> None:
    sleeps = Sleeps()
    pause = RetryAfterPause(clock=sleeps.clock, sleep=sleeps)
    pause.wished(21600.0)
    with background_retries():
        pause.keep()
    assert sleeps.slept == [BACKGROUND.longest_wait]
