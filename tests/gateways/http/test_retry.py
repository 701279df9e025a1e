"""When a call is tried again: the decision as a table."""

from __future__ import annotations

import pytest

from monext_bridge.gateways.http.retry import Failure, read_retry_after, read_timeout, retry_wait
from monext_bridge.runtime.deadlines import LEAST
from monext_bridge.runtime.retry_budget import FOREGROUND

BUDGET = FOREGROUND.budget


def decided(**changes: object) -> float | None:
    """A read that just met a 503 for the first time, in the middle of the jitter, with changes."""
    case = {"method": "GET", "attempt": 1, "status": 503, "elapsed": 0.0, "jitter": 0.5, **changes}
    return retry_wait(**case)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_read_is_tried_again_after_a_passing_trouble(status: int) -> None:
    assert decided(status=status) is not None


@pytest.mark.parametrize("status", [200, 201, 202, 301, 400, 401, 403, 404, 408, 409, 412, 422, 500, 501])
def test_any_other_status_is_an_answer(status: int) -> None:
    assert decided(status=status) is None


@pytest.mark.parametrize(
    ("failure", "again"), [(each, each in (Failure.NOT_CONNECTED, Failure.BROKEN)) for each in Failure]
)
def test_a_read_is_tried_again_when_the_connection_fails_but_not_when_it_was_slow_or_not_even_sent(
    failure: Failure, again: bool
) -> None:
    assert (decided(status=None, failure=failure) is not None) is again


@pytest.mark.parametrize(("left", "again"), [(0.1 + LEAST - 0.01, False), (0.1 + LEAST + 0.01, True)])
def test_a_read_is_not_tried_again_where_the_deadline_leaves_no_time_for_it(left: float, again: bool) -> None:
    assert (decided(left=left) is not None) is again


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_write_is_never_tried_again(method: str) -> None:
    statuses: list[dict[str, object]] = [{"status": status} for status in (429, 502, 503, 504)]
    failures: list[dict[str, object]] = [{"status": None, "failure": failure} for failure in Failure]
    troubles = statuses + failures
    assert [trouble for trouble in troubles if decided(method=method, **trouble) is not None] == []


@pytest.mark.parametrize(("attempt", "again"), [(1, True), (2, True), (3, False), (4, False)])
def test_at_most_two_more_tries(attempt: int, again: bool) -> None:
    assert (decided(attempt=attempt) is not None) is again


@pytest.mark.parametrize(("attempts", "again"), [(1, False), (2, True), (9, True)])
def test_a_caller_may_want_fewer_tries(attempts: int, again: bool) -> None:
    assert (decided(attempt=1, attempts=attempts) is not None) is again


def test_no_caller_gets_more_than_two_more_tries() -> None:
    assert decided(attempt=3, attempts=9) is None


@pytest.mark.parametrize(
    ("attempt", "jitter", "wait"),
    [(1, 0.0, 0.05), (1, 0.5, 0.1), (1, 1.0, 0.15), (2, 0.0, 0.1), (2, 1.0, 0.3)],
)
def test_waits_double_and_are_spread(attempt: int, jitter: float, wait: float) -> None:
    assert decided(attempt=attempt, jitter=jitter) == pytest.approx(wait)


@pytest.mark.parametrize(("asked", "wait"), [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (3.0, 2.0), (21600.0, 2.0)])
def test_the_remote_s_own_wish_is_met_up_to_two_seconds(asked: float, wait: float) -> None:
    assert decided(retry_after=asked) == wait


@pytest.mark.parametrize(
    ("elapsed", "retry_after", "again"),
    [(BUDGET - 0.2, None, True), (BUDGET, None, False), (BUDGET - 1, 2.0, False), (BUDGET - 2.5, 2.0, True)],
)
def test_no_try_begins_after_the_budget(elapsed: float, retry_after: float | None, again: bool) -> None:
    assert (decided(elapsed=elapsed, retry_after=retry_after) is not None) is again


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        *(("0", 0.0), (" 7 ", 7.0), (None, None), ("", None), ("-1", None), ("1.5", None), ("9" * 400, None)),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_seconds(header: str | None, seconds: float | None) -> None:
    assert read_retry_after(header) == seconds


@pytest.mark.parametrize(
    ("usual", "attempt", "elapsed", "seconds"),
    [(8.0, 1, 0.0, 8.0), (8.0, 2, 0.5, 5.5), (2.0, 2, 0.5, 2.0), (8.0, 3, 5.8, 1.0)],
)
def test_a_repeated_read_has_only_what_is_left_of_the_budget(
    usual: float, attempt: int, elapsed: float, seconds: float
) -> None:
    assert read_timeout(usual, attempt=attempt, elapsed=elapsed) == pytest.approx(seconds)
