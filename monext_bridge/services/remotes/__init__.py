"""Offers both remotes in our own values: the records in commercetools, and payments at Monext.

A method makes at most one call, except `MonextPayments.accepted`. Whoever needs a remote is given one of these
objects. Where others write the same record, `decide_and_write` decides again after each conflict; so does
`named_by_order`, which puts a payment back on its order.
"""

from monext_bridge.services.remotes.commercetools_records import CommercetoolsRecords
from monext_bridge.services.remotes.conflicts import decide_and_write, outdated
from monext_bridge.services.remotes.log_context import now_about_order, now_about_payment
from monext_bridge.services.remotes.lost_payment import named_by_order
from monext_bridge.services.remotes.monext_payments import MonextPayments, SessionAnswer
from monext_bridge.services.remotes.payment_queries import (
    PaymentQueries,
    Predicate,
    QueriedPage,
    UnreadablePayment,
)
from monext_bridge.services.remotes.recorded_outcomes import (
    COUNTED_PAYMENTS,
    RecordedStep,
    failure_reason,
)
from monext_bridge.services.remotes.unknown_codes import UnknownCodes

__all__ = [
    "COUNTED_PAYMENTS",
    "CommercetoolsRecords",
    "MonextPayments",
    "PaymentQueries",
    "Predicate",
    "QueriedPage",
    "RecordedStep",
    "SessionAnswer",
    "UnknownCodes",
    "UnreadablePayment",
    "decide_and_write",
    "failure_reason",
    "named_by_order",
    "now_about_order",
    "now_about_payment",
    "outdated",
]
