"""Judges every 5xx that a bridge answered: it is excused only where a fault can be named that explains it.

The bridges' own logs name each request by its correlation id, and so do the journals of the remotes. An answer of
502, 503 or 504 is excused where one of these holds; a 500 never is:

    fault        a call of this very request met a fault rule (a delay of less than 7 seconds does not count)
    breaker      a call was not sent, because the remote had failed too often just before
    crowd        too much was under way in the bridge or at the remote
    tokens       the new token had been revoked as well, before the call was tried again with it
    shared       the request waited for a token together with another request, whose call met a fault
    trouble      commercetools refused the order with a code that passes, as the buyer's story says
    refused      Monext rejected the reversal, as the bank decided: Monext is told so until somebody looks at it
    contention   others wrote to the same record or order again and again
    aftermath    an operation or reversal is unresolved, because an earlier request about the cart was disturbed
    at once      the same, because another request about the cart was under way at the same time

A missing answer is judged in `campaign.py`: it is excused where a process of that bridge was killed meanwhile, or was
not up again yet.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox.faults import Call

LogLine = Mapping[str, Any]

CLOCKS_DIFFER_BY = 0.02
LONG_DELAY = 7.0
"""Seconds from which on a delay may be longer than the bridge waits."""

MAYBE = frozenset({502, 503, 504})
UNSENT = {"given_up": "breaker", "no_place": "crowd", "no_time": "crowd"}
CONTENDED = re.compile("contended|keeps changing")
SHARED = re.compile("token can't be checked|no token, so nothing was sent")
CROWDED = re.compile("too much is under way")
OPEN_OUTCOME = re.compile(
    "OperationUnknown|whether Monext acted is not known|another act was faster|can't be reached"
)
ID = re.compile(r"[/=]([\w-]{8,})(?=/|$)")
RETURNS_WAIT = ("/notification", "/events")
"""Addresses that answer 503 while an operation is unresolved, so that they are called again."""


@dataclass(slots=True)
class FailureJudge:
    """Judges the 5xx answers in the bridges' logs.

    `subjects` names the cart to which an id of a cart, payment, order, session or transaction belongs. `troubled` are
    the carts whose orders commercetools refused, `reversal_rejected` those whose reversal Monext rejected.
    """

    lines: Mapping[str, list[LogLine]]
    calls: Mapping[str, list[Call]]
    subjects: Mapping[str, str]
    troubled: frozenset[str]
    reversal_rejected: frozenset[str]
    clock_offset: float
    """By how many seconds the monotonic clock is behind the wall clock."""
    excused: Counter[str] = field(default_factory=Counter)
    unexcused: list[str] = field(default_factory=list)
    _disturbed_since: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        answered = {name for name, lines in self.lines.items() if any(is_access(line) for line in lines)}
        for name, calls in self.calls.items():
            disturbed = any(met_a_fault(call) for call in calls) or name not in answered
            for cart in self._carts(name) if disturbed else ():
                start = min(call.start for call in calls)
                self._disturbed_since[cart] = min(start, self._disturbed_since.get(cart, start))

    def judge(self) -> None:
        """Judge every answer of 500 and above; count the excused ones by their reason."""
        for name, lines in self.lines.items():
            for line in lines:
                if is_access(line) and (line["status"] or 0) >= 500:
                    self._judge(name, line)

    def _judge(self, name: str, access: LogLine) -> None:
        reason = self._reason(name, access) if access["status"] in MAYBE else None
        if reason:
            self.excused[reason] += 1
        else:
            why = "; ".join(sorted(_whys(self.lines[name]))) or "nothing in the log"
            self.unexcused.append(f"{access['status']} {access['method']} {access['path']} ({name}): {why}")

    def _reason(self, name: str, access: LogLine) -> str | None:
        lines, calls = self.lines[name], self.calls.get(name, [])
        if any(met_a_fault(call) for call in calls):
            return "fault"
        unsent = [UNSENT[line["failure"]] for line in lines if line.get("failure") in UNSENT]
        if unsent:
            return unsent[0]
        if _was_refused_twice(calls):
            return "tokens"
        said = " ".join(_whys(lines))
        if CROWDED.search(said):
            return "crowd"
        if CONTENDED.search(said):
            return "contention"
        if SHARED.search(said) and self._was_shared(access):
            return "shared"
        if self._is_in_trouble(name, calls):
            return "trouble"
        if access["path"].startswith("/notification") and self._carts(name) & self.reversal_rejected:
            return "refused"
        return self._open_outcome(name, access, said)

    def _was_shared(self, access: LogLine) -> bool:
        """Whether somebody else's call for a token met a fault meanwhile."""
        start, end = self._span_of(access)
        faulty = (c for calls in self.calls.values() for c in calls if met_a_fault(c))
        return any("/oauth/" in c.path and c.start <= end and (c.end or end) >= start for c in faulty)

    def _span_of(self, access: LogLine) -> tuple[float, float]:
        """Give when the bridge had the request, by the journals' clock. The log's times have only milliseconds."""
        end = datetime.fromisoformat(access["time"]).timestamp() - self.clock_offset
        return end - access["ms"] / 1000 - CLOCKS_DIFFER_BY, end + CLOCKS_DIFFER_BY

    def _is_in_trouble(self, name: str, calls: Iterable[Call]) -> bool:
        ordered = any(
            c.method == "POST" and c.path.endswith("/orders") and (c.status or 0) >= 400 for c in calls
        )
        return ordered and bool(self._carts(name) & self.troubled)

    def _open_outcome(self, name: str, access: LogLine, said: str) -> str | None:
        waits = access["path"].startswith(RETURNS_WAIT) and access["status"] == 503
        if name not in self.calls or not (waits or OPEN_OUTCOME.search(said)):
            return None
        start, end = self._span_of(access)
        carts = self._carts(name)
        if any(self._disturbed_since.get(cart, end) < end for cart in carts):
            return "aftermath"
        others = (other for other in self.calls if other != name and self._carts(other) & carts)
        spans = (_span(self.calls[other]) for other in others)
        return "at once" if any(began <= end and ended >= start for began, ended in spans) else None

    def _carts(self, name: str) -> set[str]:
        """Give the carts that the calls of a request were about."""
        ids = {found for call in self.calls.get(name, []) for found in ID.findall(call.path)}
        return {self.subjects[found] for found in ids if found in self.subjects}


