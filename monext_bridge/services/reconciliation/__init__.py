"""What nobody came back to is found and finished, one payment after the other, on a schedule.

Candidates are read page by page; each is finished by the same services that a return or a notification uses.
"""

from monext_bridge.services.reconciliation.candidates import Candidates
from monext_bridge.services.reconciliation.expiring_authorizations import ExpiringAuthorizations
from monext_bridge.services.reconciliation.import_ledger import LedgerImporter
from monext_bridge.services.reconciliation.reconcile_payment import PaymentReconciler
from monext_bridge.services.reconciliation.report import Finding, FindingStatus, Scope, Summary, Task
from monext_bridge.services.reconciliation.run import Reconciliation
from monext_bridge.services.reconciliation.schedule import Schedule
from monext_bridge.services.reconciliation.threads import TASKS_AT_ONCE, TaskRunner, ThreadRunner, Work

__all__ = [
    "TASKS_AT_ONCE",
    "Candidates",
    "ExpiringAuthorizations",
    "Finding",
    "FindingStatus",
    "LedgerImporter",
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
