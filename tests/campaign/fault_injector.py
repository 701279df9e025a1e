"""Applies the faults of a plan at both remotes: windows of fault rules, and events that happen once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.faults import Call, Faults, parse_rule
from tests.campaign.fault_draw import FaultWindow, SingleEvent
from tests.campaign.shared_state import SharedState, post_control
from tests.campaign.warehouse import raise_version
from tests.world import World

LATE = 0.7
REPEATED_AFTER = 3.0
"""Seconds until Monext and the queue send again what was not accepted."""

COLLECTED_EVERY = 1.0


@dataclass(slots=True)
class FaultInjector:
    """Plays the windows and events in their order, and keeps the calls from the journals of the remotes."""

    shared: SharedState
    world: World
    in_force: list[tuple[float, str, int]] = field(default_factory=list)
    calls: dict[tuple[str, int], Call] = field(default_factory=dict)
    events_played: list[SingleEvent] = field(default_factory=list)

    @classmethod
    def of(cls, shared: SharedState) -> FaultInjector:
        return cls(shared, shared.world())

    @property
    def remotes(self) -> Mapping[str, Faults]:
        sandbox = self.shared.sandbox
        return {"commercetools": sandbox.commercetools_faults, "monext": sandbox.monext_faults}

    def play(self) -> None:
        self._set_delivery("notices", "normal")
        self._set_delivery("messages", "normal")
        last_collected = 0.0
        events: list[FaultWindow | SingleEvent] = sorted(
            (*self.shared.plan.fault_windows, *self.shared.plan.single_events), key=lambda event: event.at
        )
        for event in events:
            self.shared.wait_until(event.at)
            self._end_windows()
            if isinstance(event, FaultWindow):
                self._begin(event)
            else:
                self._play_single_event(event)
            if event.at - last_collected > COLLECTED_EVERY:
                self.collect_calls()
                last_collected = event.at

    def stop_faults(self) -> None:
        """Remove all faults, release the calls that hang, and deliver notifications and messages normally again."""
        for faults in self.remotes.values():
            faults.clear()
        self._set_delivery("notices", "normal")
        self._set_delivery("messages", "normal")

    def collect_calls(self) -> None:
        """Keep the calls in the journals; the remotes forget the oldest ones."""
        for remote, faults in self.remotes.items():
            self.calls.update({(remote, call.sequence): call for call in faults.journal.calls()})

    def is_quiet(self) -> bool:
        """Whether no call is under way at either remote."""
        return all(
            call.end is not None for faults in self.remotes.values() for call in faults.journal.calls()
        )

    def _begin(self, window: FaultWindow) -> None:
        rule_id = self.remotes[window.remote].add(parse_rule(dict(window.rule)))
        self.in_force.append((window.at + window.lasts, window.remote, rule_id))

    def _end_windows(self) -> None:
        over = [entry for entry in self.in_force if entry[0] <= self.shared.now()]
        for _, remote, rule_id in over:
            self.remotes[remote].remove(rule_id)
        self.in_force = [entry for entry in self.in_force if entry not in over]

    def _play_single_event(self, single_event: SingleEvent) -> None:
        sandbox, buyer_cart = self.shared.sandbox, self.shared.buyer_carts[single_event.number]
        happened: Any = True
        match single_event.what:
            case "version":
                happened = bool(buyer_cart.cart) and raise_version(self.world, buyer_cart, single_event.how)
            case "notices" | "messages":
                self._set_delivery(single_event.what, single_event.how)
            case "bank":
                post_control(sandbox.monext_url, "acts", {"outcome": single_event.how})
            case "tokens":
                post_control(sandbox.commercetools_url, "revoke-tokens", {})
            case "staff":
                happened = self._operate_as_staff(single_event)
        if happened:
            self.events_played.append(single_event)

    def _set_delivery(self, which: str, mode: str) -> None:
        """Set how Monext's notifications or commercetools' messages are delivered from now on."""
        sandbox = self.shared.sandbox
        how = {"mode": mode, "late": LATE, "interval": REPEATED_AFTER}
        if which == "notices":
            post_control(sandbox.monext_url, "notifications", how)
        else:
            post_control(sandbox.commercetools_url, "push", how)

    def _operate_as_staff(self, single_event: SingleEvent) -> bool:
        """Capture or refund a tenth in Monext's own back office."""
        buyer_cart, sandbox = self.shared.buyer_carts[single_event.number], self.shared.sandbox
        accepted = self._accepted(buyer_cart.cart) if buyer_cart.cart and buyer_cart.paid else None
        if accepted is None:
            return False
        transaction_id, cents = accepted
        path = f"transactions/{transaction_id}/{single_event.how}"
        answer = post_control(sandbox.monext_url, path, {"amount": max(cents // 10, 1)})
        self.shared.note(
            buyer_cart, f"Monext's staff: {single_event.how} {cents // 10}: {(answer or {}).get('result')}"
        )
        return bool(answer and "transaction" in answer)

    def _accepted(self, cart: str) -> tuple[str, int] | None:
        """Give Monext's id and the amount of the cart's accepted transaction."""
        for payment in self.world.payments(cart):
            for row in payment["transactions"]:
                if row["state"] == "Success" and row.get("interactionId") == payment.get("interfaceId"):
                    return str(row["interfaceId"]), int(row["amount"]["centAmount"])
        return None
