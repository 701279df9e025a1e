"""What Monext says: the outcome of a session, of an act, and the ledger of a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monext_bridge.domain.ids import MonextTransactionId, PaymentId
from monext_bridge.domain.money import Money


class OutcomeKind(StrEnum):
    """The four kinds of answers, with the final ones told apart."""

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
    """What the accepted transaction of a session did with the buyer's money."""

    AUTHORIZED = "AUTHORIZATION"
    CAPTURED = "AUTHORIZATION_AND_CAPTURE"


@dataclass(frozen=True, slots=True)
class AcceptedTransaction:
    """A transaction of a session that may be the accepted one. `amount`: authorised, else requested."""

    id: MonextTransactionId
    move: MoneyMovement
    amount: Money
    method: str | None = None
    has_authorization_number: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer about a session, sorted. `reason` only when FAILED, `candidates` only when ACCEPTED.

    `payment_id` is what the session's `privateData` names, to be compared with the payment at hand;
    `order_reference` is what the session was opened with. `session_gone`: FAILED only because Monext no longer knows
    the session, which tells nothing about a payment that was pending. `is_last_read`: read after the session's end,
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
    """What may be done to a transaction at Monext; the value is the last part of the endpoint's path."""

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
    """Monext's answer to a capture, cancel or refund, sorted."""

    kind: OperationAnswerKind
    title: str = ""
    code: str = ""
    detail: str = ""
    transaction_id: MonextTransactionId | None = None


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A row of `associatedTransactions`: `type` in capitals as Monext writes it, `amount` in minor units.

    `ok` is None where the row has no status (not final).
    """

    id: MonextTransactionId
    type: str
    amount: int
    ok: bool | None
    date: datetime | None = None
    origin_id: MonextTransactionId | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The rows of one origin transaction; `readable` is False where Monext's answer told nothing."""

    rows: tuple[LedgerRow, ...] = ()
    readable: bool = True
