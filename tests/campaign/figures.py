"""Counts the figures of a seed, from both records, the journals, the logs and the actors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.campaign.evidence import Evidence
from tests.campaign.excused_failures import FailureJudge, met_a_fault
from tests.campaign.fault_injector import FaultInjector
from tests.campaign.reconciling import ReconciliationResult
from tests.campaign.scripts import was_played
from tests.campaign.shared_state import SharedState

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Figures:
    """Rows of a name and its figures, in the order in which they are printed."""

    rows: tuple[Row, ...]


def count(
    shared: SharedState,
    injector: FaultInjector,
    failure_judge: FailureJudge,
    reconciled: ReconciliationResult,
    evidence: Evidence,
    *,
    seconds: float,
) -> Figures:
    kept = [a for a in evidence.accounts if a.accepted and a.reversal_reason is None]
    reasons = [a.reversal_reason for a in evidence.accounts if a.accepted and a.reversal_reason]
    faults = Counter(c.fault for c in injector.calls.values() if c.fault)
    lost = sum(1 for e in shared.pair.exchanges if e.status is None)
    rows: tuple[tuple[str, object], ...] = (
        ("buyers", len(shared.plan.visits)),
        ("sessions at Monext", len(evidence.monext["sessions"])),
        ("payments accepted", len(kept) + len(reasons)),
        ("  kept, with an order", f"{len(kept)}, {len(evidence.orders)}"),
        ("  given back", _listed(Counter(reasons))),
        ("payments not accepted", _listed(_open_ends(evidence))),
        ("stories of money", _listed(stories_played(shared))),
        ("  cancelled orders are", "released" if shared.plan.releases else "left as they are"),
        ("acts ordered", _listed(Counter(f"{told.kind} {told.outcome}" for told in shared.office))),
        ("acts at Monext", _listed(_rows_by_type(evidence))),
        ("requests of actors", f"{len(shared.pair.exchanges)}, {lost} without an answer"),
        ("calls at the remotes", f"{len(injector.calls)}, {_faulted(injector)} spoilt"),
        ("faults applied", _listed(faults)),
        ("turns", _listed(Counter(single_event.what for single_event in injector.events_played))),
        ("kills", len(shared.pair.downtimes)),
        ("5xx asked for", _listed(failure_judge.excused)),
        ("5xx not asked for", len(failure_judge.unexcused)),
        ("reconciliation", _listed(reconciled.findings)),
        ("left to people", len(reconciled.left_to_people)),
        ("amounts reported", len(reconciled.reported)),
        ("held by the brake", f"{len(reconciled.held)}, for up to {reconciled.hours_held} more hours"),
        ("seconds", f"{seconds:.1f}"),
    )
    return Figures(tuple((name, str(value)) for name, value in rows))


def stories_played(shared: SharedState) -> Counter[str]:
    """Count the stories of money, by name: those of which each step took effect that they are about."""
    names = ((b.visit.story, b.done) for b in shared.buyer_carts)
    return Counter(name for name, done in names if was_played(name, done))


def _open_ends(evidence: Evidence) -> Counter[str]:
    """Count the payments that nobody paid, by what the record says of their session."""
    ends: Counter[str] = Counter()
    for account in evidence.accounts:
        if account.accepted is None:
            states = {t["state"] for t in account.payment["transactions"]}
            ends[next((s for s in ("Pending", "Initial", "Failure") if s in states), "no session")] += 1
    return ends


def _rows_by_type(evidence: Evidence) -> Counter[str]:
    rows = (row for account in evidence.accounts for row in account.operation_rows)
    return Counter(f"{row['type']} {row.get('status', 'under way')}" for row in rows)


def _faulted(injector: FaultInjector) -> int:
    return sum(1 for call in injector.calls.values() if met_a_fault(call))


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{amount} {name}" for name, amount in counts.most_common()) or "none"
