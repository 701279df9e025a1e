"""Both remotes as repositories in our values: records of commercetools, and payments at Monext.

Every method makes one call. Who needs a remote is given one of these.
"""

from monext_bridge.services.remotes.commercetools_records import CommercetoolsRecords
from monext_bridge.services.remotes.monext_payments import MonextPayments, SessionAnswer

__all__ = ["CommercetoolsRecords", "MonextPayments", "SessionAnswer"]
