"""Carries findings from workers to the scheduler: a list in Redis for each pass, which expires by itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import redis

from monext_bridge.gateways.redis import PREFIX
from monext_bridge.queue.messages import read_findings, written_findings
from monext_bridge.services.reconciliation import Finding

REPORTS_KEPT_FOR = 3600
"""Seconds. A scheduler that has gone does not read the reports any more."""


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one task. `message_id` is that of its message; a task delivered twice is reported twice."""

    message_id: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Reports:
    """All methods raise `redis.RedisError`."""

    client: redis.Redis

    def tell(self, run: str, *, message_id: str, findings: Iterable[Finding]) -> None:
        body = json.dumps({"message": message_id, "findings": written_findings(findings)})
        with self.client.pipeline() as pipeline:
            pipeline.rpush(_key(run), body)
            pipeline.expire(_key(run), REPORTS_KEPT_FOR)
            pipeline.execute()

    def next(self, run: str, *, seconds: int) -> Report | None:
        """Return the next report, None where none comes within `seconds`.

        `seconds` must be less than the client's own time-out.
        """
        found: Any = self.client.blpop([_key(run)], timeout=seconds)
        if not found:
            return None
        body = json.loads(found[1])
        return Report(body["message"], read_findings(body["findings"]))


def _key(run: str) -> str:
    return f"{PREFIX}reconcile:{run}"
