"""What the services answer to the web: a payment that can be shown, or the state of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monext_bridge.domain.ids import CartId, OrderNumber, PaymentId, SessionToken
from monext_bridge.domain.money import Money
from monext_bridge.domain.record import Cart, Order


@dataclass(frozen=True, slots=True)
class PaymentReference:
    """What a `<ref>` names: one payment attempt and where its buyer goes afterwards. No credential.

    `language` is the one that the start was asked for by `lang`; None where nobody named one.
    """

    payment_id: PaymentId
    cart_id: CartId
    store_key: str | None
    order_number: OrderNumber
    return_url: str | None
    cancel_url: str | None
    language: str | None = None


class BuyerStatus(StrEnum):
    """The state of a payment in the buyer's words; each has its own result page.

    RECORDING is paid or authorised with the order not made yet. CHECKING: Monext could not be asked.
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


@dataclass(frozen=True, slots=True)
class StartedSession:
    """A live session for a cart. `reference` is the signed `<ref>`; the rest is for the page."""

    reference: str
    payment_id: PaymentId
    token: SessionToken
    redirect_url: str
    cart: Cart
    due: Money
    widget_url: str
    language: str | None


@dataclass(frozen=True, slots=True)
class ExistingPayment:
    """No session is needed: the cart has a payment whose result the buyer should see.

    `returned`: its money goes back, and the next start begins another one.
    """

    reference: str
    payment_id: PaymentId
    returned: bool = False


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """Where a payment stands after settling.

    `amount` is what has been captured of one that is paid, else what was accepted or is asked for. `complete` is
    False while something is left to do that a later call can finish (the order, giving money back, an answer of
    Monext): a notification then asks to be sent again. `given_back` and `reversal_rejected` are
    of a payment that is returned, `released` is of one that was only ever authorised and is wholly cancelled,
    `refunded` is what went back since. `begun` is when its session was opened, `taken` when its money was found
    to be there, `resume_url` leads into that session where it is still open.
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
    begun: datetime | None = None
    taken: datetime | None = None
    resume_url: str | None = None
