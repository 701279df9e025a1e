"""Identifiers of each side, so that one can't be passed for another."""

from __future__ import annotations

from typing import NewType

CartId = NewType("CartId", str)
PaymentId = NewType("PaymentId", str)
OrderId = NewType("OrderId", str)
OrderNumber = NewType("OrderNumber", str)
RecordTransactionId = NewType("RecordTransactionId", str)
"""Id of a transaction inside a commercetools Payment."""

SessionToken = NewType("SessionToken", str)
"""Monext's `sessionId`, which is also the widget's token and the `paylinetoken` of a return."""

MonextTransactionId = NewType("MonextTransactionId", str)
"""Id of a transaction (a row of the ledger) at Monext."""
