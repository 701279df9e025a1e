"""Defines the identifiers of each side as types, so that one can't be passed for another."""

from __future__ import annotations

from typing import NewType

CartId = NewType("CartId", str)
PaymentId = NewType("PaymentId", str)
OrderId = NewType("OrderId", str)
OrderNumber = NewType("OrderNumber", str)
RecordTransactionId = NewType("RecordTransactionId", str)
"""Identifies a transaction inside a commercetools Payment."""

SessionToken = NewType("SessionToken", str)
"""Identifies a session: Monext's `sessionId`.

It is also the widget's token and the `paylinetoken` with which a buyer returns.
"""

MonextTransactionId = NewType("MonextTransactionId", str)
"""Identifies a transaction at Monext, which is a row of the ledger."""
