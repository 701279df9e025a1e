"""Reconciles two hours after the storm: it finishes what nobody came back to, and then must find nothing more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monext_bridge.domain.reconciliation.follow_ups import FollowUp
from monext_bridge.runtime import utc_now
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Scope
from monext_bridge.services.reconciliation.run import Throttle
from sandbox.runner import Sandbox
from tests.bridges import InProcess
from tests.campaign.bridges import SECRET_KEY

LATER = timedelta(hours=2)
"""By then sessions are over, and every unresolved operation is overdue."""

AT_ANY_PACE = Throttle(1_000_000)
AN_HOUR_LATER = timedelta(minutes=61)
MOST_HOURS = 20
HELD = "its money is held"
"""In the finding about an order that commercetools refuses, while the brake keeps its money from going back."""


@dataclass(slots=True)
class ReconciliationResult:
    """What reconciliation found.

    `findings` counts those of the passes by follow-up and status. `left` is what the last pass still finds.
    """

    findings: Counter[str] = field(default_factory=Counter)
    left_to_people: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)
    reported: set[str] = field(default_factory=set)
    """The payments of which the last pass says that the order does not cost what was taken for it."""

    held: set[str] = field(default_factory=set)
    """The payments that the brake held when two hours had passed; and for how many hours more it did."""

    hours_held: int = 0


def reconcile(sandbox: Sandbox, *, settings: Mapping[str, str]) -> ReconciliationResult:
    """Run a pass over what is open, one over the ledgers, and one that must find nothing to do.

    Where the brake holds money, there is one more pass each hour until it has all gone back.
    """
    clock, done = LaterClock(), ReconciliationResult()
    bridge = InProcess(sandbox, clock=clock, variables=settings, SECRET_KEY=SECRET_KEY)
    found = _count(_pass(bridge, Scope(), done), done)
    done.held.update(_held(found))
    while _held(found) and done.hours_held < MOST_HOURS:
        clock.ahead += AN_HOUR_LATER
        done.hours_held += 1
        found = _count(_pass(bridge, Scope(), done), done)
    # What the first pass gave back beside an operation whose outcome it then closed is old enough an hour later.
    clock.ahead += AN_HOUR_LATER
    _count(_pass(bridge, Scope(ledger=True), done), done)
    again = _pass(bridge, Scope(ledger=True), done)
    done.reported.update(f.payment_id for f in again if f.need is FollowUp.AMOUNTS)
    done.left += [_text(f) for f in again if not _is_idle(f) and f.payment_id not in done.left_to_people]
    return done


@dataclass(slots=True)
class LaterClock:
    """A clock that is `ahead` of the true time."""

    ahead: timedelta = LATER

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


def _count(found: list[Finding], done: ReconciliationResult) -> list[Finding]:
    done.findings.update(f"{f.need.value} {f.ending.value}" for f in found if not _is_idle(f))
    done.left_to_people.update(f.payment_id for f in found if f.need is FollowUp.REVERSAL_REJECTED)
    return found


def _held(found: list[Finding]) -> set[str]:
    return {f.payment_id for f in found if f.need is FollowUp.NO_ORDER and HELD in f.detail}


def _pass(bridge: InProcess, scope: Scope, done: ReconciliationResult) -> list[Finding]:
    findings: list[Finding] = []
    summary = bridge.services.reconcile.run(scope, tell=findings.append, pace=AT_ANY_PACE)
    if summary.broken_off:
        done.left.append(f"the pass was broken off: {summary.broken_off}")
    return findings


def _is_idle(finding: Finding) -> bool:
    """Whether there is nothing to do: the ledger agrees, people are told of amounts, or others have yet to decide."""
    agrees = (
        finding.need is FollowUp.LEDGER and finding.ending is FindingStatus.FINISHED and not finding.detail
    )
    return agrees or finding.need is FollowUp.AMOUNTS or finding.ending is FindingStatus.WAITING


def _text(finding: Finding) -> str:
    return f"{finding.payment_id}: {finding.need.value} {finding.ending.value} {finding.detail}".strip()
