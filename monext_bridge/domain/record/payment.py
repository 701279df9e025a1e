"""Defines a payment attempt as commercetools records it: key, transactions and states."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from monext_bridge.domain.ids import CartId, MonextTransactionId, PaymentId, RecordTransactionId, SessionToken
from monext_bridge.domain.money import Money


class TransactionType(StrEnum):
    """Lists commercetools' transaction types. OTHER stands for one that was added after this was written."""

    AUTHORIZATION = "Authorization"
    CANCEL_AUTHORIZATION = "CancelAuthorization"
    CHARGE = "Charge"
    REFUND = "Refund"
    CHARGEBACK = "Chargeback"
    OTHER = "Other"


class TransactionState(StrEnum):
    INITIAL = "Initial"
    PENDING = "Pending"
    SUCCESS = "Success"
    FAILURE = "Failure"


@dataclass(frozen=True, slots=True)
class Transaction:
    """Holds a transaction of a Payment.

    `interaction_id` is what we asked Monext under: the session token or the operation name. `interface_id` is
    the id that Monext gave to what it did.
    """

    id: RecordTransactionId
    type: TransactionType
    state: TransactionState
    amount: Money
    interaction_id: str | None = None
    interface_id: MonextTransactionId | None = None
    timestamp: datetime | None = None


@dataclass(frozen=True, slots=True)
class LandingPages:
    """Holds where the shop wants its buyer afterwards: after a payment, and without one."""

    return_url: str | None = None
    cancel_url: str | None = None


NO_LANDING_PAGES = LandingPages()


@dataclass(frozen=True, slots=True)
class StartNote:
    """Holds what starts of a payment asked for, and neither its session nor its cart shows.

    A page that is None is the store's own, and a language that is None is the cart's.
    """

    landing: LandingPages = NO_LANDING_PAGES
    language: str | None = None


NO_NOTE = StartNote()


@dataclass(frozen=True, slots=True)
class Payment:
    """Holds a Payment of commercetools, as it was read. `derived` is filled by `derived_once` alone."""

    id: PaymentId
    version: int
    planned: Money
    key: str | None = None
    interface: str | None = None
    interface_id: SessionToken | None = None
    method: str | None = None
    status_code: str | None = None
    status_text: str | None = None
    start_note: StartNote = NO_NOTE
    created_at: datetime | None = None
    modified_at: datetime | None = None
    transactions: tuple[Transaction, ...] = ()
    derived: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


ATTEMPT_KEY = re.compile(
    r"(?P<cart>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(?P<attempt>[1-9][0-9]{0,5})-(?P<digest>[0-9a-f]{12})"
    r"(?:-(?P<store>[A-Za-z0-9_-]{1,190}))?"
)


@dataclass(frozen=True, slots=True)
class AttemptKey:
    """Represents the `key` of a Payment that this bridge made.

    It names cart and store, so whoever holds only the Payment knows both. commercetools allows 2 to 256
    characters of `A-Za-z0-9_-`.
    """

    cart_id: CartId
    attempt: int
    digest: str
    store_key: str | None = None

    def __str__(self) -> str:
        key = f"{self.cart_id}-{self.attempt}-{self.digest}"
        return f"{key}-{self.store_key}" if self.store_key else key

    @classmethod
    def parse(cls, key: str | None) -> AttemptKey | None:
        """Returns None for a key that is not of this form, so for a payment that this bridge did not make."""
        found = ATTEMPT_KEY.fullmatch(key or "")
        if not found:
            return None
        return cls(CartId(found["cart"]), int(found["attempt"]), found["digest"], found["store"])
