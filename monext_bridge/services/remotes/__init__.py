"""Offers both remotes in our own values: the records in commercetools, and payments at Monext.

A method makes at most one call, except `MonextPayments.paid`. Whoever needs a remote is given one of these
objects.
"""

from monext_bridge.services.remotes.commercetools_records import CommercetoolsRecords
from monext_bridge.services.remotes.monext_payments import MonextPayments, SessionAnswer

__all__ = ["CommercetoolsRecords", "MonextPayments", "SessionAnswer"]
