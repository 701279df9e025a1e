"""Sorts Monext's answers into our values, and makes its requests from ours.

This package decides which titles and codes are final, pending or unknown, and what is left out because Monext
would refuse it.
"""

from monext_bridge.mapping.monext.answers import (
    CreatedSession,
    SessionRefused,
    read_created_session,
    read_outcome,
)
from monext_bridge.mapping.monext.codes import (
    ACCEPTED,
    BUYER_ON_THE_PAGE,
    CANCEL_TOO_LATE,
    CANCELLED_CODES,
    IN_PROGRESS,
    KINDS,
    NO_TRANSACTION,
    PENDING_CODES,
    REASON_CODES,
    REASONS,
    REFUSING_STATUSES,
    UNAUTHORIZED,
    UNDECIDED_STATUSES,
    UNSURE_OPERATION_CODES,
    codes_by_meaning,
)
from monext_bridge.mapping.monext.operations import read_operation_answer
from monext_bridge.mapping.monext.payment_methods import (
    KNOWN_METHODS,
    display_names,
    method_of_instrument,
)
from monext_bridge.mapping.monext.requests import (
    SessionDraft,
    SessionOptions,
    language_code,
    operation_request,
    session_request,
)
from monext_bridge.mapping.monext.result import read_result

__all__ = [
    "ACCEPTED",
    "BUYER_ON_THE_PAGE",
    "CANCELLED_CODES",
    "CANCEL_TOO_LATE",
    "IN_PROGRESS",
    "KINDS",
    "KNOWN_METHODS",
    "NO_TRANSACTION",
    "PENDING_CODES",
    "REASONS",
    "REASON_CODES",
    "REFUSING_STATUSES",
    "UNAUTHORIZED",
    "UNDECIDED_STATUSES",
    "UNSURE_OPERATION_CODES",
    "CreatedSession",
    "SessionDraft",
    "SessionOptions",
    "SessionRefused",
    "codes_by_meaning",
    "display_names",
    "language_code",
    "method_of_instrument",
    "operation_request",
    "read_created_session",
    "read_operation_answer",
    "read_outcome",
    "read_result",
    "session_request",
]
