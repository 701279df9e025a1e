"""Defines what the services return to the web: a started session, an existing payment, or a payment's result."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monext_bridge.config import Access, PaymentMethod
from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId, SessionToken
from monext_bridge.domain.money import Money
from monext_bridge.domain.operations import RefundsUnderWay
from monext_bridge.domain.record import NO_LANDING_PAGES, NO_NOTE, Cart, LandingPages, Order, StartNote

STORE_MARK_SIZE = 4


def store_mark(store_key: str | None) -> bytes:
    """Return 4 bytes that tell a store, or no store, from others. Several stores may share them."""
    return hashlib.sha256((store_key or "").encode()).digest()[:STORE_MARK_SIZE]


@dataclass(frozen=True, slots=True)
class PaymentReference:
    """What a `<ref>` names: one payment attempt, and the rules of its start. It holds no credential.

    `store_mark` is enough to choose among the stores of the settings; the record names the store. No `methods` means
    that nothing restricts them. `interface` is the place among the settings' interfaces, None where none was chosen.
    `access` is how the start was proved, None where the reference says nothing about it, and so proves nothing.
    `expires` is when that ends, in Unix seconds. `language` is that of the `lang` which the start was called with.
    Only a reference of an earlier release has `landing` pages.
    """

    payment_id: PaymentId
    cart_id: CartId
    store_mark: bytes
    order_number: OrderNumber
    methods: frozenset[PaymentMethod] = frozenset()
    interface: int | None = None
    access: Access | None = None
    expires: int | None = None
    language: str | None = None
    landing: LandingPages = NO_LANDING_PAGES


class BuyerStatus(StrEnum):
    """The state of a payment as its buyer is told it. Each state has its own result page.

    RECORDING: the payment is paid or authorised, and the order is not made yet. CHECKING: Monext could not be
    asked. RETURNED: it was never kept. REFUNDED: it was paid once, and all of it has been given back since.
    """

    PAID = "paid"
    AUTHORIZED = "authorized"
    RECORDING = "recording"
    PENDING = "pending"
    REVIEW = "review"
    CHECKING = "checking"
    NOT_FINISHED = "not_finished"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    RETURNED = "returned"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class StartedSession:
    """A live session for a cart. `reference` is the signed `<ref>`; the other fields are for the page.

    `methods` are those that can be paid with, in the order of the settings; none where the settings name none.
    """

    reference: str
    payment_id: PaymentId
    token: SessionToken
    redirect_url: str
    cart: Cart
    due: Money
    widget_url: str
    language: str | None
    methods: tuple[PaymentMethod, ...] = ()


@dataclass(frozen=True, slots=True)
class ExistingPayment:
    """The cart has a payment whose result the buyer should see, so no session is needed.

    `returned`: the money of that payment goes back, and the next start begins another payment.
    """

    reference: str
    payment_id: PaymentId
    returned: bool = False


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """The status of a payment after its outcome was recorded.

    `amount` is what has been captured of a paid payment, what is reserved of an authorised one, else what was
    accepted or is asked for. `complete` is False while something is left to do that a later call can finish
    (the order, a reversal, an answer of Monext): Monext is then asked to send its notification again.
    `given_back` (no money is held any more) and `reversal_rejected` (Monext rejects the reversal) concern a
    payment that is returned. `released`: the payment was only ever authorised and is wholly cancelled.
    `refunded` is what has gone back since, and `given_back_at` when the last of it did. `refunding` are the refunds
    in progress. `begun` is when the session was opened, and `taken` is when the money was found to be there.
    `resume_url` leads into the session where it is still open. `landing` are the pages that the buyer goes on to,
    and `note` is what a start asked for, for whoever starts anew. `store_key` is the store of the record.
    """

    status: BuyerStatus
    payment_id: PaymentId
    amount: Money
    complete: bool
    order: Order | None = None
    language: str | None = None
    given_back: bool = False
    reversal_rejected: bool = False
    released: bool = False
    refunded: Money | None = None
    given_back_at: datetime | None = None
    refunding: RefundsUnderWay | None = None
    begun: datetime | None = None
    taken: datetime | None = None
    resume_url: str | None = None
    landing: LandingPages = NO_LANDING_PAGES
    note: StartNote = NO_NOTE
    store_key: str | None = None
