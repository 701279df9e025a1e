"""Kills workers, whole bridges, and workers in the middle of one of their calls, all with SIGKILL."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sandbox.faults import parse_rule
from tests.campaign.plan import Kill
from tests.campaign.shared_state import SharedState

CRITICAL_CALLS = (
    ("monext", "POST", "/(captures|cancels|refunds)$"),
    ("commercetools", "POST", "/payments/"),
    ("commercetools", "POST", "/orders$"),
    ("monext", "POST", "/sessions$"),
    ("commercetools", "POST", "/carts/"),
)
"""The calls around which a crash leaves something unfinished."""

WAITS_FOR_CALL = 1.5
"""Seconds for which a kill waits for its call to come."""


@dataclass(frozen=True, slots=True)
class ProcessKiller:
    """Makes one kill after the other, so that both bridges are never down for long at the same time."""

    shared: SharedState

    def play(self) -> None:
        for number, kill in enumerate(self.shared.plan.kills):
            self.shared.wait_until(kill.at)
            match kill.what:
                case "worker":
                    self.shared.pair.kill_worker(kill.bridge)
                case "all":
                    self.shared.pair.kill_all(kill.bridge, down=kill.down)
                case "in a call":
                    self._kill_in_a_call(kill, number)

    def _kill_in_a_call(self, kill: Kill, number: int) -> None:
        """Kill the worker at its next call of that kind, before or after the call is carried out."""
        remote, method, path = CRITICAL_CALLS[number % len(CRITICAL_CALLS)]
        pids = self.shared.pair.workers(kill.bridge)
        if not pids:
            return
        when = "kill_before" if number % 2 else "kill_after"
        sandbox = self.shared.sandbox
        faults = {"commercetools": sandbox.commercetools_faults, "monext": sandbox.monext_faults}[remote]
        rule = {"action": when, "pid": pids[0], "method": method, "path": path}
        rule_id, began = faults.add(parse_rule(rule)), time.monotonic()
        while time.monotonic() - began < WAITS_FOR_CALL and pids[0] in self.shared.pair.workers(kill.bridge):
            time.sleep(0.02)
        faults.remove(rule_id)
        if pids[0] not in self.shared.pair.workers(kill.bridge):
            self.shared.pair.downtimes.append((kill.bridge, began, time.monotonic()))
