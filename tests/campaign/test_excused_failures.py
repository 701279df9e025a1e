"""Which 5xx was asked for: each reason from a log and a journal, and what no reason excuses."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.faults import Call
from tests.campaign.excused_failures import FailureJudge, by_correlation, read_logs, unexpected

CART = "6f1e2c1a-2d7a-4c35-9f3f-1c6f5d0b7a10"
AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ACT = "/operations/payment-intents/20354d7a"


def answered(status: int, *, path: str = ACT, correlation: str = "office.1-0") -> dict[str, Any]:
    """The access line of a request that took the tenth second."""
    line = {"event": "access", "method": "POST", "path": path, "status": status, "ms": 1000}
    return {**line, "level": "INFO", "time": AT.isoformat(), "correlation_id": correlation}


def said(**what: Any) -> dict[str, Any]:
    return {"level": "ERROR", "event": "request_failed", "correlation_id": "office.1-0", **what}


def call(*, correlation: str = "office.1-0", start: float = 9.5, **changes: Any) -> Call:
    """A call about the cart, half a second before the answer."""
    usual = {"sequence": 1, "method": "POST", "path": f"/sandbox/carts/{CART}", "query": ()}
    return Call(**{**usual, "start": start, "end": start + 0.1, "correlation_id": correlation, **changes})


def failure_judge(
    *lines: dict[str, Any], calls: tuple[Call, ...] = (), **sets: frozenset[str]
) -> FailureJudge:
    by_name: dict[str, list[Any]] = {}
    for line in lines:
        by_name.setdefault(line["correlation_id"], []).append(line)
    made = FailureJudge(
        lines=by_name,
        calls=by_correlation(calls),
        subjects={CART: CART},
        troubled=sets.get("troubled", frozenset()),
        reversal_rejected=sets.get("reversal_rejected", frozenset()),
        clock_offset=AT.timestamp() - 10,
    )
    made.judge()
    return made


UNKNOWN = said(error="OperationUnknown")
EARLIER = call(correlation="office.1-9", start=1.0, fault="drop_after")
BESIDE = call(correlation="office.1-9", start=9.2)
ENDED = answered(200, correlation="office.1-9")
REASONS: list[tuple[str, FailureJudge]] = [
    ("fault", failure_judge(answered(503), calls=(call(fault="drop_after"),))),
    ("fault", failure_judge(answered(504), calls=(call(start=1.0, end=9.0, fault="delay"),))),
    ("breaker", failure_judge(answered(503), said(event="remote_call", failure="given_up"))),
    ("crowd", failure_judge(answered(503), said(reason="503: too much is under way"))),
    ("contention", failure_judge(answered(503), said(reason="payment is contended"))),
    ("tokens", failure_judge(answered(502), calls=(call(status=401), call(sequence=2, status=401)))),
    (
        "shared",
        failure_judge(
            answered(503),
            said(reason="the caller's token can't be checked"),
            calls=(call(correlation="office.2-0", path="/oauth/introspect", fault="status"),),
        ),
    ),
    (
        "trouble",
        failure_judge(
            answered(503, path="/notification/…"),
            calls=(call(), call(sequence=2, path="/sandbox/orders", status=500)),
            troubled=frozenset({CART}),
        ),
    ),
    (
        "refused",
        failure_judge(
            answered(503, path="/notification/…"), calls=(call(),), reversal_rejected=frozenset({CART})
        ),
    ),
    ("aftermath", failure_judge(answered(503), UNKNOWN, ENDED, calls=(call(), EARLIER))),
    ("at once", failure_judge(answered(503), UNKNOWN, ENDED, calls=(call(), BESIDE))),
]


@pytest.mark.parametrize(("reason", "judged"), REASONS)
def test_a_reason_is_found(reason: str, judged: FailureJudge) -> None:
    assert (dict(judged.excused), judged.unexcused) == ({reason: 1}, [])


UNEXCUSED: dict[str, FailureJudge] = {
    "500, whatever failed": failure_judge(answered(500), calls=(call(fault="status"),)),
    "no fault at all": failure_judge(answered(503), calls=(call(),)),
    "a mere delay": failure_judge(answered(504), calls=(call(fault="delay"),)),
    "an open act that nothing disturbed": failure_judge(answered(503), UNKNOWN, calls=(call(),)),
    "a fault of another cart": failure_judge(
        answered(503), UNKNOWN, ENDED, calls=(call(), call(path="/x", correlation="office.1-9", fault="hang"))
    ),
    "a refused order of a cart without trouble": failure_judge(
        answered(502), calls=(call(), call(sequence=2, path="/sandbox/orders", status=500))
    ),
}


@pytest.mark.parametrize("case", UNEXCUSED)
def test_without_a_reason_it_was_not_asked_for(case: str) -> None:
    assert (dict(UNEXCUSED[case].excused), len(UNEXCUSED[case].unexcused)) == ({}, 1)


def test_half_a_line_of_a_killed_process_is_passed_over_and_a_stack_is_unexpected(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"error_type": "KeyError", "error": "x", "stack": "a.py:1 f"}\n{"event": "acc')
    assert unexpected(read_logs([log])) == ["KeyError: x at a.py:1 f"]
