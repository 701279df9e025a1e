"""kill -9 of workers, of whole bridges, and of a worker in the middle of one of its calls."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sandbox.faults import parse_rule
from tests.campaign.plan import Kill
from tests.campaign.shared_state import Stage

SEAMS = (
    ("monext", "POST", "/(captures|cancels|refunds)$"),
    ("commercetools", "POST", "/payments/"),
    ("commercetools", "POST", "/orders$"),
    ("monext", "POST", "/sessions$"),
    ("commercetools", "POST", "/carts/"),
)
"""Calls between which a crash leaves something behind."""

LIES_IN_WAIT = 1.5
"""Seconds for which a kill waits for its call."""


@dataclass(frozen=True, slots=True)
class Killer:
    """One kill after the other, so that never both bridges are away for long."""

    stage: Stage

    def play(self) -> None:
        for number, kill in enumerate(self.stage.plan.kills):
            self.stage.wait_until(kill.at)
            match kill.what:
                case "worker":
                    self.stage.fleet.kill_worker(kill.bridge)
                case "all":
                    self.stage.fleet.kill_all(kill.bridge, down=kill.down)
                case "in a call":
                    self._kill_in_a_call(kill, number)

    def _kill_in_a_call(self, kill: Kill, number: int) -> None:
        """The next call of that kind takes the worker with it, before or after it is carried out."""
        remote, method, path = SEAMS[number % len(SEAMS)]
        pids = self.stage.fleet.workers(kill.bridge)
        if not pids:
            return
        when = "kill_before" if number % 2 else "kill_after"
        sandbox = self.stage.sandbox
        faults = {"commercetools": sandbox.commercetools_faults, "monext": sandbox.monext_faults}[remote]
        rule = {"action": when, "pid": pids[0], "method": method, "path": path}
        rule_id, began = faults.add(parse_rule(rule)), time.monotonic()
        while time.monotonic() - began < LIES_IN_WAIT and pids[0] in self.stage.fleet.workers(kill.bridge):
            time.sleep(0.02)
        faults.remove(rule_id)
        if pids[0] not in self.stage.fleet.workers(kill.bridge):
            self.stage.fleet.downs.append((kill.bridge, began, time.monotonic()))
