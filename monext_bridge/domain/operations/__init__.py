"""Decides which captures, cancels and refunds the money rules allow, and how the record tells of them.

An operation is written into the record before it is sent. This package decides under which name, how much is
left for the next one, and which row of Monext's ledger an unresolved operation has become.
"""

from monext_bridge.domain.operations.by_key import (
    KeyedOperations,
    abandon,
    has_abandoned,
    mark_unsent,
    operation_keys,
    operation_mark,
    operations_of_key,
    replacement_refund,
)
from monext_bridge.domain.operations.capture_on_shipment import (
    ShipmentCapture,
    awaits_other_operations,
    due_capture,
)
from monext_bridge.domain.operations.ledger_limits import CAPTURING_ROWS, check_ledger, open_amounts_at_monext
from monext_bridge.domain.operations.open_amounts import (
    AUTHORIZATION_LASTS,
    OpenAmounts,
    has_room_for,
    is_authorization_over,
    open_amounts,
)
from monext_bridge.domain.operations.pending import (
    ABANDONED,
    IDEMPOTENCY_KEY,
    KIND_OF_TYPE,
    REMAINDER,
    REVERSAL_PREFIX,
    TOO_LATE,
    UNSENT,
    OperationName,
    candidate_rows,
    is_overdue,
    is_unresolved,
    is_unsent,
    matching_row,
    operation_name,
    request_digest,
    unclaimed_rows,
)
from monext_bridge.domain.operations.rules import (
    Cancel,
    Capture,
    Operation,
    OperationNotAllowed,
    Refund,
    Reverse,
    announcements,
    operation_digest,
)

__all__ = [
    "ABANDONED",
    "AUTHORIZATION_LASTS",
    "CAPTURING_ROWS",
    "IDEMPOTENCY_KEY",
    "KIND_OF_TYPE",
    "REMAINDER",
    "REVERSAL_PREFIX",
    "TOO_LATE",
    "UNSENT",
    "Cancel",
    "Capture",
    "KeyedOperations",
    "OpenAmounts",
    "Operation",
    "OperationName",
    "OperationNotAllowed",
    "Refund",
    "Reverse",
    "ShipmentCapture",
    "abandon",
    "announcements",
    "awaits_other_operations",
    "candidate_rows",
    "check_ledger",
    "due_capture",
    "has_abandoned",
    "has_room_for",
    "is_authorization_over",
    "is_overdue",
    "is_unresolved",
    "is_unsent",
    "mark_unsent",
    "matching_row",
    "open_amounts",
    "open_amounts_at_monext",
    "operation_digest",
    "operation_keys",
    "operation_mark",
    "operation_name",
    "operations_of_key",
    "replacement_refund",
    "request_digest",
    "unclaimed_rows",
]
