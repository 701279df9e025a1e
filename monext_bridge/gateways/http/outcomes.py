"""Names what became of an attempt to call a remote, for metrics."""

from __future__ import annotations

from collections.abc import Mapping

from monext_bridge.gateways.http.retry import Failure

OUTCOME_OF_FAILURE: Mapping[Failure, str] = {
    Failure.NOT_CONNECTED: "unreachable",
    Failure.BROKEN: "broken",
    Failure.TIMED_OUT: "timeout",
    Failure.TOO_LARGE: "too_large",
    Failure.GIVEN_UP: "breaker_open",
    Failure.NO_SLOT: "no_slot",
    Failure.NO_TIME: "no_time",
}
OUTCOME_OF_STATUS: Mapping[int, str] = {404: "not_found", 409: "conflict", 429: "throttled"}
REFUSED, FAILED, OK = "refused", "failed", "ok"


def outcome_of_status(status: int) -> str:
    """Return what an HTTP status says. What a remote refuses under 2xx is its own language, and reads OK here."""
    if status >= 500:
        return FAILED
    return OUTCOME_OF_STATUS.get(status, REFUSED if status >= 400 else OK)
