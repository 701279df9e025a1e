"""Answers what people ask about payments: which one it is, what happened to it, and what moved in a period.

Nothing is written here, neither in commercetools nor at Monext.
"""

from monext_bridge.services.enquiry.account import MatchedRow, PartAccount, PaymentAccount, PaymentAccounts
from monext_bridge.services.enquiry.search import FoundPayment, PaymentSearch, SearchResult
from monext_bridge.services.enquiry.terms import AmountTerm, SearchTerms
from monext_bridge.services.enquiry.transactions import RecordedTransaction, TransactionExport

__all__ = [
    "AmountTerm",
    "FoundPayment",
    "MatchedRow",
    "PartAccount",
    "PaymentAccount",
    "PaymentAccounts",
    "PaymentSearch",
    "RecordedTransaction",
    "SearchResult",
    "SearchTerms",
    "TransactionExport",
]
