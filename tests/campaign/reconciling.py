"""Reconciles two hours after the storm: it finishes what nobody came back to, and then must find nothing more."""

from __future__ import annotations

from collections import Counter
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


@dataclass(slots=True)
class ReconciliationResult:
    """What reconciliation found.

    `findings` counts those of the first passes by follow-up and status. `left` is what a further pass still finds.
    """

    findings: Counter[str] = field(default_factory=Counter)
    left_to_people: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)


def reconcile(sandbox: Sandbox) -> ReconciliationResult:
    """Run a pass over what is open, one over the ledgers, and one that must find nothing to do."""
    bridge = InProcess(sandbox, clock=_later, SECRET_KEY=SECRET_KEY)
    done = ReconciliationResult()
    for scope in (Scope(), Scope(ledger=True)):
        found = _pass(bridge, scope, done)
        done.findings.update(f"{f.need.value} {f.ending.value}" for f in found if not _is_idle(f))
        done.left_to_people.update(f.payment_id for f in found if f.need is FollowUp.REVERSAL_REJECTED)
    again = _pass(bridge, Scope(ledger=True), done)
    done.left += [_text(f) for f in again if not _is_idle(f) and f.payment_id not in done.left_to_people]
    return done


def _pass(bridge: InProcess, scope: Scope, done: ReconciliationResult) -> list[Finding]:
    findings: list[Finding] = []
    summary = bridge.services.reconcile.run(scope, tell=findings.append, pace=AT_ANY_PACE)
    if summary.broken_off:
        done.left.append(f"the pass was broken off: {summary.broken_off}")
    return findings


def _is_idle(finding: Finding) -> bool:
    """Whether there is nothing to do: the ledger agrees, or others have yet to decide about the payment."""
    agrees = (
        finding.need is FollowUp.LEDGER and finding.ending is FindingStatus.FINISHED and not finding.detail
    )
    return agrees or finding.ending is FindingStatus.WAITING


def _text(finding: Finding) -> str:
    return f"{finding.payment_id}: {finding.need.value} {finding.ending.value} {finding.detail}".strip()


def _later() -> datetime:
    return utc_now() + LATER
