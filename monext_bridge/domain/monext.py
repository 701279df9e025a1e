"""Defines what Monext says: the outcome of a session, the answer to an operation, and a transaction's ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monext_bridge.domain.ids import MonextTransactionId, PaymentId
from monext_bridge.domain.money import Money


class OutcomeKind(StrEnum):
    """Sorts Monext's answers about a session into four kinds. The final kind is split: accepted or failed."""

    ACCEPTED = "accepted"
    FAILED = "failed"
    PENDING = "pending"
    NOT_BEGUN = "not_begun"
    UNKNOWN = "unknown"


class FailureReason(StrEnum):
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class MoneyMovement(StrEnum):
    """Tells what an accepted transaction of a session did with the buyer's money.

    A complement pays the rest of a session that a voucher has paid in part.
    """

    AUTHORIZED = "AUTHORIZATION"
    CAPTURED = "AUTHORIZATION_AND_CAPTURE"
    CAPTURED_COMPLEMENT = "AUTHORIZATION_AND_CAPTURE_COMPLEMENT"


@dataclass(frozen=True, slots=True)
class AcceptedTransaction:
    """Describes a transaction that may be the accepted one of its session.

    `amount` is what was authorised, else what was requested. `date` is when Monext processed it.
    """

    id: MonextTransactionId
    move: MoneyMovement
    amount: Money
    method: str | None = None
    date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Holds one answer of Monext about a session, sorted.

    `reason` is set only when FAILED, `candidates` only when ACCEPTED. `payment_id` is what the session's
    `privateData` names; it has to be compared with the payment at hand. `order_reference` is the reference
    with which the session was opened.

    `session_gone` means that it is FAILED only because Monext no longer knows the session. That tells nothing
    about a payment that was pending. `is_last_read` means that the answer was read after the session's end,
    so that what failed has failed for good.
    """

    kind: OutcomeKind
    title: str = ""
    code: str = ""
    detail: str = ""
    reason: FailureReason | None = None
    candidates: tuple[AcceptedTransaction, ...] = ()
    method: str | None = None
    payment_id: PaymentId | None = None
    order_reference: str | None = None
    session_gone: bool = False
    is_last_read: bool = False


class OperationKind(StrEnum):
    """Names what may be done to a transaction at Monext. The value is the last part of the endpoint's path."""

    CAPTURE = "captures"
    CANCEL = "cancels"
    REFUND = "refunds"


class OperationAnswerKind(StrEnum):
    DONE = "done"
    PENDING = "pending"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OperationAnswer:
    """Holds Monext's answer to a capture, cancel or refund, sorted."""

    kind: OperationAnswerKind
    title: str = ""
    code: str = ""
    detail: str = ""
    transaction_id: MonextTransactionId | None = None


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """Describes a row of `associatedTransactions`.

    `type` is in capitals, and every kind of cancel is called CANCEL. `amount` is in minor units. `ok` is None
    where the row has no known status, so it is not final.
    """

    id: MonextTransactionId
    type: str
    amount: int
    ok: bool | None
    date: datetime | None = None
    origin_id: MonextTransactionId | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Holds the rows of one origin transaction.

    `readable` is False where Monext's answer proves nothing; `why_unreadable` then says what is missing.
    """

    rows: tuple[LedgerRow, ...] = ()
    readable: bool = True
    why_unreadable: str = "Monext's ledger can't be read"
