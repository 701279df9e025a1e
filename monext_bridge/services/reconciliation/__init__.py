"""Finds the payments that nobody came back to, and finishes each of them, on a schedule.

Candidates are read page by page. Each is finished by the same services that a buyer's return or a notification
uses.
"""

from monext_bridge.services.reconciliation.candidates import Candidates
from monext_bridge.services.reconciliation.expiring_authorizations import ExpiringAuthorizations
from monext_bridge.services.reconciliation.import_ledger import LedgerImporter
from monext_bridge.services.reconciliation.ledger_walk import LedgerWalk
from monext_bridge.services.reconciliation.open_findings import OpenFindings
from monext_bridge.services.reconciliation.reconcile_payment import PaymentReconciler
from monext_bridge.services.reconciliation.report import (
    COUNTED_FINDINGS,
    Finding,
    FindingStatus,
    Scope,
    Summary,
    Task,
)
from monext_bridge.services.reconciliation.run import Reconciliation
from monext_bridge.services.reconciliation.schedule import Schedule
from monext_bridge.services.reconciliation.threads import TASKS_AT_ONCE, TaskRunner, ThreadRunner, Work

__all__ = [
    "COUNTED_FINDINGS",
    "TASKS_AT_ONCE",
    "Candidates",
    "ExpiringAuthorizations",
    "Finding",
    "FindingStatus",
    "LedgerImporter",
    "LedgerWalk",
    "OpenFindings",
    "PaymentReconciler",
    "Reconciliation",
    "Schedule",
    "Scope",
    "Summary",
    "Task",
    "TaskRunner",
    "ThreadRunner",
    "Work",
]
