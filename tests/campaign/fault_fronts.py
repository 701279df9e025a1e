"""The weather: fronts of faults that come and go, and turns that happen once. Ends with a calm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.faults import Call, Faults, parse_rule
from tests.campaign.fault_draw import Front, Turn
from tests.campaign.shared_state import Stage, order
from tests.campaign.warehouse import raise_version
from tests.world import World

LATE = 0.7
REPEATED_AFTER = 3.0
"""Seconds until Monext and the queue send again what was not taken."""

HARVESTED_EVERY = 1.0


@dataclass(slots=True)
class Weather:
    """Plays the fronts and the turns in their order; keeps what the journals of the remotes have seen."""

    stage: Stage
    world: World
    in_force: list[tuple[float, str, int]] = field(default_factory=list)
    calls: dict[tuple[str, int], Call] = field(default_factory=dict)
    turned: list[Turn] = field(default_factory=list)

    @classmethod
    def over(cls, stage: Stage) -> Weather:
        return cls(stage, stage.world())

    @property
    def remotes(self) -> Mapping[str, Faults]:
        sandbox = self.stage.sandbox
        return {"commercetools": sandbox.commercetools_faults, "monext": sandbox.monext_faults}

    def play(self) -> None:
        self._go_astray("notices", "normal")
        self._go_astray("messages", "normal")
        harvest = 0.0
        events: list[Front | Turn] = sorted(
            (*self.stage.plan.fronts, *self.stage.plan.turns), key=lambda event: event.at
        )
        for event in events:
            self.stage.wait_until(event.at)
            self._lift()
            if isinstance(event, Front):
                self._begin(event)
            else:
                self._turn(event)
            if event.at - harvest > HARVESTED_EVERY:
                self.harvest()
                harvest = event.at

    def calm(self) -> None:
        """No faults any more, what hangs is let go, and what is told is told again."""
        for faults in self.remotes.values():
            faults.clear()
        self._go_astray("notices", "normal")
        self._go_astray("messages", "normal")

    def harvest(self) -> None:
        """Keep the journals' calls, of which the remotes forget the oldest."""
        for remote, faults in self.remotes.items():
            self.calls.update({(remote, call.sequence): call for call in faults.journal.calls()})

    def is_quiet(self) -> bool:
        """Whether no call is under way at either remote."""
        return all(
            call.end is not None for faults in self.remotes.values() for call in faults.journal.calls()
        )

    def _begin(self, front: Front) -> None:
        rule_id = self.remotes[front.remote].add(parse_rule(dict(front.rule)))
        self.in_force.append((front.at + front.lasts, front.remote, rule_id))

    def _lift(self) -> None:
        over = [entry for entry in self.in_force if entry[0] <= self.stage.now()]
        for _, remote, rule_id in over:
            self.remotes[remote].remove(rule_id)
        self.in_force = [entry for entry in self.in_force if entry not in over]

    def _turn(self, turn: Turn) -> None:
        sandbox, dealing = self.stage.sandbox, self.stage.dealings[turn.number]
        happened: Any = True
        match turn.what:
            case "version":
                happened = bool(dealing.cart) and raise_version(self.world, dealing, turn.how)
            case "notices" | "messages":
                self._go_astray(turn.what, turn.how)
            case "bank":
                order(sandbox.monext_url, "acts", {"outcome": turn.how})
            case "tokens":
                order(sandbox.commercetools_url, "revoke-tokens", {})
            case "staff":
                happened = self._by_staff(turn)
        if happened:
            self.turned.append(turn)

    def _go_astray(self, which: str, mode: str) -> None:
        """How Monext's notices or commercetools' messages travel from now on."""
        sandbox = self.stage.sandbox
        how = {"mode": mode, "late": LATE, "interval": REPEATED_AFTER}
        if which == "notices":
            order(sandbox.monext_url, "notifications", how)
        else:
            order(sandbox.commercetools_url, "push", how)

    def _by_staff(self, turn: Turn) -> bool:
        """Somebody captures or refunds a tenth in Monext's back office."""
        dealing, sandbox = self.stage.dealings[turn.number], self.stage.sandbox
        taken = self._taken(dealing.cart) if dealing.cart and dealing.paid else None
        if taken is None:
            return False
        transaction_id, cents = taken
        path = f"transactions/{transaction_id}/{turn.how}"
        answer = order(sandbox.monext_url, path, {"amount": max(cents // 10, 1)})
        self.stage.note(dealing, f"Monext's staff: {turn.how} {cents // 10}: {(answer or {}).get('result')}")
        return bool(answer and "transaction" in answer)

    def _taken(self, cart: str) -> tuple[str, int] | None:
        """Monext's id and the amount of the cart's accepted transaction."""
        for payment in self.world.payments(cart):
            for row in payment["transactions"]:
                if row["state"] == "Success" and row.get("interactionId") == payment.get("interfaceId"):
                    return str(row["interfaceId"]), int(row["amount"]["centAmount"])
        return None