def read_logs(files: Iterable[Path]) -> dict[str, list[LogLine]]:
    """Give the lines of all logs by correlation id; lines without one are under the empty string."""
    found: dict[str, list[LogLine]] = {}
    for line in _lines(files):
        found.setdefault(str(line.get("correlation_id") or ""), []).append(line)
    return found


def unexpected(lines: Mapping[str, list[LogLine]]) -> list[str]:
    """Give the exceptions that nobody expected: each has its stack in the log."""
    broken = (line for group in lines.values() for line in group if "stack" in line)
    return [f"{line['error_type']}: {line['error']} at {line['stack']}" for line in broken]


def by_correlation(calls: Iterable[Call]) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = {}
    for call in calls:
        if call.correlation_id:
            found.setdefault(call.correlation_id, []).append(call)
    return found


def _was_refused_twice(calls: Iterable[Call]) -> bool:
    """Whether a call was answered 401 with the old token and with the new one."""
    refused = Counter((call.method, call.path) for call in calls if call.status == 401)
    return any(times > 1 for times in refused.values())


def _span(calls: Iterable[Call]) -> tuple[float, float]:
    """Give the time from the first call of a request to the end of its last."""
    own = list(calls)
    return min(call.start for call in own), max(call.end or call.start for call in own)


def met_a_fault(call: Call) -> bool:
    """Whether a call met a fault rule that its caller must have noticed."""
    if call.fault == "delay":
        return call.end is None or call.end - call.start >= LONG_DELAY
    return call.fault is not None


def is_access(line: LogLine) -> bool:
    return line.get("event") == "access"


def _lines(files: Iterable[Path]) -> Iterator[LogLine]:
    """Read the lines of the logs. A process that was killed may have left half a line, which is skipped."""
    for file in files:
        for text in file.read_text().splitlines():
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if isinstance(line, dict):
                yield line


def _whys(lines: Iterable[LogLine]) -> set[str]:
    """Give the reasons that the log names."""
    told = (line for line in lines if not is_access(line) and line.get("event") != "remote_call")
    return {
        " ".join(str(line[name]) for name in ("event", "error", "reason", "why", "then") if line.get(name))
        for line in told
        if line["level"] in ("ERROR", "WARNING")
    }
